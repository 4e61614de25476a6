# The domain that people sign in with is in the tenant and verified already, as in hybrid-phs: nobody is sent to
# another identity provider at a domain that was added a moment ago.

data "m365_domain" "this" {
  id = var.domain
}
