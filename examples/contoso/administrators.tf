# Emergency access, and everybody else just in time.
module "administrators" {
  source = "../administrators"

  initial_domain            = local.initial_domain
  emergency_access_password = var.emergency_access_password
  notify                    = ["security@contoso.com"]

  change = {
    ticket        = "CHG-20413"
    system        = "ServiceNow"
    justification = "just-in-time administration"
  }

  # Vouched for at the last drill.
  attestations = {
    impersonal             = true
    monitored              = true
    privileged_workstation = true
    retained               = true
  }
}
