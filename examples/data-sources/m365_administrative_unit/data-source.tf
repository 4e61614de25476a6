data "m365_administrative_unit" "example" {
  display_name = "Executives"
}

output "scope" {
  value = "/administrativeUnits/${data.m365_administrative_unit.example.id}"
}
