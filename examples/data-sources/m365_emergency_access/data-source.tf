data "m365_users" "emergency" {
  filter = "startsWith(userPrincipalName,'emergency-access')"
}

data "m365_groups" "emergency" {
  filter = "displayName eq 'Emergency access'"
}

data "m365_emergency_access" "example" {
  user_ids              = data.m365_users.emergency.ids
  group_ids             = data.m365_groups.emergency.ids
  administrators_method = "microsoftAuthenticatorPush"

  # What Graph does not tell, vouched for at the last drill.
  attestations = {
    impersonal             = true
    monitored              = true
    privileged_workstation = true
    retained               = true
  }
}

check "emergency_access" {
  assert {
    condition     = data.m365_emergency_access.example.holds
    error_message = data.m365_emergency_access.example.summary
  }
}
