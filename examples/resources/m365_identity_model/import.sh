# There is one in every tenant, known by its name
terraform import m365_identity_model.example identity_model

# By its path in Graph
terraform import m365_identity_model.example /organization/84841066-274d-4ec0-a5c1-276be684bdd3
