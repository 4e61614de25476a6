data "m365_administrative_unit" "example" {
  display_name = "Switzerland"
}

output "scope" {
  value = "/administrativeUnits/${data.m365_administrative_unit.example.id}"
}
