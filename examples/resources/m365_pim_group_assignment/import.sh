# By what it is of: the group, the principal, and member or owner
terraform import m365_pim_group_assignment.example 2b5ed229-4072-478d-9504-a047ebd4b07d/3cce9d87-3986-4f19-8335-7ed075408ca2/member

# By the id of the schedule
terraform import m365_pim_group_assignment.example 2b5ed229-4072-478d-9504-a047ebd4b07d_member_f8bd9e2d-bc15-49b1-8a9b-c571b3cf9555

# By its path in Graph
terraform import m365_pim_group_assignment.example /identityGovernance/privilegedAccess/group/assignmentSchedules/2b5ed229-4072-478d-9504-a047ebd4b07d_member_f8bd9e2d-bc15-49b1-8a9b-c571b3cf9555
