# Passkeys for everybody, and security keys of two models only.
resource "m365_authentication_method_configuration" "example" {
  method = "Fido2"
  state  = "enabled"

  fido2 = {
    include_targets                      = [{ id = "all_users" }]
    is_self_service_registration_allowed = true
    is_attestation_enforced              = true
    key_restrictions = {
      is_enforced      = true
      enforcement_type = "allow"
      aa_guids         = ["cb69481e-8ff7-4039-93ec-0a2729a154a8", "ee882879-721c-4913-9775-3dfcce97072a"]
    }
  }
}

# Microsoft Authenticator, which shows where a sign-in comes from.
resource "m365_authentication_method_configuration" "authenticator" {
  method = "MicrosoftAuthenticator"
  state  = "enabled"

  microsoft_authenticator = {
    include_targets = [{ id = "all_users", authentication_mode = "any" }]
    feature_settings = {
      display_app_information_required_state      = { state = "enabled" }
      display_location_information_required_state = { state = "enabled" }
    }
  }
}

# Temporary Access Passes, by which the service desk lets people in again.
resource "m365_group" "recovered" {
  display_name     = "Temporary Access Pass"
  mail_nickname    = "temporary-access-pass"
  security_enabled = true
}

resource "m365_authentication_method_configuration" "pass" {
  method = "TemporaryAccessPass"
  state  = "enabled"

  temporary_access_pass = {
    include_targets             = [{ id = m365_group.recovered.id }]
    default_length              = 12
    default_lifetime_in_minutes = 60
    minimum_lifetime_in_minutes = 60
    maximum_lifetime_in_minutes = 240
    is_usable_once              = true
  }
}

# Text messages and calls are no longer taken.
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
