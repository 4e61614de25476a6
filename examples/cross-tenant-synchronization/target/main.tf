# Cross-tenant synchronization, in the tenant that users come to: it says who may bring them, and that nobody has to
# accept an invitation. Apply this before the other half.

terraform {
  required_version = ">= 1.11"
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

# Sign-in comes from the environment: M365_TENANT_ID (this tenant), M365_CLIENT_ID, M365_CLIENT_SECRET.
provider "m365" {}

variable "source_tenant_id" {
  description = "The tenant that users come from."
  type        = string
}

resource "m365_cross_tenant_access_partner" "source" {
  tenant_id = var.source_tenant_id

  # Takes effect where the other tenant allows it outbound.
  automatic_user_consent_settings = {
    inbound_allowed = true
  }

  # Who proved a second factor at home need not do it here again.
  inbound_trust = {
    is_mfa_accepted = true
  }
}

resource "m365_cross_tenant_synchronization" "source" {
  tenant_id       = m365_cross_tenant_access_partner.source.tenant_id
  display_name    = "Subsidiary"
  is_sync_allowed = true
}
