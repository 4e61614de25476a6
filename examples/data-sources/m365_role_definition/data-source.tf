data "m365_role_definition" "example" {
  display_name = "Helpdesk Administrator"
}

data "m365_user" "adele" {
  user_principal_name = "AdeleV@contoso.com"
}

resource "m365_role_assignment" "helpdesk" {
  principal_id       = data.m365_user.adele.id
  role_definition_id = data.m365_role_definition.example.id
}
