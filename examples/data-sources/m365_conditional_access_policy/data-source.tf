data "m365_conditional_access_policy" "example" {
  display_name = "Require MFA outside the head office"
}

output "state" {
  value = data.m365_conditional_access_policy.example.state
}
