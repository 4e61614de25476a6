# By id
terraform import m365_user.example 87d349ed-44d7-43e1-9a83-5f2406dee5bd

# By its path in Graph
terraform import m365_user.example /users/87d349ed-44d7-43e1-9a83-5f2406dee5bd

# By sign-in name
terraform import m365_user.example 'user_principal_name=adele.vance@contoso.com'
