variable "initial_password" {
  description = "The first password of new accounts. Give your own by TF_VAR_initial_password."
  type        = string
  default     = "Correct-Horse-7-Battery!"
  sensitive   = true
  ephemeral   = true
}

resource "m365_user" "adele" {
  user_principal_name = "adele.vance@contoso.com"
  display_name        = "Adele Vance"
  password            = var.initial_password
  usage_location      = "CH"
}

resource "m365_user_license" "example" {
  user_id = m365_user.adele.id
  sku_id  = "6fd2c87f-b296-42f0-b197-1e91e994b900" # Office 365 E3 (ENTERPRISEPACK)

  # Microsoft Teams
  disabled_plans = ["57ff2da0-773e-42df-b2af-ffb7a2317929"]
}
