# By id
terraform import m365_conditional_access_policy.example 6b5e999b-0ba8-4186-a106-e0296c1c4358

# By its path in Graph
terraform import m365_conditional_access_policy.example /identity/conditionalAccess/policies/6b5e999b-0ba8-4186-a106-e0296c1c4358

# By name
terraform import m365_conditional_access_policy.example 'display_name=Require MFA for administrators'
