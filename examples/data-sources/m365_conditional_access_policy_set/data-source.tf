locals {
  # Terraform reads a data source that refers to a resource with changes to come during apply only. What
  # both are made of is known at plan.
  policies = {
    "Block legacy authentication" = {
      conditions = {
        users            = { include_users = ["All"] }
        applications     = { include_applications = ["All"] }
        client_app_types = ["exchangeActiveSync", "other"]
      }
      grant_controls = { operator = "OR", built_in_controls = ["block"] }
    }
  }
}

resource "m365_conditional_access_policy" "all" {
  for_each       = local.policies
  display_name   = each.key
  state          = "enabledForReportingButNotEnforced"
  conditions     = each.value.conditions
  grant_controls = each.value.grant_controls
}

# The same policies, as if they were enforced.
data "m365_conditional_access_policy_set" "example" {
  policies = [
    for name, policy in local.policies : merge(policy, { display_name = name, state = "enabled" })
  ]
}

check "nobody_is_locked_out" {
  assert {
    condition     = data.m365_conditional_access_policy_set.example.is_safe
    error_message = join("\n", data.m365_conditional_access_policy_set.example.findings[*].summary)
  }
}
