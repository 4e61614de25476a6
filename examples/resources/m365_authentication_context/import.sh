# By the id of the context.
terraform import m365_authentication_context.example c1

# By its path in Graph.
terraform import m365_authentication_context.example /identity/conditionalAccess/authenticationContextClassReferences/c1

# By its name.
terraform import m365_authentication_context.example 'display_name=Confidential'
