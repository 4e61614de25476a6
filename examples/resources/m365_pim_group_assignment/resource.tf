variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_group" "production" {
  display_name = "Production access"
}

resource "m365_user" "contractor" {
  user_principal_name = "kai.carter@contoso.com"
  display_name        = "Kai Carter"
  password            = var.initial_password
}

# A member for a quarter.
resource "m365_pim_group_assignment" "example" {
  group_id      = m365_group.production.id
  principal_id  = m365_user.contractor.id
  access_id     = "member"
  duration      = "P90D"
  justification = "Contract 4711"
}
