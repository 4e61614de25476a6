//! Federation: converting a domain and back, and what the plan refuses.

use m365::emulator::Options;
use serde_json::json;

use super::super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-input=false"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];

/// A federation of `domain` by a certificate that is good until `until`.
fn federation(domain: &str, until: i32) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = parameters.self_signed(&key).unwrap().pem();
    format!(
        "resource \"m365_domain_federation\" \"one\" {{\n  domain_id = \"{domain}\"\n  issuer_uri = \"http://sts/{domain}\"\n  passive_sign_in_uri = \"https://sts/ls\"\n  preferred_authentication_protocol = \"saml\"\n  signing_certificate = <<-PEM\n{certificate}  PEM\n}}\n"
    )
}

async fn tenant(configuration: &str) -> Workspace {
    Workspace::new(Options::default(), configuration).await
}

async fn sign_in(workspace: &Workspace, domain: &str) -> String {
    let domains = workspace.outside("/domains").await;
    let found = domains.iter().find(|one| one["id"] == domain).unwrap();
    found["authenticationType"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_is_converted_and_back() {
    let workspace = tenant(&federation("contoso.com", 2040)).await;
    workspace.ok(APPLY).await;
    assert_eq!(sign_in(&workspace, "contoso.com").await, "Federated");
    workspace.plan_is_empty().await;
    workspace.ok(DESTROY).await;
    assert_eq!(sign_in(&workspace, "contoso.com").await, "Managed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_federated_is_refused_by_the_plan() {
    let workspace = tenant("").await;
    workspace.change("POST", "/domains", json!({ "id": "fabrikam.com" })).await;
    let cases = [
        (federation("contoso.onmicrosoft.com", 2040), "INV-03"),
        (federation("fabrikam.com", 2040), "INV-02"),
        (federation("nowhere.com", 2040), "INV-02"),
        (federation("contoso.com", 2020), "ended"),
    ];
    for (configuration, expected) in cases {
        workspace.write(&configuration);
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn synchronised_users_leave_federation_with_a_password() {
    let workspace = tenant(&federation("contoso.com", 2040)).await;
    workspace.ok(APPLY).await;
    let organization = workspace.outside("/organization").await;
    let organization = format!("/organization/{}", organization[0]["id"].as_str().unwrap());
    workspace.change("PATCH", &organization, json!({ "onPremisesSyncEnabled": true })).await;
    let (code, said) = workspace.run(DESTROY).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("INV-17"), "{said}");
    let id = workspace.outside("/directory/onPremisesSynchronization").await;
    let path = format!("/directory/onPremisesSynchronization/{}", id[0]["id"].as_str().unwrap());
    let features = json!({ "features": {
        "passwordSyncEnabled": true, "synchronizeUpnForManagedUsersEnabled": true,
    } });
    workspace.change("PATCH", &path, features).await;
    workspace.ok(DESTROY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_federated_domain_does_not_become_the_default() {
    let settings = "resource \"m365_domain_settings\" \"contoso\" {\n  domain_id = \"contoso.com\"\n  is_default = true\n}\n";
    let workspace = tenant(&federation("contoso.com", 2040)).await;
    workspace.ok(APPLY).await;
    workspace.write(&(federation("contoso.com", 2040) + settings));
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("INV-03"), "{said}");
}
