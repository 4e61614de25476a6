//! `m365_conditional_access_policy_set` by the real terraform.

use super::tenant::{ALL, BLOCK, MFA, Tenant};

/// A set of two policies that do not exist yet, and what comes of it once they are enforced. Written as
/// locals, which Terraform knows at plan.
fn set(tenant: &Tenant, excluded: &str) -> String {
    let users = format!("include_users = [\"All\"]{excluded}");
    let admins = format!("include_users = [\"{}\"]", tenant.administrator);
    let of = |name: &str, users: &str, grant: &str| {
        format!(
            "    {name} = {{\n      conditions = {{ users = {{ {users} }}, applications = {{ {ALL} }} }}\n      \
             grant_controls = {{ {grant} }}\n    }}\n"
        )
    };
    let policies = [of("p", &users, MFA), of("q", &admins, BLOCK)].concat();
    format!("locals {{\n  policies = {{\n{policies}  }}\n}}\n{REST}")
}

const REST: &str = r#"
resource "m365_conditional_access_policy" "all" {
  for_each       = local.policies
  display_name   = each.key
  state          = "enabledForReportingButNotEnforced"
  conditions     = each.value.conditions
  grant_controls = each.value.grant_controls
}

data "m365_conditional_access_policy_set" "all" {
  policies = [
    for name, policy in local.policies : merge(policy, { display_name = name, state = "enabled" })
  ]
}

locals {
  set = data.m365_conditional_access_policy_set.all
}

output "safe" {
  value = local.set.is_safe
}

output "rules" {
  value = join(",", local.set.findings[*].rule)
}

output "left" {
  value = join(",", [for one in setunion(local.set.emergency_access, local.set.administrators) : "${one.name} ${one.survives}"])
}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_is_judged_before_any_of_it_exists() {
    let tenant = Tenant::new().await;
    let plan = &["plan", "-input=false"];
    let (code, said) = tenant.run(plan, &set(&tenant, "")).await;
    assert_eq!(code, Some(0), "{said}");
    // The accounts have a password only, and nobody else would be left.
    for expected in [
        "rules = \"L-01,L-35\"",
        "safe  = true",
        "administrator@contoso.onmicrosoft.com no",
        "emergency-1@contoso.onmicrosoft.com yes",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let excluded = format!(", exclude_groups = [\"{}\"]", tenant.group);
    let (code, said) = tenant.run(plan, &set(&tenant, &excluded)).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("rules = \"L-01\"") && said.contains("safe  = true"), "{said}");
    let blocked = set(&tenant, "").replace("\"mfa\"", "\"block\"");
    let (code, said) = tenant.run(plan, &blocked).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("safe  = false") && said.contains("L-01"), "{said}");
}
