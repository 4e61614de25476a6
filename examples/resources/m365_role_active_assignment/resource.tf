variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

# An account for emergencies holds its role at all times.
resource "m365_user" "emergency" {
  user_principal_name = "emergency-1@contoso.onmicrosoft.com"
  display_name        = "Emergency access 1"
  password            = var.initial_password
}

resource "m365_role_active_assignment" "example" {
  principal_id  = m365_user.emergency.id
  role          = "Global Administrator"
  permanent     = true
  justification = "Emergency access"
}

# A project's helper, until it is over.
resource "m365_user" "helper" {
  user_principal_name = "migration-helper@contoso.onmicrosoft.com"
  display_name        = "Migration helper"
  password            = var.initial_password
}

resource "m365_role_active_assignment" "project" {
  principal_id  = m365_user.helper.id
  role          = "Global Reader"
  end_date_time = "2099-12-31T18:00:00Z"
  justification = "Migration project"
}
