# By id
terraform import m365_administrative_unit.example 4d7ea995-bc0f-45c0-8c3e-132e93bf95f8

# By its path in Graph
terraform import m365_administrative_unit.example /directory/administrativeUnits/4d7ea995-bc0f-45c0-8c3e-132e93bf95f8

# By name
terraform import m365_administrative_unit.example 'display_name=Executives'
