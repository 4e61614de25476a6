provider "m365" {
  # The group is made up: plan without looking it up.
  lockout_protection = "off"
}

variables {
  emergency_access_group_id = "3f2b8c1d-9a4e-4d7b-8c6f-5e1a2b3c4d5e"
}

run "an_employee" {
  command = plan

  assert {
    condition = provider::m365::evaluate_sign_in(local.enforced, {
      user_id             = "00000000-0000-0000-0000-00000000000b"
      group_ids           = []
      application_ids     = ["00000003-0000-0ff1-ce00-000000000000"] # SharePoint Online
      client_app_type     = "browser"
      is_trusted_location = false
    }).required == "multifactor authentication"
    error_message = "Outside of the offices a second factor is needed."
  }

  assert {
    condition = provider::m365::evaluate_sign_in(local.enforced, {
      user_id             = "00000000-0000-0000-0000-00000000000b"
      group_ids           = []
      application_ids     = ["00000003-0000-0ff1-ce00-000000000000"]
      client_app_type     = "browser"
      is_trusted_location = true
    }).decision == "granted"
    error_message = "In the offices a password is enough."
  }

  assert {
    condition = provider::m365::evaluate_sign_in(local.enforced, {
      user_id             = "00000000-0000-0000-0000-00000000000b"
      group_ids           = []
      application_ids     = ["00000002-0000-0ff1-ce00-000000000000"] # Exchange Online
      client_app_type     = "other"
      is_trusted_location = true
    }).decision == "blocked"
    error_message = "Old mail clients are blocked, wherever they are."
  }
}
