# Administrators in tiers, just in time: nobody but the emergency accounts holds a role at all times.
# Everybody else is made eligible through a group and activates when needed; the higher the tier, the
# shorter, and the more people have to agree.

terraform {
  required_version = ">= 1.11"
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

locals {
  roles = merge([
    for key, tier in var.tiers : { for role in tier.roles : role => merge(tier, { key = key }) }
  ]...)
}
