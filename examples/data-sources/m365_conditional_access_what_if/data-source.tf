data "m365_users" "all" {}

data "m365_conditional_access_what_if" "example" {
  sign_in = {
    user_id         = tolist(data.m365_users.all.ids)[0]
    application_ids = ["00000002-0000-0ff1-ce00-000000000000"] # Exchange Online
    client_app_type = "browser"
    device_platform = "windows"
    ip_address      = "203.0.113.7"
    country         = "NL"
  }

  # Policies that do not exist yet can be tried out together with those that do.
  planned_policies = [
    {
      display_name = "Block legacy authentication"
      state        = "enabled"
      conditions = {
        users            = { include_users = ["All"] }
        applications     = { include_applications = ["All"] }
        client_app_types = ["exchangeActiveSync", "other"]
      }
      grant_controls = { operator = "OR", built_in_controls = ["block"] }
    },
  ]
}

output "decision" {
  value = data.m365_conditional_access_what_if.example.decision
}

output "demands" {
  value = data.m365_conditional_access_what_if.example.required
}
