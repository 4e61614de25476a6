resource "m365_domain" "fabrikam" {
  id = "fabrikam.com"
}

resource "m365_domain_verification" "fabrikam" {
  domain_id = m365_domain.fabrikam.id
}

# Active Directory Federation Services sign in; multifactor authentication stays with Microsoft Entra.
resource "m365_domain_federation" "example" {
  domain_id                         = m365_domain_verification.fabrikam.domain_id
  display_name                      = "Fabrikam AD FS"
  issuer_uri                        = "http://sts.fabrikam.com/adfs/services/trust"
  passive_sign_in_uri               = "https://sts.fabrikam.com/adfs/ls/"
  active_sign_in_uri                = "https://sts.fabrikam.com/adfs/services/trust/2005/usernamemixed"
  metadata_exchange_uri             = "https://sts.fabrikam.com/adfs/services/trust/mex"
  sign_out_uri                      = "https://sts.fabrikam.com/adfs/ls/"
  preferred_authentication_protocol = "wsFed"
  federated_idp_mfa_behavior        = "rejectMfaByFederatedIdp"
  prompt_login_behavior             = "nativeSupport"

  # The public part, in base64 as Graph keeps it; PEM is taken, too.
  signing_certificate = "MIIBqjCCAU+gAwIBAgIUZeNthHSDcWFsxMMKa1156K3dnZEwCgYIKoZIzj0EAwIwKjEoMCYGA1UEAwwfQURGUyBTaWduaW5nIC0gc3RzLmZhYnJpa2FtLmNvbTAeFw0yNjExMjEwNzQ0MDhaFw00MTExMTcwNzQ0MDhaMCoxKDAmBgNVBAMMH0FERlMgU2lnbmluZyAtIHN0cy5mYWJyaWthbS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQrmKIpsGAAUKe3q11+ZDnl5RsnTcxcTjZCIQx/54qAmj1gNjepeCycnkFCVp21k4I3auC1drSffvfwsZK9b67Io1MwUTAdBgNVHQ4EFgQUnzdQ7ahsbOVAVsxHi6PHnXBiQDIwHwYDVR0jBBgwFoAUnzdQ7ahsbOVAVsxHi6PHnXBiQDIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA5SxYdTJJOIJ//7rGQNYR6hjmXh8g7r0njBgdLZhmUn4CIQD/hfpdclowhUsIcqivmJRp/F3lYJpZmFKt+MM3nj1z3A=="
}
