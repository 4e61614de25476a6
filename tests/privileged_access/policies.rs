//! Role management policies, and what they refuse.

use m365::terraform::Value;
use serde_json::json;

use super::tenant::{Held, ROLE, Tenant, with};

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
    let sent = body.as_object().unwrap();
    assert!(sent.values().all(|value| !value.is_null()), "{body}");
    assert_eq!(body["@odata.type"], "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule");
    assert_ne!(rules(&tenant).await, before);
    tenant.settled(POLICY, &held, &config).await;
    assert!(tenant.destroy(POLICY, &held).await.is_empty());
    assert_eq!(rules(&tenant).await, before);
}

#[tokio::test]
async fn what_is_taken_over_tells_what_changes() {
    let tenant = Tenant::new().await;
    let (group, user) = (tenant.group("g").await, tenant.user("a").await);
    let activation = Value::from([
        ("maximum_duration", "PT2H".into()),
        ("require_justification", true.into()),
        ("require_approval", true.into()),
        ("approver_user_ids", Value::set([user.as_str().into()])),
    ]);
    let of_group = Value::from([
        ("group_id", group.as_str().into()),
        ("access_id", "owner".into()),
        ("activation", Value::from([("maximum_duration", "PT480M".into())])),
    ]);
    let of_role = with(&half_a_year(), "activation", activation);
    let told = tenant.plan(POLICY, None, &of_role).await.diagnostics;
    let [said] = told.iter().collect::<Vec<_>>()[..] else { panic!("{told:?}") };
    assert_eq!(said.summary, "Reports Reader: 5 settings change");
    for line in [
        "  activation.maximum_duration: PT8H -> PT2H",
        "  activation.require_approval: false -> true",
        &format!("  activation.approver_user_ids: not set -> {user}"),
        "  eligible_assignment.require_expiration: false -> true",
        "  eligible_assignment.maximum_duration: P365D -> P180D",
    ] {
        assert!(said.detail.lines().any(|one| one == line), "{line}: {}", said.detail);
    }
    // What says the same changes nothing; and once it is managed, Terraform itself shows changes.
    let told = tenant.plan("m365_group_role_management_policy", None, &of_group).await.diagnostics;
    assert!(told.is_empty(), "{told:?}");
    let (held, _) = tenant.apply(POLICY, None, &half_a_year()).await;
    let told = tenant.plan(POLICY, Some(&held), &of_role).await.diagnostics;
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn the_hidden_rule_is_managed() {
    let tenant = Tenant::new().await;
    let settings = Value::from([
        ("require_justification", true.into()),
        ("require_ticket", true.into()),
        ("require_multifactor_authentication", true.into()),
    ]);
    let config = policy("eligible_assignment", settings);
    let (held, _) = tenant.apply(POLICY, None, &config).await;
    let (_, path, body) = tenant.writes().await.pop().unwrap();
    assert!(path.ends_with("/rules/Enablement_Admin_Eligibility"), "{path}");
    let enabled = body["enabledRules"].as_array().unwrap();
    for rule in ["Justification", "Ticketing", "MultiFactorAuthentication"] {
        assert!(enabled.contains(&json!(rule)), "{rule}: {body}");
    }
    tenant.settled(POLICY, &held, &config).await;
    // What it demands is told where somebody is made eligible, before Graph refuses it.
    let user = tenant.user("a").await;
    let eligibility = Value::from([
        ("principal_id", user.as_str().into()),
        ("role", "Reports Reader".into()),
        ("duration", "P30D".into()),
    ]);
    let told = tenant.plan(ELIGIBILITY, None, &eligibility).await.diagnostics;
    for rule in ["JustificationRule", "TicketingRule", "MfaRule"] {
        let named = format!("{rule} (Enablement_Admin_Eligibility)");
        assert!(told.iter().any(|said| said.summary.contains(&named)), "{named}: {told:?}");
    }
}

const RULES: &str = "/policies/roleManagementPolicies";

/// Graph's answer to so many changes of rules says success, and none is kept.
async fn forgetful(tenant: &Tenant, count: Option<u32>) {
    let mut fault = json!({ "kind": "forget", "method": "PATCH", "path": RULES });
    if let Some(count) = count {
        fault["count"] = count.into();
    }
    tenant.control("/faults", fault).await;
}

fn briefly(config: &Value) -> Value {
    let times = ["create", "update", "delete"].map(|name| (name, Value::from("8s")));
    with(config, "timeouts", Value::from(times))
}

#[tokio::test]
async fn a_rule_that_never_persists_is_an_error() {
    let tenant = Tenant::new().await;
    forgetful(&tenant, None).await;
    let config = briefly(&half_a_year());
    let (held, told) = tenant.attempt(POLICY, None, &config).await;
    let said = told.iter().find(|said| said.summary.contains("does not show what was written"));
    assert!(said.is_some_and(|said| said.detail.contains("eligible_assignment")), "{told:?}");
    assert!(!held.state.is_null(), "what was taken over stays in the state");
    let eligible = held.state.get("eligible_assignment");
    assert_eq!(eligible.get("require_expiration"), &false.into(), "the state has what Graph has");
}

#[tokio::test]
async fn a_rule_that_did_not_persist_is_written_again() {
    let tenant = Tenant::new().await;
    forgetful(&tenant, Some(1)).await;
    let (held, told) = tenant.apply(POLICY, None, &half_a_year()).await;
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(tenant.writes().await.len(), 2);
    tenant.settled(POLICY, &held, &half_a_year()).await;
    // So is what is put back.
    let before = rules(&tenant).await;
    forgetful(&tenant, Some(1)).await;
    assert!(tenant.destroy(POLICY, &held).await.is_empty());
    assert_ne!(rules(&tenant).await, before);
}

#[tokio::test]
async fn what_cannot_be_put_back_is_told() {
    let tenant = Tenant::new().await;
    let (held, _) = tenant.apply(POLICY, None, &briefly(&half_a_year())).await;
    forgetful(&tenant, None).await;
    let told = tenant.destroy(POLICY, &held).await;
    let said = told.iter().find(|said| said.summary.contains("is not as it was found"));
    assert!(
        said.is_some_and(|said| said.detail.contains("Expiration_Admin_Eligibility")),
        "{told:?}"
    );
}

#[tokio::test]
async fn approvers_are_no_drift() {
    let tenant = Tenant::new().await;
    let (one, two, group) =
        (tenant.user("a").await, tenant.user("b").await, tenant.group("g").await);
    let settings = Value::from([
        ("require_approval", true.into()),
        ("approver_user_ids", Value::set([one.as_str().into(), two.as_str().into()])),
        ("approver_group_ids", Value::set([group.as_str().into()])),
    ]);
    let config = policy("activation", settings);
    let (held, _) = tenant.apply(POLICY, None, &config).await;
    let approved = held.state.get("activation").get("approver_managers");
    assert_eq!(approved, &false.into());
    tenant.settled(POLICY, &held, &config).await;
    // Somebody reorders them, and lets the manager approve as well.
    let id = format!("DirectoryRole_{}_{ROLE}", m365::emulator::TENANT_ID);
    let path = format!("{RULES}/{id}/rules/Approval_EndUser_Assignment");
    let approvers = json!([
        { "@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1 },
        { "@odata.type": "#microsoft.graph.groupMembers", "groupId": group },
        { "@odata.type": "#microsoft.graph.singleUser", "userId": two },
        { "@odata.type": "#microsoft.graph.singleUser", "userId": one },
    ]);
    let rule = |approvers: &serde_json::Value| {
        json!({
            "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyApprovalRule",
            "setting": { "isApprovalRequired": true, "approvalMode": "SingleStage",
                "approvalStages": [{ "primaryApprovers": approvers }] },
        })
    };
    tenant.outside("PATCH", &path, rule(&approvers)).await;
    let tenant = tenant.again().await;
    let read = tenant.read(POLICY, &held).await;
    let held = Held { state: read.state, private: read.private };
    assert_eq!(held.state.get("activation").get("approver_managers"), &true.into());
    tenant.settled(POLICY, &held, &config).await;
    // The manager stays when the others change.
    let settings = Value::from([
        ("require_approval", true.into()),
        ("approver_user_ids", Value::set([one.as_str().into()])),
    ]);
    let config = policy("activation", settings);
    let (held, _) = tenant.apply(POLICY, Some(&held), &config).await;
    let (_, _, body) = tenant.writes().await.pop().unwrap();
    let left = &body["setting"]["approvalStages"][0]["primaryApprovers"];
    let has = |approver: &serde_json::Value| left.as_array().unwrap().contains(approver);
    assert!(has(&approvers[0]) && has(&approvers[1]) && has(&approvers[3]), "{left}");
    assert!(!has(&approvers[2]), "{left}");
    let text = body.to_string();
    assert!(!text.contains("null"), "Graph's nulls are not sent back: {text}");
    tenant.settled(POLICY, &held, &config).await;
}

#[tokio::test]
async fn the_data_source_tells_every_setting() {
    let tenant = Tenant::new().await;
    let config = Value::from([("role", "Global Administrator".into())]);
    let told = tenant.data(POLICY, &config).await;
    let activation = told.get("activation");
    assert_eq!(activation.get("maximum_duration").as_str(), Some("PT8H"));
    assert_eq!(activation.get("require_multifactor_authentication"), &true.into());
    assert_eq!(activation.get("require_approval"), &false.into());
    assert_eq!(told.get("active_assignment").get("maximum_duration").as_str(), Some("P180D"));
    let mails = told.get("notifications");
    for event in ["eligible_assignment", "active_assignment", "activation"] {
        for whom in ["administrators", "assignees", "approvers"] {
            assert_eq!(mails.get(event).get(whom).get("level").as_str(), Some("All"));
        }
    }
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
        (Value::from([("maximum_duration", "PT10M".into())]), "not a duration that Graph takes"),
        // What is found contradicts what is configured: no approvers, and the second factor.
        (Value::from([("require_approval", true.into())]), "Nobody could approve"),
        (
            Value::from([
                ("require_authentication_context", true.into()),
                ("authentication_context", "c1".into()),
            ]),
            "does not go with multifactor authentication",
        ),
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
async fn the_policy_of_a_group_that_was_just_made_is_waited_for() {
    const OF_GROUP: &str = "m365_group_role_management_policy";
    let tenant = Tenant::new().await;
    tenant.control("/lag", json!({ "milliseconds": 1500 })).await;
    let group = Value::from([("display_name", "New".into()), ("mail_nickname", "new".into())]);
    let (group, _) = tenant.apply("m365_group", None, &group).await;
    let id = group.state.get("id").as_str().unwrap();
    let activation = Value::from([("maximum_duration", "PT1H".into())]);
    let config = Value::from([
        ("group_id", id.into()),
        ("access_id", "member".into()),
        ("activation", activation),
    ]);
    let (held, told) = tenant.apply(OF_GROUP, None, &config).await;
    assert!(told.is_empty(), "{told:?}");
    tenant.settled(OF_GROUP, &held, &config).await;
    // One that nobody made is not waited for.
    let missing = with(&config, "group_id", "00000000-0000-0000-0000-00000000abcd");
    let started = std::time::Instant::now();
    let (_, told) = tenant.attempt(OF_GROUP, None, &missing).await;
    assert!(told.has_errors() && started.elapsed().as_secs() < 60);
}

#[tokio::test]
async fn policies_are_imported_by_what_they_are_of_and_by_path() {
    let tenant = Tenant::new().await;
    let group = tenant.group("g").await;
    let filter = format!("$filter=scopeId eq '{group}' and scopeType eq 'Group'");
    let path = format!("/policies/roleManagementPolicyAssignments?{filter}");
    let listed = tenant.outside("GET", &path, json!(null)).await;
    let owner = listed["value"].as_array().unwrap().iter();
    let owner = owner.filter_map(|one| one["id"].as_str()).find(|id| id.ends_with("_owner"));
    let owner = owner.unwrap().to_owned();
    let of_group = "m365_group_role_management_policy";
    let path = format!("/policies/roleManagementPolicyAssignments/{owner}");
    for id in [format!("{group}/owner"), path] {
        let held = tenant.import(of_group, &id).await;
        let found = ["group_id", "access_id"].map(|name| held.state.get(name).as_str());
        assert_eq!(found, [Some(group.as_str()), Some("owner")], "{id}");
        let most = held.state.get("activation").get("maximum_duration");
        assert_eq!(most.as_str(), Some("PT8H"), "{id}");
    }
    let tenant_id = m365::emulator::TENANT_ID;
    let path = format!(
        "/policies/roleManagementPolicyAssignments/DirectoryRole_{tenant_id}_{ROLE}_{ROLE}"
    );
    for id in [ROLE.to_owned(), "role=Reports Reader".to_owned(), path] {
        let held = tenant.import(POLICY, &id).await;
        assert_eq!(held.state.get("role").as_str(), Some("Reports Reader"), "{id}");
    }
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
