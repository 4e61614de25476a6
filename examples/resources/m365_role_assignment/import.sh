# By id
terraform import m365_role_assignment.example YUb1sHQtUEyvox7IA_Eu_mm3jqnUe4lEhvatluHVi2I-1

# By its path in Graph
terraform import m365_role_assignment.example /roleManagement/directory/roleAssignments/YUb1sHQtUEyvox7IA_Eu_mm3jqnUe4lEhvatluHVi2I-1
