data "m365_authentication_context" "example" {
  id = "c1"
}

output "protects" {
  value = data.m365_authentication_context.example.description
}
