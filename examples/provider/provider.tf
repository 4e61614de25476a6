terraform {
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

# The secret comes from the environment variable M365_CLIENT_SECRET.
provider "m365" {
  tenant_id = "84841066-274d-4ec0-a5c1-276be684bdd3"
  client_id = "6731de76-14a6-49ae-97bc-6eba6914391e"
}
