variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_user" "owner" {
  user_principal_name = "lee.gu@contoso.com"
  display_name        = "Lee Gu"
  password            = var.initial_password
}

# A security group.
resource "m365_group" "example" {
  display_name = "Finance"
  description  = "Everybody who works in Finance."
  owner_ids    = [m365_user.owner.id]
}

# A group that directory roles can be assigned to.
resource "m365_group" "role_assignable" {
  display_name          = "Helpdesk administrators"
  mail_nickname         = "helpdesk-administrators"
  is_assignable_to_role = true
}

# A group whose members follow a rule.
resource "m365_group" "dynamic" {
  display_name                     = "All guests"
  group_types                      = ["DynamicMembership"]
  membership_rule                  = "user.userType -eq \"Guest\""
  membership_rule_processing_state = "On"
}

# A Microsoft 365 group.
resource "m365_group" "microsoft_365" {
  display_name              = "Library Assist"
  description               = "Help for readers."
  mail_nickname             = "library-assist"
  group_types               = ["Unified"]
  security_enabled          = false
  visibility                = "Private"
  resource_behavior_options = ["WelcomeEmailDisabled"]
}
