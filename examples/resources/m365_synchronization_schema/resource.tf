resource "m365_synchronization_job" "example" {
  # The enterprise application that was made for provisioning.
  service_principal_id = "5e2c9a47-1d3b-4c86-8f70-9a4b7d6e3c12"
  template_id          = "scim"
  is_enabled           = false
}

resource "m365_synchronization_schema" "example" {
  service_principal_id = m365_synchronization_job.example.service_principal_id
  job_id               = m365_synchronization_job.example.id

  object_mappings = {
    "User to User" = {
      # Users of two departments, and nobody else.
      scoping_filters = {
        "Sales and marketing" = {
          clauses = [{
            source_attribute = "department"
            operator         = "REGEX MATCH"
            values           = ["(Marketing|Sales)"]
          }]
        }
      }

      attribute_mappings = {
        "displayName" = { expression = "Join(\" \", [givenName], [surname])" }
        "jobTitle"    = { attribute = "jobTitle" }
        "userType"    = { constant = "Member", flow_type = "ObjectAddOnly" }
      }

      # Private numbers stay here.
      unmapped_attributes = ["mobile"]
    }

    "Group to Group" = {
      is_enabled = false
    }
  }
}
