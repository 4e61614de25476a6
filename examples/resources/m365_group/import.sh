# By id
terraform import m365_group.example 02bd9fd6-8f93-4758-87c3-1fb73740a315

# By its path in Graph
terraform import m365_group.example /groups/02bd9fd6-8f93-4758-87c3-1fb73740a315

# By name
terraform import m365_group.example 'display_name=Finance'
