# By the id of the strength.
terraform import m365_authentication_strength_policy.example 8313edec-d6af-483f-87b8-ec7cccfd2ab4

# By its path in Graph.
terraform import m365_authentication_strength_policy.example /policies/authenticationStrengthPolicies/8313edec-d6af-483f-87b8-ec7cccfd2ab4

# By its name.
terraform import m365_authentication_strength_policy.example 'display_name=Administrators'
