//! Role management policies, and what they refuse.

use m365::terraform::Value;
use serde_json::json;

use super::tenant::{Held, ROLE, Tenant};

const POLICY: &str = "m365_role_management_policy";
const ELIGIBILITY: &str = "m365_role_eligibility";

fn policy(setting: &str, settings: Value) -> Value {
    Value::from([("role", "Reports Reader".into()), (setting, settings)])
}

fn half_a_year() -> Value {
    let settings =
        Value::from([("require_expiration", true.into()), ("maximum_duration", "P180D".into())]);
    policy("eligible_assignment", settings)
}

async fn rules(tenant: &Tenant) -> serde_json::Value {
    let filter =
        format!("scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '{ROLE}'");
    let path = format!(
        "/policies/roleManagementPolicyAssignments?$filter={filter}&$expand=policy($expand=rules)"
    );
    tenant.outside("GET", &path, json!(null)).await["value"][0]["policy"]["rules"].clone()
}

#[tokio::test]
async fn only_rules_that_change_are_written_and_put_back() {
    let tenant = Tenant::new().await;
    let before = rules(&tenant).await;
    let config = half_a_year();
    let (held, _) = tenant.apply(POLICY, None, &config).await;
    let writes = tenant.writes().await;
    assert_eq!(writes.len(), 1, "{writes:?}");
    let (method, path, body) = &writes[0];
    assert_eq!(method, "PATCH");
    assert!(path.ends_with("/rules/Expiration_Admin_Eligibility"), "{path}");
    assert_eq!(body["@odata.type"], "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule");
    assert_ne!(rules(&tenant).await, before);
    tenant.settled(POLICY, &held, &config).await;
    assert!(tenant.destroy(POLICY, &held).await.is_empty());
    assert_eq!(rules(&tenant).await, before);
}

#[tokio::test]
async fn a_context_takes_over_from_multifactor_authentication_in_one_apply() {
    let tenant = Tenant::new().await;
    let context = Value::from([
        ("require_multifactor_authentication", false.into()),
        ("require_authentication_context", true.into()),
        ("authentication_context", "c1".into()),
    ]);
    let config = policy("activation", context);
    let (held, _) = tenant.apply(POLICY, None, &config).await;
    tenant.settled(POLICY, &held, &config).await;
    let back = Value::from([
        ("require_multifactor_authentication", true.into()),
        ("require_authentication_context", false.into()),
    ]);
    let config = policy("activation", back);
    let (held, _) = tenant.apply(POLICY, Some(&held), &config).await;
    tenant.settled(POLICY, &held, &config).await;
}

#[tokio::test]
async fn contradictions_are_refused_at_plan() {
    let tenant = Tenant::new().await;
    for (settings, expected) in [
        (
            Value::from([
                ("require_multifactor_authentication", true.into()),
                ("require_authentication_context", true.into()),
                ("authentication_context", "c1".into()),
            ]),
            "does not go with multifactor authentication",
        ),
        (
            Value::from([
                ("require_approval", true.into()),
                ("approver_user_ids", Value::set([])),
                ("approver_group_ids", Value::set([])),
            ]),
            "Nobody could approve",
        ),
        (Value::from([("maximum_duration", "PT25H".into())]), "not a duration that Graph takes"),
    ] {
        let planned = tenant.plan(POLICY, None, &policy("activation", settings)).await;
        let told = planned.diagnostics;
        assert!(told.iter().any(|said| said.summary.contains(expected)), "{expected}: {told:?}");
    }
}

#[tokio::test]
async fn a_schedule_that_its_policy_refuses_is_refused_at_plan() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let eligibility = Value::from([
        ("principal_id", user.as_str().into()),
        ("role", "Reports Reader".into()),
        ("duration", "P365D".into()),
    ]);
    let refused = async |tenant: &Tenant| {
        let planned = tenant.plan(ELIGIBILITY, None, &eligibility).await;
        planned.diagnostics.iter().any(|said| said.summary.contains("Expiration_Admin_Eligibility"))
    };
    assert!(!refused(&tenant).await);
    // Planned in the same configuration, not applied yet.
    tenant.plan(POLICY, None, &half_a_year()).await;
    assert!(refused(&tenant).await);
    let tenant = tenant.again().await;
    assert!(!refused(&tenant).await);
    // As Graph has it.
    tenant.apply(POLICY, None, &half_a_year()).await;
    let tenant = tenant.again().await;
    assert!(refused(&tenant).await);
}

#[tokio::test]
async fn a_change_in_the_portal_is_seen() {
    let tenant = Tenant::new().await;
    let (held, _) = tenant.apply(POLICY, None, &half_a_year()).await;
    let id = format!("DirectoryRole_{}_{ROLE}", m365::emulator::TENANT_ID);
    let path = format!("/policies/roleManagementPolicies/{id}/rules/Expiration_Admin_Eligibility");
    let rule = json!({
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule",
        "isExpirationRequired": false,
    });
    tenant.outside("PATCH", &path, rule).await;
    let tenant = tenant.again().await;
    let read = tenant.read(POLICY, &held).await;
    assert_eq!(read.state.get("eligible_assignment").get("require_expiration"), &false.into());
    let held = Held { state: read.state, private: read.private };
    let (held, _) = tenant.apply(POLICY, Some(&held), &half_a_year()).await;
    tenant.settled(POLICY, &held, &half_a_year()).await;
}
