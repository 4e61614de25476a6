variable "domain" {
  description = "The domain of the organization, which people sign in with."
  type        = string
  default     = "fabrikam.com"
}

variable "people" {
  description = "Who works here: by the part of the address before the domain."
  type = map(object({
    name       = string
    department = string
    type       = string
    country    = string
  }))
  default = {
    "adele.vance" = { name = "Adele Vance", department = "Retail", type = "Employee", country = "CH" }
    "alex.wilber" = { name = "Alex Wilber", department = "Marketing", type = "Employee", country = "CH" }
    "pradeep.k"   = { name = "Pradeep Kumar", department = "Audit", type = "Contractor", country = "DE" }
  }
}

variable "initial_password" {
  description = "What people sign in with once, before they choose their own. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "product" {
  description = "What employees work with, by its part number: SPE_E5 is Microsoft 365 E5, ENTERPRISEPACK Office 365 E3."
  type        = string
  default     = "ENTERPRISEPACK"
}
