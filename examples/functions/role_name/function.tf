# Global Administrator
output "role_name" {
  value = provider::m365::role_name("62e90394-69f5-4237-9190-012177145e10")
}
