# By the id of the group, and member or owner
terraform import m365_group_role_management_policy.example 2b5ed229-4072-478d-9504-a047ebd4b07d/member

# By its path in Graph
terraform import m365_group_role_management_policy.example /policies/roleManagementPolicyAssignments/Group_2b5ed229-4072-478d-9504-a047ebd4b07d_70c808b5-0d35-4863-a0ba-07888e99d448_member
