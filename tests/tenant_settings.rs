//! Settings of the whole tenant: taken over, changed, and put back as they were found.

use m365::emulator::Options;
use serde_json::{Value as Json, json};

use super::workspace::Workspace;

const IMPORT: &[&str] = &["import", "-input=false"];
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

fn setting(template: &str, values: &str) -> String {
    format!(
        "resource \"m365_group_setting\" \"one\" {{\n  template = \"{template}\"\n  values = {{\n{values}\n  }}\n}}\n"
    )
}

/// The value of a setting in the only object of settings that there is.
async fn value(workspace: &Workspace, name: &str) -> String {
    let settings = workspace.outside("/groupSettings").await;
    let [one] = settings.as_slice() else { panic!("{settings:?}") };
    let pairs = one["values"].as_array().unwrap();
    let pair = pairs.iter().find(|pair| pair["name"] == name).unwrap();
    pair["value"].as_str().unwrap().to_owned()
}

const UNIFIED: &str = "62375ab9-6b52-47ed-826b-58e47e0e304b";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_begin_as_their_template_and_end_as_it() {
    let few =
        "    EnableGroupCreation = false\n    UsageGuidelinesUrl = \"https://contoso.com/use\"";
    let workspace = Workspace::new(Options::default(), &setting("Group.Unified", few)).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    assert_eq!(value(&workspace, "EnableGroupCreation").await, "false");
    assert_eq!(value(&workspace, "AllowToAddGuests").await, "true");
    // What is not configured stays as somebody else made it; what leaves is as it was found.
    let id = workspace.outside("/groupSettings").await[0]["id"].as_str().unwrap().to_owned();
    let mut all = workspace.outside("/groupSettings").await[0]["values"].take();
    for pair in all.as_array_mut().unwrap() {
        if pair["name"] == "EnableMIPLabels" || pair["name"] == "EnableGroupCreation" {
            pair["value"] = "True".into();
        }
    }
    let path = format!("/groupSettings/{id}");
    workspace.change("PATCH", &path, json!({ "values": all.take() })).await;
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains("EnableGroupCreation") && !said.contains("EnableMIPLabels"), "{said}");
    let less = "    EnableGroupCreation = true\n    AllowToAddGuests = false";
    workspace.write(&setting("Group.Unified", less));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    assert_eq!(value(&workspace, "EnableMIPLabels").await, "True");
    assert_eq!(value(&workspace, "EnableGroupCreation").await, "True");
    assert_eq!(value(&workspace, "UsageGuidelinesUrl").await, "");
    // Somebody else's setting stays when this goes; without one, the template holds again.
    workspace.ok(DESTROY).await;
    assert_eq!(value(&workspace, "EnableMIPLabels").await, "True");
    assert_eq!(value(&workspace, "AllowToAddGuests").await, "true");
    workspace.remove(&path).await;
    workspace.ok(APPLY).await;
    workspace.ok(DESTROY).await;
    assert!(workspace.outside("/groupSettings").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_somebody_made_are_taken_over_or_imported_and_put_back() {
    let one = setting(UNIFIED, "    EnableMIPLabels = true\n    AllowToAddGuests = false");
    let workspace = Workspace::new(Options::default(), &one).await;
    let templates = workspace.outside("/groupSettingTemplates").await;
    let unified = templates.iter().find(|template| template["id"] == UNIFIED).unwrap();
    let pairs = unified["values"].as_array().unwrap().iter().map(|setting| {
        let value = if setting["name"] == "EnableMIPLabels" {
            &json!("true")
        } else {
            &setting["defaultValue"]
        };
        json!({ "name": setting["name"], "value": value })
    });
    let body = json!({ "templateId": UNIFIED, "values": pairs.collect::<Vec<_>>() });
    let id = workspace.make("/groupSettings", body).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    assert_eq!(value(&workspace, "AllowToAddGuests").await, "false");
    workspace.ok(DESTROY).await;
    assert_eq!(value(&workspace, "AllowToAddGuests").await, "true");
    assert_eq!(value(&workspace, "EnableMIPLabels").await, "true");
    // What is not as the template says is what an import has.
    for (named, id) in [
        ("Group.Unified", "Group.Unified".to_owned()),
        ("Group.Unified", format!("/groupSettings/{id}")),
        (UNIFIED, UNIFIED.to_owned()),
    ] {
        let workspace = &workspace;
        workspace.write(&setting(named, "    EnableMIPLabels = true"));
        workspace.ok(&[IMPORT, &["m365_group_setting.one", &id]].concat()).await;
        workspace.plan_is_empty().await;
        workspace.ok(&["state", "rm", "m365_group_setting.one"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_template_does_not_have_is_refused_by_the_plan() {
    let workspace = Workspace::new(Options::default(), "").await;
    let refused = [
        (
            "Group.Unifed",
            "",
            "There is no template \"Group.Unifed\"",
            "Did you mean \"Group.Unified\"?",
        ),
        (
            "Group.Unified",
            "enableGroupCreation = false",
            "has no setting \"enableGroupCreation\"",
            "Did you mean \"EnableGroupCreation\"?",
        ),
        (
            "Group.Unified",
            "AllowToAddGuests = \"no\"",
            "AllowToAddGuests must be true or false",
            "System.Boolean",
        ),
        (
            "Password Rule Settings",
            "LockoutThreshold = \"ten\"",
            "LockoutThreshold must be a whole number",
            "",
        ),
        ("Group.Unified", "GroupCreationAllowedGroupId = \"creators\"", "must be an object id", ""),
        (
            "Group.Unified",
            "UsageGuidelinesUrl = null",
            "UsageGuidelinesUrl has no value",
            "empty text",
        ),
    ];
    for (template, values, summary, detail) in refused {
        workspace.write(&setting(template, &format!("    {values}")));
        let (code, said) = workspace.run(PLAN).await;
        let said = said.replace('\n', " ");
        assert!(code == Some(1) && said.contains(summary) && said.contains(detail), "{said}");
    }
    let known = "    GroupCreationAllowedGroupId = \"\"\n    EnableGroupCreation = \"FALSE\"";
    workspace.write(&setting("group.unified", known));
    workspace.ok(PLAN).await;
}
