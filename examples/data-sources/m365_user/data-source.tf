data "m365_user" "example" {
  user_principal_name = "AdeleV@contoso.com"
}

output "department" {
  value = data.m365_user.example.department
}
