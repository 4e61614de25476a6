data "m365_role_management_policy" "example" {
  role = "Global Administrator"
}

output "longest_activation" {
  value = data.m365_role_management_policy.example.activation.maximum_duration
}
