data "m365_authentication_contexts" "example" {}

output "published" {
  value = [
    for context in data.m365_authentication_contexts.example.authentication_contexts :
    context.id if context.is_available
  ]
}
