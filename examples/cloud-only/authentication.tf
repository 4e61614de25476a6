# How people prove who they are: passkeys and Microsoft Authenticator, and a pass for a while for whoever has
# neither yet. What can be read over the phone is no proof.

resource "m365_authentication_methods_policy" "this" {
  registration_enforcement = {
    authentication_methods_registration_campaign = {
      state                   = "enabled"
      snooze_duration_in_days = 3
      include_targets         = [{ id = "all_users" }]
      exclude_targets         = [{ id = m365_group.emergency_access.id }]
    }
  }
}

resource "m365_authentication_method_configuration" "passkeys" {
  method = "Fido2"
  state  = "enabled"

  fido2 = {
    include_targets                      = [{ id = "all_users" }]
    is_self_service_registration_allowed = true
  }
}

resource "m365_authentication_method_configuration" "authenticator" {
  method = "MicrosoftAuthenticator"
  state  = "enabled"

  microsoft_authenticator = {
    include_targets = [{ id = "all_users", authentication_mode = "any" }]
  }
}

resource "m365_authentication_method_configuration" "temporary_access_pass" {
  method = "TemporaryAccessPass"
  state  = "enabled"

  temporary_access_pass = {
    include_targets             = [{ id = "all_users" }]
    default_lifetime_in_minutes = 60
    is_usable_once              = true
  }
}

resource "m365_authentication_method_configuration" "sms" {
  method = "Sms"
  state  = "disabled"
  sms    = {}
}

resource "m365_authentication_method_configuration" "voice" {
  method = "Voice"
  state  = "disabled"
  voice  = {}
}
