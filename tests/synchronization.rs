//! Synchronization jobs and their schemas, through the real terraform.

use m365::emulator::{Options, TenantKind};
use serde_json::{Value as Json, json};

use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-input=false"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];

const PRINCIPAL: &str = "5e2c9a47-1d3b-4c86-8f70-9a4b7d6e3c12";

fn job(more: &str) -> String {
    format!(
        "resource \"m365_synchronization_job\" \"job\" {{\n  service_principal_id = \"{PRINCIPAL}\"\n  template_id = \"scim\"\n{more}\n}}\n"
    )
}

fn schema(mappings: &str) -> String {
    let head = job("  is_enabled = true")
        + "resource \"m365_synchronization_schema\" \"schema\" {\n  job_id = m365_synchronization_job.job.id\n";
    format!(
        "{head}  service_principal_id = \"{PRINCIPAL}\"\n  object_mappings = {{\n{mappings}\n  }}\n}}\n"
    )
}

/// A tenant with the enterprise application that provisions.
async fn tenant(configuration: &str) -> Workspace {
    let options = Options { tenant: TenantKind::Contoso, ..Options::default() };
    let workspace = Workspace::new(options, configuration).await;
    let principal = json!({ "type": "servicePrincipal", "properties": {
        "id": PRINCIPAL, "appId": "0b2f6f0e-6c0c-4f6c-8e0e-2f6f0e6c0c4f", "displayName": "Provisioning",
    } });
    workspace.control("objects", principal).await;
    workspace
}

/// The path of the schema of the job, which Terraform made.
fn place(workspace: &Workspace) -> String {
    let state = workspace.state();
    let job = state.iter().find(|one| one.attributes["template_id"] == "scim").unwrap();
    let id = job.attributes["id"].as_str().unwrap();
    format!("/servicePrincipals/{PRINCIPAL}/synchronization/jobs/{id}/schema")
}

