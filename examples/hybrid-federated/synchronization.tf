# What the tenant takes from Active Directory. Microsoft Entra Connect or Cloud Sync does the work, on a server of
# yours; this is what it may do here.

resource "m365_directory_synchronization" "this" {
  configuration = {
    # A mistake in the scope of the synchronisation does not delete half of the accounts.
    accidental_deletion_prevention = {
      synchronization_prevention_type = "enabledForCount"
      alert_threshold                 = 500
    }
  }

  features = {
    # Nothing that appears on-premises takes over an account of the cloud.
    block_soft_match_enabled                               = true
    block_cloud_object_takeover_through_hard_match_enabled = true
    # Otherwise the passwords of synchronised users never expire in the cloud.
    cloud_password_policy_for_password_synced_users_enabled = true
  }
}
