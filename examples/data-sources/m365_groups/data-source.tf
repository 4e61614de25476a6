data "m365_groups" "example" {
  filter = "isAssignableToRole eq true"
}

output "role_assignable" {
  value = [for group in data.m365_groups.example.groups : group.display_name]
}
