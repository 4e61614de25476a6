# The domain of the organization. Publish the text with your DNS provider, in the same configuration if
# Terraform manages that too, and let the verification depend on the record.

resource "m365_domain" "this" {
  id = var.domain
}

output "verification_text" {
  description = "What a TXT record of the domain must hold."
  value       = one([for record in m365_domain.this.verification_dns_records : record.text if record.record_type == "Txt"])
}

resource "m365_domain_verification" "this" {
  domain_id = m365_domain.this.id
}
