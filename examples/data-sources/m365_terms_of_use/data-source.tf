data "m365_terms_of_use" "example" {
  display_name = "Guests"
}

output "languages" {
  value = data.m365_terms_of_use.example.files[*].language
}
