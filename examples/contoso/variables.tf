variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "office_networks" {
  description = "The networks of the offices, in CIDR notation."
  type        = set(string)
  default     = ["203.0.113.0/24", "2001:db8:100::/48"]
}
