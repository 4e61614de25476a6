data "m365_role_assignments" "example" {
  role = "Global Administrator"
}

check "few_global_administrators" {
  assert {
    condition = length(distinct([
      for held in data.m365_role_assignments.example.assignments :
      held.principal_id if held.principal_type != "group"
    ])) <= 5
    error_message = "More than five people can be Global Administrator."
  }
}

# Nobody holds the role all the time but the emergency accounts: everybody else activates it.
output "standing_administrators" {
  value = [
    for held in data.m365_role_assignments.example.assignments :
    held.principal_name if held.assignment_type == "assigned"
  ]
}
