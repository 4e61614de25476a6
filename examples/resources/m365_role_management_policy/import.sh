# By the id of the role
terraform import m365_role_management_policy.example 62e90394-69f5-4237-9190-012177145e10

# By its path in Graph
terraform import m365_role_management_policy.example /policies/roleManagementPolicyAssignments/DirectoryRole_84841066-274d-4ec0-a5c1-276be684bdd3_200ec19a-09e7-4e7a-9515-cf1ee64b96f9_62e90394-69f5-4237-9190-012177145e10

# By the name of the role
terraform import m365_role_management_policy.example 'role=Global Administrator'
