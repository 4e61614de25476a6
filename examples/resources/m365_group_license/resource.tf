resource "m365_group" "staff" {
  display_name = "Staff"
}

resource "m365_group_license" "example" {
  group_id = m365_group.staff.id
  sku_id   = "6fd2c87f-b296-42f0-b197-1e91e994b900" # Office 365 E3 (ENTERPRISEPACK)

  # Microsoft Teams
  disabled_plans = ["57ff2da0-773e-42df-b2af-ffb7a2317929"]
}
