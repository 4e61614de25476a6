# By the id of the domain
terraform import m365_domain_settings.example fabrikam.com

# By the domain's path in Graph
terraform import m365_domain_settings.example /domains/fabrikam.com
