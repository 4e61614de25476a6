# Tiered administrators: nobody but the emergency accounts holds a role at all times; everybody else
# is eligible through a group and activates, the higher the tier, the shorter and the more watched.
terraform {
  required_version = ">= 1.11"
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

provider "m365" {}

locals {
  tiers = {
    control_plane = {
      title    = "Tier 0: control plane"
      roles    = ["Global Administrator", "Privileged Role Administrator", "Conditional Access Administrator"]
      lasts    = "PT2H"
      approval = true
    }
    management_plane = {
      title    = "Tier 1: management plane"
      roles    = ["User Administrator", "Groups Administrator", "Intune Administrator"]
      lasts    = "PT4H"
      approval = false
    }
    support = {
      title    = "Tier 2: support"
      roles    = ["Helpdesk Administrator", "Reports Reader"]
      lasts    = "PT8H"
      approval = false
    }
  }
  roles = merge([
    for key, tier in local.tiers : { for role in tier.roles : role => merge(tier, { tier = key }) }
  ]...)
}
