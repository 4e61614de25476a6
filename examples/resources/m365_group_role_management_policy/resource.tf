resource "m365_group" "production" {
  display_name = "Production access"
}

# Members activate for at most four hours.
resource "m365_group_role_management_policy" "example" {
  group_id  = m365_group.production.id
  access_id = "member"

  activation = {
    maximum_duration      = "PT4H"
    require_justification = true
  }

  eligible_assignment = {
    require_expiration    = true
    maximum_duration      = "P365D"
    require_justification = true
  }
}
