# Who signs in at the domain of the organization is sent there. The domain that the tenant began with stays managed.

resource "m365_domain_federation" "this" {
  domain_id                         = data.m365_domain.this.id
  display_name                      = "AD FS"
  issuer_uri                        = "http://sts.${var.domain}/adfs/services/trust"
  passive_sign_in_uri               = "https://sts.${var.domain}/adfs/ls/"
  active_sign_in_uri                = "https://sts.${var.domain}/adfs/services/trust/2005/usernamemixed"
  metadata_exchange_uri             = "https://sts.${var.domain}/adfs/services/trust/mex"
  sign_out_uri                      = "https://sts.${var.domain}/adfs/ls/"
  preferred_authentication_protocol = "wsFed"
  # Multifactor authentication stays with Microsoft Entra, whose policies ask for it.
  federated_idp_mfa_behavior = "rejectMfaByFederatedIdp"
  prompt_login_behavior      = "nativeSupport"
  signing_certificate        = var.signing_certificate

  # Emergency access is there before anybody is sent elsewhere.
  depends_on = [m365_role_assignment.emergency_access]
}
