variable "initial_password" {
  description = "The token of the target's SCIM endpoint."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "m365_synchronization_job" "example" {
  # The enterprise application that was made for provisioning.
  service_principal_id = "5e2c9a47-1d3b-4c86-8f70-9a4b7d6e3c12"
  template_id          = "scim"
  is_enabled           = true

  # Sent once, and again when the version changes; in no plan and no state.
  secrets = {
    base_address = "https://scim.contoso.com/v2"
    secret_token = var.initial_password
  }
  secrets_version = 1
}
