data "m365_named_location" "example" {
  display_name = "Head office"
}

output "ip_ranges" {
  value = data.m365_named_location.example.ip.ip_ranges
}
