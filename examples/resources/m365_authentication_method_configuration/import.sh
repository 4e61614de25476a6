# By the id of the method
terraform import m365_authentication_method_configuration.example Fido2

# By its path in Graph
terraform import m365_authentication_method_configuration.example /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Fido2
