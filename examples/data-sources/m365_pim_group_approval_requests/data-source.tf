data "m365_groups" "all" {}

data "m365_pim_group_approval_requests" "example" {
  group_id = tolist(data.m365_groups.all.ids)[0]
}

output "waiting" {
  value = data.m365_pim_group_approval_requests.example.requests
}
