data "m365_conditional_access_policies" "example" {
  filter = "state eq 'enabledForReportingButNotEnforced'"
}

output "report_only" {
  value = data.m365_conditional_access_policies.example.conditional_access_policies[*].display_name
}
