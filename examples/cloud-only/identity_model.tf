# The tenant is held to the model: a plan that contradicts it is refused.
resource "m365_identity_model" "this" {
  model = "cloud_only"
}
