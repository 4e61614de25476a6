//! What is mastered on-premises, staged rollout, and what a tenant is.

use m365::emulator::{Options, TENANT_ID};
use serde_json::{Value as Json, json};

use super::super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-input=false"];

async fn tenant(configuration: &str) -> Workspace {
    Workspace::new(Options::default(), configuration).await
}

const USER: &str = "8a8e5d2f-6a1a-4a8f-8a51-0a3a4e1f7c11";

/// A user that is synchronised, or managed in the cloud since.
async fn synchronised(workspace: &Workspace, is_cloud_managed: bool) {
    let user = json!({ "type": "user", "properties": {
        "id": USER, "accountEnabled": true, "displayName": "Ann", "mailNickname": "ann",
        "userPrincipalName": "ann@contoso.com", "onPremisesSyncEnabled": true,
        "isCloudManaged": is_cloud_managed,
    } });
    workspace.control("objects", user).await;
}

fn user(display_name: &str, usage_location: &str) -> String {
    format!(
        "resource \"m365_user\" \"ann\" {{\n  user_principal_name = \"ann@contoso.com\"\n  display_name = \"{display_name}\"\n  usage_location = \"{usage_location}\"\n}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_mastered_on_premises_is_refused_by_the_plan() {
    for is_cloud_managed in [false, true] {
        let workspace = tenant(&user("Ann", "CH")).await;
        synchronised(&workspace, is_cloud_managed).await;
        workspace.ok(&["import", "-input=false", "m365_user.ann", USER]).await;
        let (_, said) = workspace.run(PLAN).await;
        assert!(!said.contains("INV-13"), "the usage location is set in the cloud: {said}");
        workspace.write(&user("Anna", "CH"));
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code == Some(1), !is_cloud_managed, "{said}");
        assert_eq!(said.contains("INV-13: display_name"), !is_cloud_managed, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staged_rollout_takes_assigned_groups() {
    let rollout = |group: &str| {
        format!(
            "resource \"m365_staged_rollout_policy\" \"one\" {{\n  display_name = \"Hashes\"\n  feature = \"passwordHashSync\"\n  is_enabled = true\n  applies_to_group_ids = [\"{group}\"]\n}}\n"
        )
    };
    let workspace = tenant("").await;
    let made = |extra: Json| {
        let mut group = json!({ "displayName": "Pilot", "mailEnabled": false, "mailNickname": "pilot",
                                "securityEnabled": true });
        for (name, value) in extra.as_object().unwrap() {
            group[name] = value.clone();
        }
        group
    };
    let dynamic = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.city -eq \"X\"",
                          "membershipRuleProcessingState": "On" });
    let dynamic = workspace.change("POST", "/groups", made(dynamic)).await;
    let assigned = workspace.change("POST", "/groups", made(json!({}))).await;
    workspace.write(&rollout(dynamic["id"].as_str().unwrap()));
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("INV-18"), "{said}");
    workspace.write(&rollout(assigned["id"].as_str().unwrap()));
    workspace.ok(APPLY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_told_with_evidence() {
    let workspace = tenant(
        "data \"m365_identity_model\" \"now\" {}\ndata \"m365_directory_synchronization_health\" \"now\" {}\n\
         output \"model\" { value = data.m365_identity_model.now }\n\
         output \"health\" { value = data.m365_directory_synchronization_health.now }\n",
    )
    .await;
    let (_, said) = workspace.run(APPLY).await;
    for expected in ["cloud_only", "onPremisesSyncEnabled is not true", "error_count"] {
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_does_not_fit_the_tenant_is_refused_by_the_plan() {
    let model = |authentication: &str, domain: &str| {
        format!(
            "resource \"m365_identity_model\" \"one\" {{\n  model = \"hybrid\"\n  authentication = \"{authentication}\"\n  domains = [\"{domain}\"]\n}}\n"
        )
    };
    let workspace = tenant(&model("federated", "contoso.onmicrosoft.com")).await;
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("INV-02") && said.contains("INV-03"), "{said}");
    workspace.write(&model("password_hash_sync", "contoso.com"));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let state = workspace.state();
    let steps = state[0].attributes["manual_steps"].as_array().unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|one| one["evidence"] != ""), "{steps:?}");
}

fn agent(name: &str, status: &str) -> Json {
    json!({ "type": "onPremisesAgent", "parent": "authentication", "properties": {
        "machineName": name, "externalIp": "198.51.100.7", "status": status,
        "supportedPublishingTypes": ["authentication"],
    } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_are_told_where_graph_shows_them_and_unread_where_not() {
    let configuration = "data \"m365_identity_model\" \"now\" {}\ndata \"m365_directory_synchronization_health\" \"now\" {}\n\
         resource \"m365_identity_model\" \"one\" {\n  model = \"hybrid\"\n  authentication = \"pass_through\"\n}\n\
         output \"model\" { value = data.m365_identity_model.now }\n\
         output \"health\" { value = data.m365_directory_synchronization_health.now }\n";
    let workspace = tenant(configuration).await;
    let path = format!("/organization/{TENANT_ID}");
    workspace.change("PATCH", &path, json!({ "onPremisesSyncEnabled": true })).await;
    workspace.control("objects", agent("pta-1.contoso.com", "active")).await;
    workspace.control("objects", agent("pta-2.contoso.com", "inactive")).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let (_, said) = workspace.run(&["output", "-json"]).await;
    let told: Json = serde_json::from_str(&said[said.find('{').unwrap()..]).unwrap();
    let (model, health) = (&told["model"]["value"], &told["health"]["value"]);
    assert_eq!(model["authentication"], "pass_through");
    assert_eq!(health["agents"].as_array().map(Vec::len), Some(2), "{health}");
    assert_eq!(health["unread"], json!([]));
    let steps = workspace.state();
    let steps = steps.iter().find(|one| one.kind == "m365_identity_model").unwrap();
    let steps = steps.attributes["manual_steps"].to_string();
    assert!(steps.contains("agents are active on pta-1.contoso.com only"), "{steps}");

    // An application that may not see them still gets the rest.
    let all = [
        "Organization.ReadWrite.All",
        "Domain.Read.All",
        "OnPremDirectorySynchronization.Read.All",
        "Policy.Read.HybridAuthentication",
        "User.Read.All",
        "Group.Read.All",
        "OrgContact.Read.All",
        "RoleManagement.Read.Directory",
    ];
    workspace.control("roles", json!({ "roles": all })).await;
    workspace.ok(APPLY).await;
    let (_, said) = workspace.run(&["output", "-json"]).await;
    let told: Json = serde_json::from_str(&said[said.find('{').unwrap()..]).unwrap();
    let unread = told["health"]["value"]["unread"].to_string();
    assert!(unread.contains("/onPremisesPublishingProfiles/authentication/agents"), "{unread}");
    assert_eq!(told["model"]["value"]["model"], "hybrid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intervals_take_the_beta_and_nothing_else_does() {
    let of = |more: &str| {
        format!(
            "resource \"m365_directory_synchronization\" \"one\" {{\n  configuration = {{\n    accidental_deletion_prevention = {{ synchronization_prevention_type = \"enabledForCount\", alert_threshold = 300 }}\n{more}\n  }}\n}}\n"
        )
    };
    let workspace = tenant(&of("")).await;
    let path = format!("/directory/onPremisesSynchronization/{TENANT_ID}");
    let interval = json!({ "customerRequestedSynchronizationInterval": "PT2H" });
    workspace.beta("PATCH", &path, json!({ "configuration": interval })).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let sent = workspace.requests().await;
    assert!(!sent.iter().any(|one| one.contains("/beta/")), "{sent:?}");
    workspace.write(&of("    customer_requested_synchronization_interval = \"PT1H\""));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let sent = workspace.requests().await;
    assert!(sent.contains(&format!("PATCH /beta{path}")), "{sent:?}");
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
    let now = workspace.beta("GET", &path, json!({})).await["configuration"].clone();
    assert_eq!(now["accidentalDeletionPrevention"]["alertThreshold"], 500);
    // As it was when it was first configured, long after the setting was taken over.
    assert_eq!(now["customerRequestedSynchronizationInterval"], "PT2H");
}
