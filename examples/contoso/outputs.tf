output "emergency_access_group_id" {
  description = "The group that every further policy must exclude."
  value       = m365_group.emergency_access.id
}
