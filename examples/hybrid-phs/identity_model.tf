# The tenant is held to the model, and synchronisation is switched on. A plan that contradicts it is refused.
resource "m365_identity_model" "this" {
  model          = "hybrid"
  authentication = "password_hash_sync"
  domains        = [m365_domain_verification.this.domain_id]
}

output "manual_steps" {
  description = "What is left to do on-premises, and what shows it."
  value       = m365_identity_model.this.manual_steps
}
