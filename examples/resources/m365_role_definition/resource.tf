resource "m365_role_definition" "example" {
  display_name = "Application Registration Support Administrator"
  description  = "Updates basic properties of application registrations."
  version      = "1"

  role_permissions = [{
    allowed_resource_actions = [
      "microsoft.directory/applications/basic/update",
      "microsoft.directory/applications/standard/read",
    ]
  }]
}
