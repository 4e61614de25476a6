# There is one in every tenant, known by its name
terraform import m365_authorization_policy.example authorization_policy

# By its path in Graph
terraform import m365_authorization_policy.example /policies/authorizationPolicy
