variable "domain" {
  description = "The domain of the organization, which people sign in with."
  type        = string
  default     = "fabrikam.com"
}

variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}
