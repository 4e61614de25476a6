# 62e90394-69f5-4237-9190-012177145e10
output "role_id" {
  value = provider::m365::role_id("Global Administrator")
}
