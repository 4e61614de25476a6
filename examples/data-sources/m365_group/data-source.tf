data "m365_group" "example" {
  display_name = "Sales and Marketing"
}

output "mail" {
  value = data.m365_group.example.mail
}
