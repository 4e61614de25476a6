# Two policies that belong together, as a module that can be tested before it is applied.

variable "emergency_access_group_id" {
  description = "The group of the emergency access accounts, which every policy leaves out."
  type        = string
}

resource "m365_conditional_access_policy" "block_legacy_authentication" {
  display_name = "Block legacy authentication"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    users            = { include_users = ["All"], exclude_groups = [var.emergency_access_group_id] }
    applications     = { include_applications = ["All"] }
    client_app_types = ["exchangeActiveSync", "other"]
  }
  grant_controls = { operator = "OR", built_in_controls = ["block"] }
}

resource "m365_conditional_access_policy" "second_factor_outside" {
  display_name = "Require a second factor outside of the offices"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    users        = { include_users = ["All"], exclude_groups = [var.emergency_access_group_id] }
    applications = { include_applications = ["All"] }
    locations    = { include_locations = ["All"], exclude_locations = ["AllTrusted"] }
  }
  grant_controls = { operator = "OR", built_in_controls = ["mfa"] }
}

locals {
  # The policies as they will be once they are enforced.
  enforced = [
    for policy in [
      m365_conditional_access_policy.block_legacy_authentication,
      m365_conditional_access_policy.second_factor_outside,
    ] : merge(policy, { state = "enabled" })
  ]
}

# Reported by every plan, and never in the way of an apply.
check "emergency_access_is_let_in" {
  assert {
    condition = provider::m365::evaluate_sign_in(local.enforced, {
      user_id             = "00000000-0000-0000-0000-00000000000a"
      group_ids           = [var.emergency_access_group_id]
      application_ids     = ["797f4846-ba00-4fd7-ba43-dac1f8f63013"] # Azure, and with it the portals
      client_app_type     = "browser"
      is_trusted_location = false
    }).decision == "granted"
    error_message = "The policies would stop the emergency access accounts."
  }
}
