# There is one in every tenant, known by its name
terraform import m365_authentication_methods_policy.example authentication_methods_policy

# By its path in Graph
terraform import m365_authentication_methods_policy.example /policies/authenticationMethodsPolicy
