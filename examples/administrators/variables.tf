variable "domain" {
  description = "The initial domain of the tenant, which no federation can lock out."
  type        = string
  default     = "contoso.onmicrosoft.com"
}

variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. Give your own by TF_VAR_emergency_access_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

variable "ticket" {
  description = "The change that this is done for."
  type        = string
  default     = "CHG-20413"
}

variable "notify" {
  description = "Who is told when a role of the control plane is activated."
  type        = set(string)
  default     = ["security@contoso.com"]
}
