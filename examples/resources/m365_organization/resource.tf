resource "m365_organization" "example" {
  technical_notification_mails           = ["it@contoso.com"]
  security_compliance_notification_mails = ["security@contoso.com"]

  privacy_profile = {
    contact_email = "privacy@contoso.com"
    statement_url = "https://contoso.com/privacy-statement"
  }
}
