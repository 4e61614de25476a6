resource "m365_domain" "fabrikam" {
  id = "fabrikam.com"
}

resource "m365_domain_verification" "fabrikam" {
  domain_id = m365_domain.fabrikam.id
}

# Mail, and passwords that never expire.
resource "m365_domain_settings" "example" {
  domain_id                            = m365_domain_verification.fabrikam.domain_id
  supported_services                   = ["Email"]
  password_validity_period_in_days     = 2147483647
  password_notification_window_in_days = 30
}
