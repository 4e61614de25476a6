output "emergency_access_group_id" {
  description = "To be excluded from every Conditional Access policy that restricts."
  value       = m365_group.emergency.id
}

output "roles" {
  description = "The ids of the roles that are governed."
  value       = { for role in keys(local.roles) : role => provider::m365::role_id(role) }
}
