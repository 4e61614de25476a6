# A first slice of an identity infrastructure, as Microsoft's deployment guide asks for it: emergency
# access that cannot be locked out, administrators in tiers who activate their roles, a trusted location,
# and the first two Conditional Access policies, which report before they enforce.

terraform {
  required_version = ">= 1.11"
  required_providers {
    m365 = {
      source = "m365/m365"
    }
  }
}

# Sign-in comes from the environment: M365_TENANT_ID, M365_CLIENT_ID, M365_CLIENT_SECRET.
provider "m365" {}

data "m365_tenant" "this" {}

locals {
  # The domain that the tenant began with: it is never federated, so that an outage of another
  # identity provider does not reach the accounts in it.
  initial_domain = one([for domain in data.m365_tenant.this.verified_domains : domain.name if domain.is_initial])
}
