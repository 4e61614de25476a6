resource "m365_synchronization_job" "example" {
  # The enterprise application that was made for provisioning.
  service_principal_id = "5e2c9a47-1d3b-4c86-8f70-9a4b7d6e3c12"
  template_id          = "Azure2Azure"
  is_enabled           = true
}
