resource "m365_group" "device_administrators" {
  display_name     = "Device administrators"
  mail_nickname    = "device-administrators"
  mail_enabled     = false
  security_enabled = true
}

resource "m365_device_registration_policy" "example" {
  user_device_quota = 20

  # A Conditional Access policy for urn:user:registerdevice asks for it.
  multi_factor_auth_configuration = "notRequired"

  azure_ad_join = {
    allowed_to_join = { type = "all" }

    local_admins = {
      enable_global_admins = false
      registering_users = {
        type   = "selected"
        groups = [m365_group.device_administrators.id]
      }
    }
  }

  local_admin_password = { is_enabled = true }
}
