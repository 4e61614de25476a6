resource "m365_group" "tier" {
  for_each = local.tiers

  display_name          = each.value.title
  description           = "May activate: ${join(", ", each.value.roles)}"
  mail_nickname         = replace(each.key, "_", "-")
  is_assignable_to_role = true
}

# Who approves activations of the control plane: people who do not need it themselves.
resource "m365_group" "approvers" {
  display_name          = "Approvers of the control plane"
  mail_nickname         = "control-plane-approvers"
  is_assignable_to_role = true
}

resource "m365_role_management_policy" "tier" {
  for_each = local.roles

  role = each.key

  activation = {
    maximum_duration                   = each.value.lasts
    require_multifactor_authentication = true
    require_justification              = true
    require_ticket                     = each.value.approval
    require_approval                   = each.value.approval
    approver_group_ids                 = each.value.approval ? [m365_group.approvers.id] : []
  }

  # Reviewed twice a year: an eligibility that is not renewed ends.
  eligible_assignment = {
    require_expiration = true
    maximum_duration   = "P180D"
  }

  # Emergency access is permanent.
  active_assignment = {
    require_expiration    = false
    require_justification = true
  }

  notifications = {
    activation = {
      administrators = {
        level                 = "All"
        additional_recipients = each.value.approval ? var.notify : []
      }
    }
  }
}

resource "m365_role_eligibility" "tier" {
  for_each = local.roles

  principal_id  = m365_group.tier[each.value.tier].id
  role          = m365_role_management_policy.tier[each.key].role
  duration      = "P180D"
  justification = each.value.title
  ticket_number = var.ticket
  ticket_system = "ServiceNow"
}
