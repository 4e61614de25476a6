resource "m365_group" "tier" {
  for_each = var.tiers

  display_name          = each.value.title
  description           = "May activate: ${join(", ", each.value.roles)}."
  is_assignable_to_role = true
}

resource "m365_group_members" "tier" {
  for_each = var.members

  group_id   = m365_group.tier[each.key].id
  member_ids = each.value
}

# Who approves activations: people who do not need these roles themselves.
resource "m365_group" "approvers" {
  display_name          = "Approvers of administrators"
  description           = "Approve the activation of roles that take approval. Two people at least."
  is_assignable_to_role = true
}

resource "m365_group_members" "approvers" {
  group_id   = m365_group.approvers.id
  member_ids = var.approvers
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
    approver_group_ids                 = each.value.approval ? [m365_group.approvers.id] : null
  }

  # Reviewed twice a year: an eligibility that is not renewed ends.
  eligible_assignment = {
    require_expiration = true
    maximum_duration   = "P180D"
  }

  # Emergency access has no end.
  active_assignment = {
    require_expiration    = false
    require_justification = true
  }

  notifications = each.value.approval && length(var.notify) > 0 ? {
    activation = {
      administrators = {
        level                 = "All"
        additional_recipients = var.notify
      }
    }
  } : null
}

resource "m365_role_eligibility" "tier" {
  for_each = local.roles

  principal_id  = m365_group.tier[each.value.key].id
  role          = m365_role_management_policy.tier[each.key].role
  duration      = "P180D"
  justification = "${each.value.title}: ${var.change.justification}"
  ticket_number = var.change.ticket
  ticket_system = var.change.system
}
