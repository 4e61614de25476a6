variable "domain" {
  description = "The domain of the organization, which people sign in with."
  type        = string
  default     = "contoso.com"
}

variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "signing_certificate" {
  description = "The certificate that the identity provider signs tokens with, DER in base64."
  type        = string
}
