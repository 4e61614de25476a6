resource "m365_group" "operators" {
  display_name          = "Conditional Access operators"
  mail_nickname         = "conditional-access-operators"
  is_assignable_to_role = true
}

# For half a year; then the plan proposes to renew it.
resource "m365_role_eligibility" "example" {
  principal_id  = m365_group.operators.id
  role          = "Conditional Access Administrator"
  duration      = "P180D"
  justification = "Operates the Conditional Access policies"
  ticket_number = "CHG-20413"
  ticket_system = "ServiceNow"
}

resource "m365_administrative_unit" "sales" {
  display_name = "Sales"
}

# In an administrative unit, without an end.
resource "m365_role_eligibility" "unit" {
  principal_id       = m365_group.operators.id
  role               = "Helpdesk Administrator"
  directory_scope_id = "/administrativeUnits/${m365_administrative_unit.sales.id}"
  permanent          = true
  justification      = "Supports the people in Sales"
}
