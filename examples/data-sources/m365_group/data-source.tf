data "m365_group" "example" {
  display_name = "Finance"
}

output "mail" {
  value = data.m365_group.example.mail
}
