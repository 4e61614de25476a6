# Whom Microsoft tells, and what people see when they sign in.

resource "m365_organization" "this" {
  technical_notification_mails           = ["it@${var.domain}"]
  security_compliance_notification_mails = ["security@${var.domain}"]

  privacy_profile = {
    contact_email = "privacy@${var.domain}"
    statement_url = "https://${var.domain}/privacy"
  }
}

resource "m365_organization_branding" "this" {
  background_color               = "#0B5FF1"
  sign_in_page_text              = "Help desk: +41 44 555 01 00"
  username_hint_text             = "your.name@${var.domain}"
  custom_privacy_and_cookies_url = "https://${var.domain}/privacy"

  banner_logo = {
    source = "${path.module}/banner.png"
  }
}
