//! The examples of identity models: deployed, planned again without a change, and destroyed to the tenant that
//! was found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use m365::emulator::{Options, TENANT_ID, TenantKind};
use serde_json::Value as Json;

use super::workspace::Workspace;

const VALUES: &str = "emergency_access_password = \"Correct-Horse-7!\"\n";

fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example)
}

/// Everything in the tenant that an example can reach, as somebody else sees it.
async fn tenant(workspace: &Workspace) -> BTreeMap<String, (u16, Json)> {
    let branding = format!("/organization/{TENANT_ID}/branding");
    let mut found = BTreeMap::new();
    for path in [
        "/organization",
        &branding,
        "/domains",
        "/domains/contoso.com/federationConfiguration",
        "/directory/onPremisesSynchronization",
        "/policies/featureRolloutPolicies",
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        "/users?$top=999",
        "/groups?$top=999",
        "/roleManagement/directory/roleAssignments",
        "/identity/conditionalAccess/policies",
        "/policies/authenticationMethodsPolicy",
        "/policies/authorizationPolicy",
        "/subscribedSkus",
    ] {
        let told = workspace.elsewhere("GET", path, "", Vec::new()).await;
        found.insert(path.to_owned(), without_request(told));
    }
    found
}

/// A refusal carries the id of the request.
fn without_request((status, mut told): (u16, Json)) -> (u16, Json) {
    if let Some(error) = told["error"].as_object_mut() {
        error.remove("innerError");
    }
    // When it was changed, if only back.
    if let Some(object) = told.as_object_mut() {
        object.remove("lastModifiedDateTime");
    }
    // Once synchronisation was on, switched off is `false` and no more null.
    for object in told["value"].as_array_mut().into_iter().flatten() {
        let synchronised = object.get_mut("onPremisesSyncEnabled").filter(|on| **on == false);
        if let Some(off) = synchronised {
            *off = Json::Null;
        }
    }
    (status, told)
}

/// A tenant as Contoso's is, in which Microsoft Entra Connect synchronises password hashes.
const CONNECTED: &str = r#"{ "features": {
    "passwordSyncEnabled": true, "synchronizeUpnForManagedUsersEnabled": true
} }"#;

async fn check(example: &str, more: &str, is_connected: bool) {
    let workspace =
        Workspace::new(Options { tenant: TenantKind::Contoso, ..Options::default() }, "").await;
    for entry in std::fs::read_dir(folder(example)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        workspace.file(name, &std::fs::read(&path).unwrap());
    }
    workspace.file("values.auto.tfvars", format!("{VALUES}{more}").as_bytes());
    if is_connected {
        // Leaving federation, as destroy does, takes hashes and names in the cloud.
        let path = format!("/directory/onPremisesSynchronization/{TENANT_ID}");
        let body = CONNECTED.as_bytes().to_vec();
        let (status, told) = workspace.elsewhere("PATCH", &path, "application/json", body).await;
        assert_eq!(status, 204, "{told}");
    }
    let before = tenant(&workspace).await;
    workspace.ok(&["apply", "-input=false", "-auto-approve"]).await;
    assert_ne!(tenant(&workspace).await, before, "nothing was deployed");
    workspace.plan_is_empty().await;
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
    let after = tenant(&workspace).await;
    for (path, found) in &before {
        assert_eq!(after.get(path), Some(found), "{path} is not as it was found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cloud_only() {
    check("cloud-only", "initial_password = \"Correct-Horse-8!\"\n", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hybrid_with_password_hash_synchronisation() {
    check("hybrid-phs", "", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hybrid_with_federation() {
    let example = folder("resources/m365_domain_federation").join("resource.tf");
    let example = std::fs::read_to_string(example).unwrap();
    let mut lines = example.lines().map(str::trim);
    let certificate = lines.find(|line| line.starts_with("signing_certificate")).unwrap();
    check("hybrid-federated", &format!("{certificate}\n"), true).await;
}

/// The guide quotes the examples as they are tested.
#[test]
fn the_guide_quotes_what_is_tested() {
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/identity-model.md");
    let mut examples = String::new();
    for example in ["cloud-only", "hybrid-phs", "hybrid-federated"] {
        let files = std::fs::read_dir(folder(example)).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|file| file.extension().is_some_and(|end| end == "tf")) {
            examples += &read(file);
        }
    }
    let guide = read(guide);
    let quotes: Vec<&str> = guide.split("```terraform\n").skip(1).collect();
    assert!(!quotes.is_empty());
    for quote in quotes {
        let quote = quote.split("```").next().unwrap();
        assert!(examples.contains(quote), "no example has\n{quote}");
    }
}
