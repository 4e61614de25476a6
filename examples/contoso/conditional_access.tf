resource "m365_named_location" "offices" {
  display_name = "Offices"

  ip = {
    ip_ranges  = var.office_networks
    is_trusted = true
  }
}

resource "m365_conditional_access_policy" "mfa_for_administrators" {
  display_name = "Require MFA for administrators"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    users = {
      include_roles  = values(module.administrators.role_ids)
      exclude_groups = [module.administrators.emergency_access_group_id]
    }
    applications = {
      include_applications = ["All"]
    }
  }

  grant_controls = {
    operator          = "OR"
    built_in_controls = ["mfa"]
  }
}

# Legacy protocols cannot ask for a second factor.
resource "m365_conditional_access_policy" "block_legacy_authentication" {
  display_name = "Block legacy authentication"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    client_app_types = ["exchangeActiveSync", "other"]
    users = {
      include_users  = ["All"]
      exclude_groups = [module.administrators.emergency_access_group_id]
    }
    applications = {
      include_applications = ["All"]
    }
  }

  grant_controls = {
    operator          = "OR"
    built_in_controls = ["block"]
  }
}
