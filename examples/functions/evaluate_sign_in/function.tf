locals {
  legacy = {
    display_name = "Block legacy authentication"
    state        = "enabled"
    conditions = {
      users            = { include_users = ["All"] }
      applications     = { include_applications = ["All"] }
      client_app_types = ["exchangeActiveSync", "other"]
    }
    grant_controls = { operator = "OR", built_in_controls = ["block"] }
  }
}

output "what_happens_to_an_old_mail_client" {
  value = provider::m365::evaluate_sign_in([local.legacy], {
    user_id         = "6a2c9d1e-4b7f-4f0a-8e3d-1c5b9a7f2e60"
    application_ids = ["00000002-0000-0ff1-ce00-000000000000"]
    client_app_type = "other"
  }).decision # "blocked"
}
