resource "m365_cross_tenant_access_partner" "example" {
  tenant_id = "90e29127-71ad-49c7-9ce8-db3f41ea06f1"

  inbound_trust = {
    is_mfa_accepted              = true
    is_compliant_device_accepted = true
  }

  automatic_user_consent_settings = {
    inbound_allowed = true
  }

  b2b_collaboration_inbound = {
    users_and_groups = {
      access_type = "allowed"
      targets     = [{ target = "AllUsers", target_type = "user" }]
    }
    applications = {
      access_type = "allowed"
      targets     = [{ target = "AllApplications", target_type = "application" }]
    }
  }
}
