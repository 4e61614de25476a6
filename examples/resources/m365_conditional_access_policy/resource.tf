resource "m365_group" "emergency_access" {
  display_name = "Emergency access"
}

resource "m365_named_location" "headquarters" {
  display_name = "Headquarters"

  ip = {
    ip_ranges  = ["203.0.113.0/24"]
    is_trusted = true
  }
}

# Administrators need multifactor authentication, outside of the headquarters, every four hours.
resource "m365_conditional_access_policy" "example" {
  display_name = "Require MFA for administrators"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    client_app_types = ["browser", "mobileAppsAndDesktopClients"]

    users = {
      # Global Administrator, Privileged Role Administrator
      include_roles  = ["62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814"]
      exclude_groups = [m365_group.emergency_access.id]
    }
    applications = {
      include_applications = ["All"]
    }
    platforms = {
      include_platforms = ["all"]
      exclude_platforms = ["linux"]
    }
    locations = {
      include_locations = ["All"]
      exclude_locations = [m365_named_location.headquarters.id]
    }
    devices = {
      device_filter = {
        mode = "exclude"
        rule = "device.extensionAttribute1 -eq \"SAW\""
      }
    }
  }

  grant_controls = {
    operator          = "AND"
    built_in_controls = ["mfa", "compliantDevice"]
  }

  session_controls = {
    sign_in_frequency = {
      value = 4
      type  = "hours"
    }
    persistent_browser = {
      mode = "never"
    }
  }
}

# Legacy authentication cannot ask for a second factor, so it is blocked.
resource "m365_conditional_access_policy" "legacy_authentication" {
  display_name = "Block legacy authentication"
  state        = "enabledForReportingButNotEnforced"

  conditions = {
    client_app_types = ["exchangeActiveSync", "other"]
    users = {
      include_users  = ["All"]
      exclude_groups = [m365_group.emergency_access.id]
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

# Guests of two partners reach Office only by a phishing-resistant sign-in.
resource "m365_conditional_access_policy" "guests" {
  display_name = "Strong authentication for partners"
  state        = "disabled"

  conditions = {
    users = {
      include_guests_or_external_users = {
        guest_or_external_user_types = ["b2bCollaborationGuest", "b2bCollaborationMember"]
        external_tenants = {
          membership_kind = "enumerated"
          members         = ["2f3c0f41-6e0b-4d0a-8d5e-0f0f9a2f7c11", "9d0b8f4e-7a43-4a8e-9c61-3b1b6f3f2a22"]
        }
      }
    }
    applications = {
      include_applications = ["Office365"]
    }
  }

  grant_controls = {
    operator                   = "OR"
    authentication_strength_id = "00000000-0000-0000-0000-000000000004"
  }
}

# Device code sign-in is easily abused for phishing.
resource "m365_conditional_access_policy" "device_code" {
  display_name = "Block device code flow"
  state        = "disabled"

  conditions = {
    users = {
      include_users  = ["All"]
      exclude_groups = [m365_group.emergency_access.id]
    }
    applications = {
      include_applications = ["All"]
    }
    authentication_flows = {
      transfer_methods = ["deviceCodeFlow", "authenticationTransfer"]
    }
  }

  grant_controls = {
    operator          = "OR"
    built_in_controls = ["block"]
  }
}

# Authentication methods are registered from a trusted place only.
resource "m365_conditional_access_policy" "registration" {
  display_name = "Secure registration of security information"
  state        = "disabled"

  conditions = {
    users = {
      include_users = ["All"]
    }
    applications = {
      include_user_actions = ["urn:user:registersecurityinfo"]
    }
    locations = {
      include_locations = ["All"]
      exclude_locations = ["AllTrusted"]
    }
  }

  grant_controls = {
    operator          = "OR"
    built_in_controls = ["mfa"]
  }
}

# A risky sign-in proves itself again, every time.
resource "m365_conditional_access_policy" "risk" {
  display_name = "MFA for risky sign-ins"
  state        = "disabled"

  conditions = {
    sign_in_risk_levels = ["high", "medium"]
    users = {
      include_users  = ["All"]
      exclude_groups = [m365_group.emergency_access.id]
    }
    applications = {
      include_applications = ["All"]
    }
  }

  grant_controls = {
    operator          = "OR"
    built_in_controls = ["mfa"]
  }

  session_controls = {
    sign_in_frequency = {
      frequency_interval = "everyTime"
    }
  }
}
