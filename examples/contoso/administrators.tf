# Who may activate what, and who approves it, by sign-in name.
data "m365_user" "administrator" {
  for_each = toset(concat(flatten(values(local.members)), local.approvers))

  user_principal_name = each.key
}

locals {
  members = {
    control-plane    = ["GradyA@contoso.com"]
    management-plane = ["IsaiahL@contoso.com", "JohannaL@contoso.com"]
    support          = ["LidiaH@contoso.com"]
  }
  approvers = ["NestorW@contoso.com", "PattiF@contoso.com"]
}

# Emergency access, and everybody else just in time.
module "administrators" {
  source = "../administrators"

  initial_domain            = local.initial_domain
  emergency_access_password = var.emergency_access_password
  notify                    = ["security@contoso.com"]
  members                   = { for tier, names in local.members : tier => [for name in names : data.m365_user.administrator[name].id] }
  approvers                 = [for name in local.approvers : data.m365_user.administrator[name].id]

  change = {
    ticket        = "CHG-20413"
    system        = "ServiceNow"
    justification = "administrators just in time"
  }

  # Vouched for at the last drill.
  attestations = {
    impersonal             = true
    monitored              = true
    privileged_workstation = true
    retained               = true
  }
}
