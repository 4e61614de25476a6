# By id
terraform import m365_role_definition.example d5eec5e0-6992-4c6b-b430-0f833f1a815a

# By its path in Graph
terraform import m365_role_definition.example /roleManagement/directory/roleDefinitions/d5eec5e0-6992-4c6b-b430-0f833f1a815a

# By name
terraform import m365_role_definition.example 'display_name=Application Registration Support Administrator'
