# By id
terraform import m365_terms_of_use.example 093b947f-8363-4979-a47d-4c52b33ee1be

# By its path in Graph
terraform import m365_terms_of_use.example /identityGovernance/termsOfUse/agreements/093b947f-8363-4979-a47d-4c52b33ee1be

# By name
terraform import m365_terms_of_use.example 'display_name=Guests'
