# No matching is under way, so on-premises objects take nothing over.
resource "m365_directory_synchronization" "example" {
  configuration = {
    accidental_deletion_prevention = {
      synchronization_prevention_type = "enabledForCount"
      alert_threshold                 = 200
    }
  }

  features = {
    block_soft_match_enabled                                = true
    block_cloud_object_takeover_through_hard_match_enabled  = true
    cloud_password_policy_for_password_synced_users_enabled = true
  }
}
