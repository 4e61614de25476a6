# By the ids of the user and of the product
terraform import m365_user_license.example 02bd9fd6-8f93-4758-87c3-1fb73740a315/6fd2c87f-b296-42f0-b197-1e91e994b900

# By its path in Graph
terraform import m365_user_license.example /users/02bd9fd6-8f93-4758-87c3-1fb73740a315/licenseAssignmentStates/6fd2c87f-b296-42f0-b197-1e91e994b900
