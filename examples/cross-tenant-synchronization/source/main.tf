# Cross-tenant synchronization, in the tenant that users come from: it runs the job.

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

variable "target_tenant_id" {
  description = "The tenant that users go to."
  type        = string
}

variable "service_principal_id" {
  description = "The object id of the enterprise application of the synchronization: a new configuration under External Identities > Cross-tenant synchronization in the portal, or an instance of the application template 518e5f48-1fc8-4c48-9387-9fdf28b0dfe7. Assign the users and groups that are to be synchronized to it."
  type        = string
}

resource "m365_cross_tenant_access_partner" "target" {
  tenant_id = var.target_tenant_id

  # Takes effect where the other tenant allows it inbound.
  automatic_user_consent_settings = {
    outbound_allowed = true
  }
}

resource "m365_synchronization_job" "users" {
  service_principal_id = var.service_principal_id
  template_id          = "Azure2Azure"
  is_enabled           = true

  # No password goes from tenant to tenant: the other one trusts the policy that allows the synchronization. It is
  # asked before the job is started.
  secrets = {
    authentication_type = "SyncPolicy"
    company_id          = var.target_tenant_id
  }
  secrets_version  = 1
  validate_secrets = true

  depends_on = [m365_cross_tenant_access_partner.target]
}

resource "m365_synchronization_schema" "users" {
  service_principal_id = m365_synchronization_job.users.service_principal_id
  job_id               = m365_synchronization_job.users.id

  object_mappings = {
    "User to User" = {
      scoping_filters = {
        "Two departments" = {
          clauses = [{
            source_attribute = "department"
            operator         = "REGEX MATCH"
            values           = ["(Finance|Legal)"]
          }]
        }
      }

      attribute_mappings = {
        # Members of the organization and not guests: they see what members see.
        "userType"    = { constant = "Member" }
        "displayName" = { expression = "Join(\" \", [displayName], \"(Subsidiary)\")" }
      }
    }
  }
}
