data "m365_named_locations" "example" {}

output "trusted" {
  value = [
    for location in data.m365_named_locations.example.named_locations :
    location.display_name if try(location.ip.is_trusted, false)
  ]
}
