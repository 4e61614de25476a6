//! Settings of the whole tenant: taken over, changed, and put back as they were found.

use m365::emulator::Options;
use serde_json::{Value as Json, json};

use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-input=false"];

/// An object that is always there, as somebody else sees it.
async fn seen(workspace: &Workspace, path: &str) -> Json {
    workspace.change("GET", path, json!({})).await
}

fn authorization(inside: &str) -> String {
    format!("resource \"m365_authorization_policy\" \"one\" {{\n{inside}\n}}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_users_may_do_is_taken_over_and_put_back() {
    let path = "/policies/authorizationPolicy";
    let restricted = "  guest_user_role_id = \"2AF84B1E-32C8-42B7-82BC-DAA82404023B\"\n  \
        default_user_role_permissions = {\n    allowed_to_create_apps = false\n    \
        permission_grant_policies_assigned = []\n  }";
    let workspace = Workspace::new(Options::default(), &authorization(restricted)).await;
    let found = seen(&workspace, path).await;
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("that this provider knows"), "{said}");
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = seen(&workspace, path).await;
    let permissions = &now["defaultUserRolePermissions"];
    assert_eq!(permissions["allowedToCreateApps"], false);
    assert_eq!(permissions["permissionGrantPoliciesAssigned"], json!([]));
    assert_eq!(permissions["allowedToReadOtherUsers"], true);
    assert_eq!(now["allowInvitesFrom"], found["allowInvitesFrom"]);
    // What leaves the configuration stays; another member changes.
    let other = "  default_user_role_permissions = {\n    allowed_to_read_other_users = false\n    \
        permission_grant_policies_assigned = [\"low\"]\n  }";
    workspace.write(&authorization(other));
    let (_, said) = workspace.run(PLAN).await;
    for warned in ["Users do not read other users", "\"low\" is no assignment"] {
        assert!(said.contains(&format!("Warning: {warned}")), "{said}");
    }
    workspace.ok(APPLY).await;
    let now = seen(&workspace, path).await;
    assert_eq!(now["defaultUserRolePermissions"]["allowedToCreateApps"], false);
    assert_eq!(now["defaultUserRolePermissions"]["allowedToReadOtherUsers"], false);
    workspace.ok(DESTROY).await;
    assert_eq!(seen(&workspace, path).await, found);
}

const DEVICES: &str = "/policies/deviceRegistrationPolicy";

fn devices(inside: &str) -> String {
    format!("resource \"m365_device_registration_policy\" \"one\" {{\n{inside}\n}}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_registers_devices_is_taken_over_and_put_back() {
    let group = "resource \"m365_group\" \"all\" {\n  display_name = \"Joiners\"\n  \
        mail_nickname = \"joiners\"\n  mail_enabled = false\n  security_enabled = true\n}\n";
    let selected = group.to_owned()
        + &devices(
            "  azure_ad_join = {\n    allowed_to_join = { type = \"selected\", groups = [m365_group.all.id] }\n  }",
        );
    let workspace = Workspace::new(Options::default(), &selected).await;
    let found = seen(&workspace, DEVICES).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = seen(&workspace, DEVICES).await;
    let joining = &now["azureADJoin"]["allowedToJoin"];
    assert_eq!(joining["@odata.type"], "#microsoft.graph.enumeratedDeviceRegistrationMembership");
    assert_eq!(joining["groups"].as_array().map(Vec::len), Some(1), "{now}");
    assert_eq!(now["userDeviceQuota"], found["userDeviceQuota"]);
    // Back to a type that names nobody, and another property.
    let all = "  user_device_quota = 7\n  azure_ad_join = {\n    allowed_to_join = { type = \"all\" }\n  }\n  \
        local_admin_password = { is_enabled = true }";
    workspace.write(&(group.to_owned() + &devices(all)));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = seen(&workspace, DEVICES).await;
    assert_eq!(now["azureADJoin"], found["azureADJoin"]);
    assert_eq!(
        (&now["userDeviceQuota"], &now["localAdminPassword"]["isEnabled"]),
        (&json!(7), &json!(true))
    );
    workspace.ok(DESTROY).await;
    assert_eq!(seen(&workspace, DEVICES).await, found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_so_already_is_not_written() {
    let configuration = devices("  user_device_quota = 50");
    let workspace = Workspace::new(Options::default(), &configuration).await;
    workspace.forget().await;
    workspace.ok(APPLY).await;
    let requests = workspace.requests().await;
    assert!(!requests.iter().any(|one| one.starts_with("PUT")), "{requests:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_registers_is_told_not_to_be_for_administrators_to_change() {
    let register = |who: &str| {
        devices(&format!(
            "  azure_ad_registration = {{\n    allowed_to_register = {{ type = \"{who}\" }}\n  }}"
        ))
    };
    let workspace = Workspace::new(Options::default(), &register("none")).await;
    let mut fixed = seen(&workspace, DEVICES).await;
    fixed["azureADRegistration"]["isAdminConfigurable"] = json!(false);
    workspace
        .control("objects", json!({ "type": "deviceRegistrationPolicy", "properties": fixed }))
        .await;
    let warning = "Warning: Who registers devices may not be for administrators to change";
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains(warning), "{said}");
    let (code, said) = workspace.run(APPLY).await;
    assert!(
        code == Some(1) && said.replace('\n', " ").contains("while Intune is enabled"),
        "{said}"
    );
    assert!(workspace.state().is_empty(), "{:?}", workspace.state());
    workspace.write(&register("all"));
    let (code, said) = workspace.run(APPLY).await;
    assert!(code == Some(0) && !said.contains(warning), "{said}");
    // Names are those of some users.
    workspace.write(&devices("  azure_ad_join = {\n    allowed_to_join = { type = \"none\", users = [\"8a8e5d2f-6a1a-4a8f-8a51-0a3a4e1f7c11\"] }\n  }"));
    let (code, said) = workspace.run(PLAN).await;
    assert!(code == Some(1) && said.contains("does not go with"), "{said}");
}
