resource "m365_domain" "fabrikam" {
  id = "fabrikam.com"
}

# Publish one of m365_domain.fabrikam.verification_dns_records with your DNS provider, and let the
# verification depend on that record.
resource "m365_domain_verification" "example" {
  domain_id = m365_domain.fabrikam.id

  timeouts = {
    create = "1h"
  }
}
