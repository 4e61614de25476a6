data "m365_users" "example" {
  filter = "department eq 'Retail' and accountEnabled eq true"
}

resource "m365_group" "retail" {
  display_name = "Retail"
}

resource "m365_group_members" "retail" {
  group_id   = m365_group.retail.id
  member_ids = data.m365_users.example.ids
}
