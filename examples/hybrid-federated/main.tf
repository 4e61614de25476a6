# Hybrid with federation: accounts are mastered in Active Directory, and Active Directory Federation Services or
# another identity provider checks who signs in. Password hashes are synchronised all the same: they are the way
# out when the federation is down, and detect leaked passwords.

terraform {
  required_version = ">= 1.11"
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

# Sign-in comes from the environment: M365_TENANT_ID, M365_CLIENT_ID, M365_CLIENT_SECRET.
provider "m365" {}

data "m365_tenant" "this" {}

locals {
  # The domain that the tenant began with. It is never federated and never synchronised to, so that no
  # outage elsewhere reaches the accounts in it.
  initial_domain = one([for domain in data.m365_tenant.this.verified_domains : domain.name if domain.is_initial])
}
