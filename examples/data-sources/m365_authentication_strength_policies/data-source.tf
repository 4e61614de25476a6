data "m365_authentication_strength_policies" "example" {
  filter = "policyType eq 'custom'"
}

output "custom" {
  value = data.m365_authentication_strength_policies.example.authentication_strength_policies[*].display_name
}
