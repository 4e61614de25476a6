data "m365_domains" "example" {}

output "default_domain" {
  value = one([for domain in data.m365_domains.example.domains : domain.id if domain.is_default])
}
