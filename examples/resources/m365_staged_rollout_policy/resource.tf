resource "m365_group" "pilot" {
  display_name = "Pilot of password hash synchronisation"
}

resource "m365_staged_rollout_policy" "example" {
  display_name         = "Password hash synchronisation"
  description          = "The pilot signs in in the cloud, before the domain leaves federation."
  feature              = "passwordHashSync"
  is_enabled           = true
  applies_to_group_ids = [m365_group.pilot.id]
}
