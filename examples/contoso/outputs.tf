output "emergency_access_group_id" {
  description = "The group that every further policy must exclude."
  value       = module.administrators.emergency_access_group_id
}
