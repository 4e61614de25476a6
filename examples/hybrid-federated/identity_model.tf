# The tenant is held to the model, and synchronisation is switched on. A plan that contradicts it is refused.
resource "m365_identity_model" "this" {
  model          = "hybrid"
  authentication = "federated"
  domains        = [data.m365_domain.this.id]

  # Judged once the domain is federated.
  depends_on = [m365_domain_federation.this]
}
