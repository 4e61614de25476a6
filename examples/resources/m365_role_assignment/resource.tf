variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_user" "adele" {
  user_principal_name = "adele.vance@contoso.com"
  display_name        = "Adele Vance"
  password            = var.initial_password
}

resource "m365_group" "helpdesk" {
  display_name          = "Helpdesk administrators"
  is_assignable_to_role = true
}

resource "m365_administrative_unit" "netherlands" {
  display_name = "Netherlands"
}

# In the whole tenant: Reports Reader
resource "m365_role_assignment" "example" {
  principal_id       = m365_user.adele.id
  role_definition_id = "4a5d8f65-41da-4de4-8968-e035b65339cf"
}

# In an administrative unit: Helpdesk Administrator
resource "m365_role_assignment" "unit" {
  principal_id       = m365_group.helpdesk.id
  role_definition_id = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
  directory_scope_id = "/administrativeUnits/${m365_administrative_unit.netherlands.id}"
}
