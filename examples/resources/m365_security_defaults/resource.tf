# Conditional Access takes their place.
resource "m365_security_defaults" "example" {
  is_enabled = false
}
