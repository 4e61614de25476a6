variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_group" "emergency_access" {
  display_name          = "Emergency access"
  is_assignable_to_role = true
}

resource "m365_user" "emergency_access" {
  for_each            = toset(["1", "2"])
  user_principal_name = "emergency-access-${each.key}@contoso.onmicrosoft.com"
  display_name        = "Emergency access ${each.key}"
  password            = var.initial_password
  password_policies   = ["DisablePasswordExpiration"]
}

resource "m365_group_members" "example" {
  group_id   = m365_group.emergency_access.id
  member_ids = [for user in m365_user.emergency_access : user.id]
}
