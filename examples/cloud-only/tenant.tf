# What users and guests may do by themselves.

resource "m365_authorization_policy" "this" {
  # Restricted Guest User: guests see themselves, and not who else is here.
  guest_user_role_id = "2af84b1e-32c8-42b7-82bc-daa82404023b"
  allow_invites_from = "adminsAndGuestInviters"

  default_user_role_permissions = {
    allowed_to_create_apps    = false
    allowed_to_create_tenants = false
  }
}
