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

/// Both protocols, both ways: what changes is changed in place, and what is federated comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_federation_is_changed_in_place_by_either_protocol() {
    let more = |protocol: &str, inside: &str| {
        federation("contoso.com", 2040).replace("\"saml\"", &format!("\"{protocol}\"\n{inside}"))
    };
    let first = more("wsFed", "  federated_idp_mfa_behavior = \"rejectMfaByFederatedIdp\"");
    let workspace = tenant(&first).await;
    workspace.ok(APPLY).await;
    let id = workspace.state()[0].attributes["id"].clone();
    for (protocol, behaviour) in
        [("wsFed", "acceptIfMfaDoneByFederatedIdp"), ("saml", "enforceMfaByFederatedIdp")]
    {
        let certificate = federation("contoso.com", 2050);
        let pem = certificate.split("<<-PEM").nth(1).unwrap().split("  PEM").next().unwrap();
        let inside = format!(
            "  federated_idp_mfa_behavior = \"{behaviour}\"\n  next_signing_certificate = <<-PEM{pem}  PEM"
        );
        workspace.write(&more(protocol, &inside));
        workspace.ok(APPLY).await;
        workspace.plan_is_empty().await;
        let now = workspace.outside("/domains/contoso.com/federationConfiguration").await;
        assert_eq!(now[0]["preferredAuthenticationProtocol"], protocol);
        assert_eq!(now[0]["federatedIdpMfaBehavior"], behaviour);
        assert_eq!(Some(&now[0]["id"]), Some(&id), "it was not replaced");
    }
    workspace.ok(DESTROY).await;
    assert_eq!(sign_in(&workspace, "contoso.com").await, "Managed");
}

/// The default domain is federated in one apply with another one becoming the default, in that order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_moves_before_its_domain_is_federated() {
    let workspace = tenant("").await;
    workspace.change("PATCH", "/domains/contoso.com", json!({ "isDefault": true })).await;
    workspace.write(&federation("contoso.com", 2040));
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("INV-03"), "{said}");
    let settings = "resource \"m365_domain_settings\" \"initial\" {\n  domain_id = \"contoso.onmicrosoft.com\"\n  is_default = true\n}\n";
    let federated = federation("contoso.com", 2040)
        .replace("  domain_id", "  depends_on = [m365_domain_settings.initial]\n  domain_id");
    workspace.write(&(settings.to_owned() + &federated));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    assert_eq!(sign_in(&workspace, "contoso.com").await, "Federated");
}

/// A certificate is spoken of 30 days before it ends, and its successor is what to set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_ends_soon_is_told_by_every_plan() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    let soon = std::time::SystemTime::now() + std::time::Duration::from_hours(20 * 24);
    parameters.not_after = soon.into();
    let certificate = parameters.self_signed(&key).unwrap().pem();
    let whole = federation("contoso.com", 2040);
    let (head, rest) = whole.split_once("<<-PEM\n").unwrap();
    let tail = rest.split_once("  PEM").unwrap().1;
    let workspace = tenant(&format!("{head}<<-PEM\n{certificate}  PEM{tail}")).await;
    workspace.ok(APPLY).await;
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains("signing_certificate ends in"), "{said}");
    assert!(said.contains("next_signing_certificate"), "{said}");
}
