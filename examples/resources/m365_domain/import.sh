# By its id, which is its name
terraform import m365_domain.example fabrikam.com

# By its path in Graph
terraform import m365_domain.example /domains/fabrikam.com
