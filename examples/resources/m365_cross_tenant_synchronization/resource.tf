resource "m365_cross_tenant_access_partner" "fabrikam" {
  tenant_id = "90e29127-71ad-49c7-9ce8-db3f41ea06f1"

  automatic_user_consent_settings = {
    inbound_allowed = true
  }
}

resource "m365_cross_tenant_synchronization" "example" {
  tenant_id       = m365_cross_tenant_access_partner.fabrikam.tenant_id
  display_name    = "Fabrikam"
  is_sync_allowed = true
}
