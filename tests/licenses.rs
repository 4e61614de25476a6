//! Licences by the real terraform.

use m365::emulator::Options;
use serde_json::{Value as Json, json};

use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];
const SKU: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

async fn user(workspace: &Workspace) -> String {
    let user = json!({ "accountEnabled": true, "displayName": "Ann", "mailNickname": "ann",
        "userPrincipalName": "ann@contoso.com", "usageLocation": "CH",
        "passwordProfile": { "password": "Correct-Horse-7!" } });
    workspace.make("/users", user).await
}

/// What a user has: of which group, or by itself, and what is left out.
async fn had_by(workspace: &Workspace, user: &str) -> Vec<(Json, Json)> {
    let path = format!("/users/{user}?$select=licenseAssignmentStates");
    let told = workspace.change("GET", &path, json!({})).await;
    let states = told["licenseAssignmentStates"].as_array().cloned().unwrap_or_default();
    states
        .into_iter()
        .map(|one| (one["assignedByGroup"].clone(), one["disabledPlans"].clone()))
        .collect()
}

/// The same product comes by a group and directly, and each is managed without the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_licence_of_its_own_stands_beside_that_of_a_group() {
    let workspace = Workspace::new(Options::default(), "").await;
    let ann = user(&workspace).await;
    let group = format!(
        "resource \"m365_group\" \"staff\" {{\n  display_name = \"Staff\"\n}}\nresource \"m365_group_member\" \"ann\" {{\n  group_id = m365_group.staff.id\n  member_id = \"{ann}\"\n}}\n"
    );
    let by_group = format!(
        "resource \"m365_group_license\" \"staff\" {{\n  group_id = m365_group.staff.id\n  sku_id = \"{SKU}\"\n}}\n"
    );
    let teams = "57ff2da0-773e-42df-b2af-ffb7a2317929";
    let own = |plans: &str| {
        format!(
            "resource \"m365_user_license\" \"ann\" {{\n  user_id = \"{ann}\"\n  sku_id = \"{}\"\n  disabled_plans = [{plans}]\n}}\n",
            SKU.to_uppercase()
        )
    };
    workspace.write(&format!("{group}{by_group}"));
    workspace.ok(APPLY).await;
    let staff = &had_by(&workspace, &ann).await[0].0;
    assert!(staff.is_string());
    workspace.write(&format!("{group}{by_group}{}", own("")));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let none = json!([]);
    assert_eq!(
        had_by(&workspace, &ann).await,
        [(Json::Null, none.clone()), (staff.clone(), none.clone())]
    );
    // The other one goes, and this one changes in place.
    workspace.write(&format!("{group}{}", own(&format!("\"{teams}\""))));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    assert_eq!(had_by(&workspace, &ann).await, [(Json::Null, json!([teams]))]);
    workspace.ok(DESTROY).await;
    assert_eq!(had_by(&workspace, &ann).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_assigned_is_imported_and_not_overwritten() {
    let workspace = Workspace::new(Options::default(), "").await;
    let ann = user(&workspace).await;
    let adds = json!([{ "skuId": SKU, "disabledPlans": [] }]);
    let body = json!({ "addLicenses": adds, "removeLicenses": [] });
    workspace.change("POST", &format!("/users/{ann}/assignLicense"), body).await;
    workspace.write(&format!(
        "resource \"m365_user_license\" \"ann\" {{\n  user_id = \"{ann}\"\n  sku_id = \"{SKU}\"\n}}\n"
    ));
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1));
    let id = format!("{ann}/{SKU}");
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("m365_user_license exists already"), "{said}");
    assert!(flat.contains(&format!("terraform import m365_user_license.<name> {id}")), "{said}");
    workspace.ok(&["import", "-input=false", "m365_user_license.ann", &id]).await;
    workspace.plan_is_empty().await;
    // Taken away in the portal, it is planned again.
    let body = json!({ "addLicenses": [], "removeLicenses": [SKU] });
    workspace.change("POST", &format!("/users/{ann}/assignLicense"), body).await;
    let (code, said) = workspace.run(&["plan", "-input=false", "-detailed-exitcode"]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("m365_user_license.ann will be created"), "{said}");
}
