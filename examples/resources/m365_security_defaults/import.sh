# There is one in every tenant, known by its name
terraform import m365_security_defaults.example security_defaults

# By its path in Graph
terraform import m365_security_defaults.example /policies/identitySecurityDefaultsEnforcementPolicy
