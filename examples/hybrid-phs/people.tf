# Synchronised accounts arrive without a usage location and without a licence. Groups of the cloud can hold them; what
# they are called and where they work is changed in Active Directory.

resource "m365_group" "synchronized" {
  display_name                     = "Synchronised people"
  description                      = "Everybody whose account is mastered on-premises."
  group_types                      = ["DynamicMembership"]
  membership_rule                  = "user.dirSyncEnabled -eq true"
  membership_rule_processing_state = "On"
}
