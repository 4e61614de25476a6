# Employees get the product by being in their group.

resource "m365_group_license" "employees" {
  group_id = m365_group.employees.id
  sku_id   = one([for sku in data.m365_tenant.this.subscribed_skus : sku.sku_id if sku.sku_part_number == var.product])
}
