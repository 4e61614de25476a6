resource "m365_domain" "example" {
  id = "fabrikam.com"
}

# What to publish with a DNS provider, which proves that the domain is yours.
output "fabrikam_verification_text" {
  value = one([
    for record in m365_domain.example.verification_dns_records : record.text
    if record.record_type == "Txt"
  ])
}
