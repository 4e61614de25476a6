# Two accounts that belong to nobody and depend on nothing: they live in the cloud, on the domain that the
# tenant began with, whatever the identity model.

resource "m365_user" "emergency_access" {
  for_each = toset(["1", "2"])

  user_principal_name = "emergency-access-${each.key}@${local.initial_domain}"
  display_name        = "Emergency access ${each.key}"
  password            = var.emergency_access_password
  password_version    = 1
  password_policies   = ["DisablePasswordExpiration"]
}

resource "m365_group" "emergency_access" {
  display_name          = "Emergency access"
  description           = "Left out of every Conditional Access policy. Only the emergency access accounts are in it."
  is_assignable_to_role = true
}

resource "m365_group_members" "emergency_access" {
  group_id   = m365_group.emergency_access.id
  member_ids = [for user in m365_user.emergency_access : user.id]
}

resource "m365_role_assignment" "emergency_access" {
  for_each = m365_user.emergency_access

  role_definition_id = provider::m365::role_id("Global Administrator")
  principal_id       = each.value.id
}
