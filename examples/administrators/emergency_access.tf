# Two accounts that are cloud-only, on the initial domain, and Global Administrators at all times.
# Register a passkey for each, keep it in a safe, and exclude the group from every restricting policy.
resource "m365_user" "emergency" {
  for_each = toset(["1", "2"])

  user_principal_name = "emergency-access-${each.key}@${var.domain}"
  display_name        = "Emergency access ${each.key}"
  password            = var.emergency_access_password
  password_policies   = ["DisablePasswordExpiration"]
}

resource "m365_group" "emergency" {
  display_name          = "Emergency access"
  mail_nickname         = "emergency-access"
  is_assignable_to_role = true
}

resource "m365_group_member" "emergency" {
  for_each = m365_user.emergency

  group_id  = m365_group.emergency.id
  member_id = each.value.id
}

resource "m365_role_active_assignment" "emergency" {
  for_each = m365_user.emergency

  principal_id  = each.value.id
  role          = m365_role_management_policy.tier["Global Administrator"].role
  permanent     = true
  justification = "Emergency access"
  ticket_number = var.ticket
  ticket_system = "ServiceNow"
}
