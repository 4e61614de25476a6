# By the display name of the template, or its id: what is not as the template says is imported
terraform import m365_group_setting.example Group.Unified

# By the path of the settings in Graph
terraform import m365_group_setting.example /groupSettings/844d252c-4de2-43eb-a784-96df77231aae
