data "m365_directory_synchronization_health" "example" {}

check "synchronisation" {
  assert {
    condition     = data.m365_directory_synchronization_health.example.error_count == 0
    error_message = "Some objects could not be synchronised."
  }
}
