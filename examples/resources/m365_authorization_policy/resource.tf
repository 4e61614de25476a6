resource "m365_authorization_policy" "example" {
  # Restricted Guest User
  guest_user_role_id = "2af84b1e-32c8-42b7-82bc-daa82404023b"
  allow_invites_from = "adminsAndGuestInviters"

  allow_email_verified_users_to_join_organization = false
  block_msol_power_shell                          = true

  default_user_role_permissions = {
    allowed_to_create_apps            = false
    allowed_to_create_security_groups = false
    allowed_to_create_tenants         = false

    # Permissions that an administrator classified as low, of verified publishers
    permission_grant_policies_assigned = [
      "managePermissionGrantsForSelf.microsoft-user-default-low",
    ]
  }
}
