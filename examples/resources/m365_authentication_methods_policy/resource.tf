# People are asked to set up Microsoft Authenticator, and can put it off for three days.
resource "m365_group" "pilot" {
  display_name     = "No registration campaign"
  mail_nickname    = "no-registration-campaign"
  security_enabled = true
}

resource "m365_authentication_methods_policy" "example" {
  policy_migration_state = "migrationComplete"

  registration_enforcement = {
    authentication_methods_registration_campaign = {
      state                   = "enabled"
      snooze_duration_in_days = 3
      include_targets         = [{ id = "all_users" }]
      exclude_targets         = [{ id = m365_group.pilot.id }]
    }
  }
}
