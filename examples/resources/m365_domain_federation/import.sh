# By the id of the domain and the id of the configuration
terraform import m365_domain_federation.example fabrikam.com/6601d14b-d113-8f64-fda2-9b5ddda18ecc

# By its path in Graph
terraform import m365_domain_federation.example /domains/fabrikam.com/federationConfiguration/6601d14b-d113-8f64-fda2-9b5ddda18ecc
