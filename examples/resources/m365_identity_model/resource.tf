resource "m365_identity_model" "example" {
  model          = "hybrid"
  authentication = "password_hash_sync"
  domains        = ["contoso.com"]
}

# What is left to do on-premises.
output "manual_steps" {
  value = m365_identity_model.example.manual_steps
}
