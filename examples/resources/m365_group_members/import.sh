# By the id of the group
terraform import m365_group_members.example 02bd9fd6-8f93-4758-87c3-1fb73740a315

# By the path of the group in Graph
terraform import m365_group_members.example /groups/02bd9fd6-8f93-4758-87c3-1fb73740a315
