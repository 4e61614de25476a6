variable "initial_domain" {
  description = "The domain that the tenant began with, which no federation can lock out."
  type        = string
}

variable "emergency_access_password" {
  description = "The first password of the emergency access accounts. It is in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "change" {
  description = "The change that this is done for, kept in the audit log with each assignment."
  type = object({
    ticket        = string
    system        = string
    justification = string
  })
}

variable "tiers" {
  description = "Which roles belong together, how long an activation lasts, and whether somebody must approve it."
  type = map(object({
    title    = string
    roles    = set(string)
    lasts    = string
    approval = optional(bool, false)
  }))
  default = {
    control-plane = {
      title    = "Tier 0: control plane"
      roles    = ["Conditional Access Administrator", "Global Administrator", "Privileged Role Administrator"]
      lasts    = "PT2H"
      approval = true
    }
    management-plane = {
      title = "Tier 1: management plane"
      roles = ["Groups Administrator", "Intune Administrator", "User Administrator"]
      lasts = "PT4H"
    }
    support = {
      title = "Tier 2: support"
      roles = ["Helpdesk Administrator", "Reports Reader"]
      lasts = "PT8H"
    }
  }
}

variable "members" {
  description = "The object ids of the people in each tier, by the key of the tier. A tier that is not named is left as it is."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.members), keys(var.tiers))) == 0
    error_message = "Each key of members must be one of tiers."
  }
}

variable "approvers" {
  description = "The object ids of those who approve activations: at least two, who do not need these roles themselves."
  type        = list(string)

  validation {
    condition     = length(var.approvers) >= 2
    error_message = "Name at least two people: one alone could approve nothing while away, and nobody approves their own activation."
  }
}

variable "notify" {
  description = "Mail addresses that are told when a role is activated that takes approval."
  type        = set(string)
  default     = []
}

variable "administrators_method" {
  description = "The method that administrators sign in with from day to day; emergency access takes another one."
  type        = string
  default     = "microsoftAuthenticatorPush"
}

variable "attestations" {
  description = "What Graph does not tell of emergency access, and somebody vouches for; see m365_emergency_access."
  type = object({
    impersonal             = optional(bool)
    monitored              = optional(bool)
    privileged_workstation = optional(bool)
    retained               = optional(bool)
  })
  default = {}
}
