resource "m365_group" "creators" {
  display_name     = "Microsoft 365 group creators"
  mail_nickname    = "group-creators"
  mail_enabled     = false
  security_enabled = true
}

# Only members of one group make Microsoft 365 groups, which are named after a pattern.
resource "m365_group_setting" "example" {
  template = "Group.Unified"

  values = {
    EnableGroupCreation           = false
    GroupCreationAllowedGroupId   = m365_group.creators.id
    PrefixSuffixNamingRequirement = "GRP-[GroupName]"
    AllowToAddGuests              = false
  }
}
