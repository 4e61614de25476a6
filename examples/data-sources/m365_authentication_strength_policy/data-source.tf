data "m365_authentication_strength_policy" "example" {
  display_name = "Phishing-resistant MFA"
}

output "allowed" {
  value = data.m365_authentication_strength_policy.example.allowed_combinations
}
