# By the ids of the group and of the product
terraform import m365_group_license.example 02bd9fd6-8f93-4758-87c3-1fb73740a315/6fd2c87f-b296-42f0-b197-1e91e994b900

# By its path in Graph
terraform import m365_group_license.example /groups/02bd9fd6-8f93-4758-87c3-1fb73740a315/assignedLicenses/6fd2c87f-b296-42f0-b197-1e91e994b900
