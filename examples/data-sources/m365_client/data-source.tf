data "m365_client" "example" {}

output "granted" {
  value = data.m365_client.example.roles
}
