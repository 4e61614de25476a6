# By what it is of: the principal, the role, and the scope unless it is the whole tenant
terraform import m365_role_eligibility.example 71cb9f2e-52d3-4a26-9d13-4f7a4b5c2c63/b1be1c3e-b65d-4f19-8427-f6fa0d97feb9

# By the id of the schedule
terraform import m365_role_eligibility.example 77f71919-62f3-4d0c-9f88-0a0391b665cd

# By its path in Graph
terraform import m365_role_eligibility.example /roleManagement/directory/roleEligibilitySchedules/77f71919-62f3-4d0c-9f88-0a0391b665cd
