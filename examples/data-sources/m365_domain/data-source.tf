data "m365_domain" "example" {
  id = "contoso.com"
}

output "contoso_sign_in" {
  value = data.m365_domain.example.authentication_type
}
