data "m365_role_definition" "example" {
  display_name = "Helpdesk Administrator"
}

data "m365_group" "helpdesk" {
  display_name = "Helpdesk administrators"
}

resource "m365_role_assignment" "helpdesk" {
  principal_id       = data.m365_group.helpdesk.id
  role_definition_id = data.m365_role_definition.example.id
}
