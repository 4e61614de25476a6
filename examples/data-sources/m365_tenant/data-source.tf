data "m365_tenant" "example" {}

output "has_entra_id_p2" {
  value = anytrue(flatten([
    for sku in data.m365_tenant.example.subscribed_skus : [
      for plan in sku.service_plans : plan.service_plan_name == "AAD_PREMIUM_P2"
    ]
  ]))
}
