# There is one in every tenant, known by its name
terraform import m365_device_registration_policy.example device_registration_policy

# By its path in Graph
terraform import m365_device_registration_policy.example /policies/deviceRegistrationPolicy
