# By what it is of: the principal, the role, and the scope unless it is the whole tenant
terraform import m365_role_active_assignment.example 071cc716-8147-4397-a5ba-b2105951cc0b/62e90394-69f5-4237-9190-012177145e10

# By the id of the schedule
terraform import m365_role_active_assignment.example 95c690fb-3eb3-4942-a03f-4524aed6f31e

# By its path in Graph
terraform import m365_role_active_assignment.example /roleManagement/directory/roleAssignmentSchedules/95c690fb-3eb3-4942-a03f-4524aed6f31e
