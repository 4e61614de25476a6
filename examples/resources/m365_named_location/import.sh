# By id
terraform import m365_named_location.example 0854951d-5fc0-4eb1-b392-9b2c9d7949c2

# By its path in Graph
terraform import m365_named_location.example /identity/conditionalAccess/namedLocations/0854951d-5fc0-4eb1-b392-9b2c9d7949c2

# By name
terraform import m365_named_location.example 'display_name=Headquarters'
