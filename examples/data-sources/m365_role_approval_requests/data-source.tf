data "m365_role_approval_requests" "example" {}

output "waiting" {
  value = [
    for request in data.m365_role_approval_requests.example.requests :
    "${request.principal_name} asks for ${request.role}: ${request.justification}"
  ]
}
