data "m365_identity_model" "example" {}

output "evidence" {
  value = data.m365_identity_model.example.statements
}
