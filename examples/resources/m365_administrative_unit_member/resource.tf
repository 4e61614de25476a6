variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_administrative_unit" "netherlands" {
  display_name = "Netherlands"
}

resource "m365_user" "adele" {
  user_principal_name = "adele.vance@contoso.com"
  display_name        = "Adele Vance"
  password            = var.initial_password
}

resource "m365_administrative_unit_member" "example" {
  administrative_unit_id = m365_administrative_unit.netherlands.id
  member_id              = m365_user.adele.id
}
