data "m365_conditional_access_templates" "example" {}

output "for_administrators" {
  value = [
    for template in data.m365_conditional_access_templates.example.templates :
    template.name if contains(template.scenarios, "protectAdmins")
  ]
}
