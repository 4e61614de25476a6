# By the ids of the unit and of the member
terraform import m365_administrative_unit_member.example 4d7ea995-bc0f-45c0-8c3e-132e93bf95f8/87d349ed-44d7-43e1-9a83-5f2406dee5bd

# By its path in Graph
terraform import m365_administrative_unit_member.example /directory/administrativeUnits/4d7ea995-bc0f-45c0-8c3e-132e93bf95f8/members/87d349ed-44d7-43e1-9a83-5f2406dee5bd
