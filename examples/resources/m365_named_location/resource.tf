resource "m365_named_location" "example" {
  display_name = "Headquarters"

  ip = {
    ip_ranges  = ["203.0.113.0/24", "2001:db8:100::/40"]
    is_trusted = true
  }
}

resource "m365_named_location" "countries" {
  display_name = "Countries that we work from"

  country = {
    countries_and_regions                 = ["BE", "DE", "NL"]
    include_unknown_countries_and_regions = false
    country_lookup_method                 = "clientIpAddress"
  }
}
