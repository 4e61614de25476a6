# Policies are edited by those who own them, not by Global Administrators.

resource "m365_group" "policy_administrators" {
  display_name          = "Conditional Access administrators"
  is_assignable_to_role = true
}

data "m365_role_definition" "conditional_access_administrator" {
  display_name = "Conditional Access Administrator"
}

resource "m365_role_assignment" "policy_administrators" {
  principal_id       = m365_group.policy_administrators.id
  role_definition_id = data.m365_role_definition.conditional_access_administrator.id
}
