data "m365_conditional_access_policy" "example" {
  display_name = "Require MFA for administrators"
}

output "state" {
  value = data.m365_conditional_access_policy.example.state
}
