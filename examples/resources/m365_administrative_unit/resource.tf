# Only administrators of the unit can change its members.
resource "m365_administrative_unit" "example" {
  display_name                    = "Executives"
  description                     = "Accounts that the helpdesk must not touch."
  visibility                      = "HiddenMembership"
  is_member_management_restricted = true
}

# A unit whose members follow a rule.
resource "m365_administrative_unit" "dynamic" {
  display_name                     = "Netherlands"
  membership_type                  = "Dynamic"
  membership_rule                  = "user.country -eq \"Netherlands\""
  membership_rule_processing_state = "On"
}
