# Two accounts that belong to nobody and depend on nothing: cloud only, on the initial domain, Global
# Administrator at all times. Register a passkey for each, keep it in a safe, and exclude the group
# from every policy that restricts.

resource "m365_user" "emergency_access" {
  for_each = toset(["1", "2"])

  user_principal_name = "emergency-access-${each.key}@${var.initial_domain}"
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

resource "m365_role_active_assignment" "emergency_access" {
  for_each = m365_user.emergency_access

  principal_id = each.value.id
  # After the role's policy, which has to allow an assignment without end.
  role          = m365_role_management_policy.tier["Global Administrator"].role
  permanent     = true
  justification = "Emergency access, at all times: ${var.change.justification}"
  ticket_number = var.change.ticket
  ticket_system = var.change.system
}

# Told on every plan: what the accounts lack, and what to do.
data "m365_emergency_access" "this" {
  user_ids              = [for user in m365_user.emergency_access : user.id]
  group_ids             = [m365_group.emergency_access.id]
  administrators_method = var.administrators_method
  attestations          = var.attestations

  # Both make the accounts what they are.
  depends_on = [m365_group_members.emergency_access, m365_role_active_assignment.emergency_access]
}

check "emergency_access" {
  assert {
    condition     = data.m365_emergency_access.this.holds
    error_message = data.m365_emergency_access.this.summary
  }
}
