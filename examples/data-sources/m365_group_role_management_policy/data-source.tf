data "m365_group" "staff" {
  display_name = "All Staff"
}

data "m365_group_role_management_policy" "example" {
  group_id  = data.m365_group.staff.id
  access_id = "owner"
}

output "approval" {
  value = data.m365_group_role_management_policy.example.activation.require_approval
}
