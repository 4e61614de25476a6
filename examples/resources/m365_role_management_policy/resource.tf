resource "m365_group" "approvers" {
  display_name          = "Role approvers"
  mail_nickname         = "role-approvers"
  is_assignable_to_role = true
}

# Global Administrator: for at most two hours, with approval and a ticket; permanent active
# assignments stay possible, for emergency access.
resource "m365_role_management_policy" "example" {
  role = "Global Administrator"

  activation = {
    maximum_duration                   = "PT2H"
    require_multifactor_authentication = true
    require_justification              = true
    require_ticket                     = true
    require_approval                   = true
    approver_group_ids                 = [m365_group.approvers.id]
  }

  eligible_assignment = {
    require_expiration = true
    maximum_duration   = "P180D"
  }

  active_assignment = {
    require_expiration    = false
    require_justification = true
  }

  notifications = {
    activation = {
      administrators = {
        level                 = "Critical"
        additional_recipients = ["security@contoso.com"]
      }
    }
  }
}