async fn told(workspace: &Workspace) -> Json {
    let (status, told) = workspace.elsewhere("GET", &place(workspace), "", Vec::new()).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// The mapping of an attribute of users.
fn of<'a>(schema: &'a Json, target: &str) -> &'a Json {
    let all =
        schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"].as_array();
    let found = all.unwrap().iter().find(|one| one["targetAttributeName"] == target);
    found.unwrap_or(&Json::Null)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_schema_only_what_is_configured_is_managed() {
    let one = |city: &str| {
        schema(&format!(
            "    \"User to User\" = {{\n      attribute_mappings = {{\n        city = {{ {city} }}\n        employeeId = {{ attribute = \"employeeId\" }}\n      }}\n      unmapped_attributes = [\"mobile\"]\n    }}"
        ))
    };
    let workspace = tenant(&job("  is_enabled = true")).await;
    workspace.ok(APPLY).await;
    let before = told(&workspace).await;
    workspace.write(&one("attribute = \"department\""));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = told(&workspace).await;
    assert_eq!(of(&now, "city")["source"]["name"], "department");
    assert_eq!(of(&now, "employeeId")["source"]["expression"], "[employeeId]");
    assert_eq!(of(&now, "mobile"), &Json::Null);
    assert_eq!(now["directories"], before["directories"]);

    // Somebody changes another mapping in the portal: it is not ours, and it stays.
    let mut portal = now.clone();
    portal["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .filter(|one| one["targetAttributeName"] == "surname")
        .for_each(|one| one["flowType"] = "ObjectAddOnly".into());
    workspace.change("PUT", &place(&workspace), portal).await;
    workspace.plan_is_empty().await;

    // The plan shows the one mapping that changes, and the apply changes no other.
    workspace.write(&one("expression = \"Trim([city])\", flow_type = \"ObjectAddOnly\""));
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains("~ \"city\""), "{said}");
    assert!(!said.contains("\"employeeId\""), "{said}");
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = told(&workspace).await;
    assert_eq!(of(&now, "city")["source"]["parameters"][0]["value"]["name"], "city");
    assert_eq!(of(&now, "surname")["flowType"], "ObjectAddOnly");

    // And what was found comes back, but for what somebody else changed.
    workspace.write(&job("  is_enabled = true"));
    workspace.ok(APPLY).await;
    let after = told(&workspace).await;
    for target in ["city", "employeeId", "mobile", "displayName"] {
        assert_eq!(of(&after, target), of(&before, target), "{target}");
    }
    assert_eq!(of(&after, "surname")["flowType"], "ObjectAddOnly");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_job_does_not_have_is_told_by_the_plan() {
    let workspace = tenant(&job("  is_enabled = true")).await;
    workspace.ok(APPLY).await;
    let of_users = |inside: &str| schema(&format!("    \"User to User\" = {{\n{inside}\n    }}"));
    let filter = |attribute: &str, operator: &str| {
        of_users(&format!(
            "      scoping_filters = {{ A = {{ clauses = [{{ source_attribute = \"{attribute}\", operator = \"{operator}\", values = [\"x\"] }}] }} }}"
        ))
    };
    let mapped = |target: &str, source: &str| {
        of_users(&format!("      attribute_mappings = {{ {target} = {{ {source} }} }}"))
    };
    let wrong = [
        (schema("    Contacts = {}"), "no object mapping Contacts. It has"),
        (mapped("ctiy", "constant = \"x\""), "did you mean city?"),
        (mapped("city", "attribute = \"twon\""), "The source has no attribute twon"),
        (mapped("city", "attribute = \"city\", constant = \"x\""), "exactly one thing"),
        (filter("departmant", "EQUALS"), "did you mean department?"),
    ];
    for (configuration, expected) in wrong {
        workspace.write(&configuration);
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.replace('\n', " ").contains(expected), "{expected}: {said}");
    }
    // What is no expression is refused by Graph, before anything is written.
    workspace.write(&mapped("city", "expression = \"Trim([city]\""));
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.replace('\n', " ").contains("Trim([city] is refused"), "{said}");
    let written = workspace.requests().await;
    assert!(!written.iter().any(|one| one.starts_with("PUT") && one.ends_with("/schema")));
    let own = mapped("officeCode", "attribute = \"employeeId\"").replace(
        "      attribute_mappings",
        "      target_attributes = { officeCode = { type = \"String\" } }\n      attribute_mappings",
    );
    let right = [filter("department", "EQUALS"), mapped("city", "attribute = \"department\""), own];
    for right in right {
        workspace.write(&right);
        workspace.ok(APPLY).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_are_tried_before_they_are_stored_and_a_restart_is_sent_once() {
    let of = |token: &str, more: &str| {
        job(&format!(
            "  is_enabled = true\n  validate_secrets = true\n  secrets_version = 1\n  secrets = {{ secret_token = \"{token}\" }}\n{more}"
        ))
    };
    let workspace = tenant(&of("wrong", "")).await;
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.replace('\n', " ").contains("not accept the credentials"), "{said}");
    let sent = workspace.requests().await;
    assert!(
        !sent.iter().any(|one| one.ends_with("/secrets") || one.ends_with("/start")),
        "{sent:?}"
    );
    workspace.write(&of("Correct-Horse-7!", ""));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    workspace.write(&of("Correct-Horse-7!", "  restart = { reset_scope = [\"Full\"] }"));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let sent = workspace.requests().await;
    assert_eq!(sent.iter().filter(|one| one.ends_with("/restart")).count(), 1);
    workspace.ok(DESTROY).await;
}

/// The two halves of a cross-tenant synchronization, each in a tenant of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_are_synchronized_from_tenant_to_tenant() {
    let other = "90e29127-71ad-49c7-9ce8-db3f41ea06f1";
    let halves = [
        ("target", format!("source_tenant_id = \"{other}\"\n")),
        (
            "source",
            format!("target_tenant_id = \"{other}\"\nservice_principal_id = \"{PRINCIPAL}\"\n"),
        ),
    ];
    for (half, values) in halves {
        let workspace = tenant("").await;
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let example = root.join("examples/cross-tenant-synchronization").join(half);
        let text = std::fs::read(example.join("main.tf")).unwrap();
        workspace.file("main.tf", &text);
        workspace.file("values.auto.tfvars", values.as_bytes());
        let before = workspace.outside("/policies/crossTenantAccessPolicy/partners").await;
        workspace.ok(APPLY).await;
        workspace.plan_is_empty().await;
        workspace.ok(DESTROY).await;
        let after = workspace.outside("/policies/crossTenantAccessPolicy/partners").await;
        assert_eq!(before, after, "{half}");
    }
}
