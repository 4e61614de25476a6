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

resource "m365_user" "engineer" {
  user_principal_name = "johanna.keller@contoso.com"
  display_name        = "Johanna Keller"
  password            = var.initial_password
}

# Can become a member when needed, for a year.
resource "m365_pim_group_eligibility" "example" {
  group_id      = m365_group.production.id
  principal_id  = m365_user.engineer.id
  access_id     = "member"
  duration      = "P365D"
  justification = "On call for production"
}

# Can become an owner, without an end.
resource "m365_pim_group_eligibility" "owner" {
  group_id      = m365_group.production.id
  principal_id  = m365_user.engineer.id
  access_id     = "owner"
  permanent     = true
  justification = "Leads the team"
}
