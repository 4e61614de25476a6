output "emergency_access_group_id" {
  description = "To be excluded from every Conditional Access policy that restricts."
  value       = m365_group.emergency_access.id
}

output "tier_group_ids" {
  description = "The groups whose members may activate the roles of a tier, by tier."
  value       = { for key, group in m365_group.tier : key => group.id }
}

output "approver_group_id" {
  description = "The group whose members approve activations."
  value       = m365_group.approvers.id
}

output "role_ids" {
  description = "The ids of the roles that are governed, by name."
  value       = { for role in keys(local.roles) : role => provider::m365::role_id(role) }
}
