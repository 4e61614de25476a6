# People, and the groups that licences and policies go to. Whoever joins or changes department is in the right group
# by what the account says.

resource "m365_user" "people" {
  for_each = var.people

  user_principal_name                = "${each.key}@${m365_domain_verification.this.domain_id}"
  display_name                       = each.value.name
  department                         = each.value.department
  employee_type                      = each.value.type
  usage_location                     = each.value.country
  password                           = var.initial_password
  password_version                   = 1
  force_change_password_next_sign_in = true
}

resource "m365_group" "employees" {
  display_name                     = "Employees"
  description                      = "Everybody employed here."
  group_types                      = ["DynamicMembership"]
  membership_rule                  = "user.employeeType -eq \"Employee\""
  membership_rule_processing_state = "On"
}

resource "m365_group" "contractors" {
  display_name                     = "Contractors"
  description                      = "Everybody who works here for somebody else."
  group_types                      = ["DynamicMembership"]
  membership_rule                  = "user.employeeType -eq \"Contractor\""
  membership_rule_processing_state = "On"
}
