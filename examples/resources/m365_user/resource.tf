variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

# The password is sent again when password_version changes.
resource "m365_user" "manager" {
  user_principal_name                = "megan.bowen@contoso.com"
  display_name                       = "Megan Bowen"
  password                           = var.initial_password
  password_version                   = 1
  force_change_password_next_sign_in = true
}

# The password is sent when the account is made, and never again.
resource "m365_user" "example" {
  user_principal_name = "adele.vance@contoso.com"
  display_name        = "Adele Vance"
  account_enabled     = true
  user_type           = "Member"
  password            = var.initial_password

  given_name      = "Adele"
  surname         = "Vance"
  job_title       = "Retail Manager"
  department      = "Retail"
  company_name    = "Contoso"
  office_location = "18/2111"
  manager_id      = m365_user.manager.id

  employee_id        = "10042"
  employee_type      = "Employee"
  employee_hire_date = "2024-02-01T00:00:00Z"
  employee_org_data = {
    cost_center = "1200"
    division    = "Sales"
  }

  usage_location     = "NL"
  preferred_language = "en-US"
  business_phones    = ["+31 20 555 0109"]
  mobile_phone       = "+31 6 5550 0109"
  other_mails        = ["adele.vance@example.com"]
  street_address     = "Evert van de Beekstraat 354"
  postal_code        = "1118 CZ"
  city               = "Schiphol"
  country            = "Netherlands"

  on_premises_extension_attributes = {
    extension_attribute1 = "retail"
  }
}

# An emergency access account: its password does not expire and is not changed at sign-in.
resource "m365_user" "emergency_access" {
  user_principal_name = "emergency-access-1@contoso.onmicrosoft.com"
  display_name        = "Emergency access 1"
  password            = var.initial_password
  password_policies   = ["DisablePasswordExpiration"]
}
