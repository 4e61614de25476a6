data "m365_users" "example" {
  filter = "userType eq 'Member' and accountEnabled eq true"
}

resource "m365_group" "employees" {
  display_name = "Employees"
}

resource "m365_group_members" "employees" {
  group_id   = m365_group.employees.id
  member_ids = data.m365_users.example.ids
}
