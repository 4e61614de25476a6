//! Each invariant of the identity model as a plan that is refused, and its twin that is allowed.
//!
//! The numbers are those of the guide "choose and deploy your identity model".

mod access;
mod cases;

use m365::emulator::{Options, TENANT_ID};
use serde_json::{Value as Json, json};

use super::super::workspace::Workspace;

const PLAN: &[&str] = &["plan", "-input=false"];

/// What the tenant is before the plan.
enum Fact {
    /// A request that somebody else makes.
    Sent(&'static str, String, Json),
    /// An object that comes from on-premises.
    There(&'static str, Json),
    /// An import into the state, and the configuration that it needs.
    Imported(&'static str, &'static str, String),
}

struct Case {
    id: &'static str,
    facts: Vec<Fact>,
    refused: String,
    /// What makes the twin allowed, where the configuration alone does not.
    twin: Vec<Fact>,
    allowed: String,
}

const GROUP: &str = "6f1a2f64-0c52-4f5f-9a0e-3d2b1c0a9f81";
const USER: &str = "8a8e5d2f-6a1a-4a8f-8a51-0a3a4e1f7c11";

fn synchronised_group(is_cloud_managed: bool) -> Fact {
    let group = json!({ "id": GROUP, "displayName": "Staff", "mailEnabled": false,
        "mailNickname": "staff", "securityEnabled": true, "onPremisesSyncEnabled": true,
        "isCloudManaged": is_cloud_managed });
    Fact::There("group", group)
}

fn synchronised_user(is_cloud_managed: bool) -> Fact {
    let user = json!({ "id": USER, "accountEnabled": true, "displayName": "Ann",
        "mailNickname": "ann", "userPrincipalName": "ann@contoso.com",
        "onPremisesSyncEnabled": true, "isCloudManaged": is_cloud_managed });
    Fact::There("user", user)
}

const OTHER: &str = "8a8e5d2f-6a1a-4a8f-8a51-0a3a4e1f7c12";

/// An account of the cloud.
fn account(id: &str, name: &str) -> Fact {
    let nickname = name.split('@').next().unwrap_or_default();
    let user = json!({ "id": id, "accountEnabled": true, "displayName": name,
        "mailNickname": nickname, "userPrincipalName": name });
    Fact::There("user", user)
}

fn global_administrator(id: &str) -> Fact {
    let body = json!({ "principalId": id, "directoryScopeId": "/",
        "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10" });
    Fact::Sent("POST", "/roleManagement/directory/roleAssignments".into(), body)
}

/// A provider block that names the one emergency access account.
fn emergency(id: &str) -> String {
    format!(
        "provider \"m365\" {{\n  lockout_protection = \"warn\"\n  emergency_access = {{ user_ids = [\"{id}\"] }}\n}}\n"
    )
}

fn domain_added() -> Fact {
    Fact::Sent("POST", "/domains".into(), json!({ "id": "fabrikam.com" }))
}

fn federated() -> Fact {
    let body = json!({ "@odata.type": "#microsoft.graph.internalDomainFederation",
        "issuerUri": "http://sts", "passiveSignInUri": "https://sts/ls",
        "preferredAuthenticationProtocol": "wsFed", "signingCertificate": certificate() });
    Fact::Sent("POST", "/domains/contoso.com/federationConfiguration".into(), body)
}

fn features(on: &[&str]) -> Fact {
    let features: serde_json::Map<String, Json> =
        on.iter().map(|name| ((*name).to_owned(), true.into())).collect();
    let path = format!("/directory/onPremisesSynchronization/{TENANT_ID}");
    Fact::Sent("PATCH", path, json!({ "features": features }))
}

fn connected() -> Fact {
    let path = format!("/organization/{TENANT_ID}");
    Fact::Sent("PATCH", path, json!({ "onPremisesSyncEnabled": true }))
}

fn certificate() -> String {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut parameters = rcgen::CertificateParams::default();
    parameters.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let pem = parameters.self_signed(&key).expect("a certificate").pem();
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn resource(kind: &str, inside: &str) -> String {
    format!("resource \"m365_{kind}\" \"one\" {{\n{inside}\n}}\n")
}

fn federation(domain: &str) -> String {
    resource(
        "domain_federation",
        &format!(
            "  domain_id = \"{domain}\"\n  issuer_uri = \"http://sts/{domain}\"\n  passive_sign_in_uri = \"https://sts/ls\"\n  preferred_authentication_protocol = \"saml\"\n  signing_certificate = \"{}\"",
            certificate()
        ),
    )
}

fn user(name: &str, more: &str) -> String {
    resource(
        "user",
        &format!("  user_principal_name = \"{name}\"\n  display_name = \"Ann\"\n{more}"),
    )
}

fn model(inside: &str) -> String {
    resource("identity_model", &format!("  model = {inside}"))
}

fn hybrid(authentication: &str) -> String {
    model(&format!(
        "\"hybrid\"\n  authentication = \"{authentication}\"\n  domains = [\"contoso.com\"]"
    ))
}

fn rollout(ids: &[String]) -> String {
    let head =
        "  display_name = \"Hashes\"\n  feature = \"passwordHashSync\"\n  is_enabled = true\n";
    resource("staged_rollout_policy", &format!("{head}  applies_to_group_ids = {ids:?}"))
}

/// `count` groups, by ids that are made up, and a policy that is rolled out to them.
fn rolled_out(count: usize) -> Vec<Fact> {
    let mut facts = vec![federated()];
    let ids: Vec<String> =
        (0..count).map(|at| format!("00000000-0000-0000-0001-{at:012}")).collect();
    facts.extend(ids.iter().map(|id| group(id)));
    let policy = json!({ "id": "00000000-0000-0000-0002-000000000000", "displayName": "Others",
        "feature": "passwordHashSync", "isEnabled": true, "isAppliedToOrganization": false });
    facts.push(Fact::There("featureRolloutPolicy", policy));
    facts.extend(ids.into_iter().map(|id| {
        let path =
            "/policies/featureRolloutPolicies/00000000-0000-0000-0002-000000000000/appliesTo/$ref";
        let address = format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}");
        Fact::Sent("POST", path.into(), json!({ "@odata.id": address }))
    }));
    facts
}

/// A policy as Graph has it.
fn stored(id: &str, name: &str) -> Json {
    json!({ "id": id, "displayName": name, "state": "disabled",
        "conditions": { "users": { "includeUsers": ["All"] }, "clientAppTypes": ["all"],
            "applications": { "includeApplications": ["All"] } },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] } })
}

fn policies(count: usize) -> Vec<Fact> {
    let policy = |at| stored(&format!("00000000-0000-0000-0004-{at:012}"), &format!("Policy {at}"));
    (0..count).map(|at| Fact::There("conditionalAccessPolicy", policy(at))).collect()
}

fn locations(count: usize) -> Vec<Fact> {
    let location = |at| {
        json!({ "id": format!("00000000-0000-0000-0005-{at:012}"),
            "displayName": format!("Country {at}"), "countriesAndRegions": ["CH"] })
    };
    (0..count).map(|at| Fact::There("countryNamedLocation", location(at))).collect()
}

fn group(id: &str) -> Fact {
    let group = json!({ "id": id, "displayName": format!("Pilot {id}"), "mailEnabled": false,
        "mailNickname": "pilot", "securityEnabled": true });
    Fact::There("group", group)
}

async fn staged(facts: &[Fact]) -> Workspace {
    let workspace = Workspace::new(Options::default(), "").await;
    bring_about(&workspace, facts).await;
    workspace
}

async fn bring_about(workspace: &Workspace, facts: &[Fact]) {
    for fact in facts {
        match fact {
            Fact::Sent(method, path, body) => {
                workspace.change(method, path, body.clone()).await;
            }
            Fact::There(ty, properties) => {
                workspace.control("objects", json!({ "type": ty, "properties": properties })).await;
            }
            Fact::Imported(address, id, configuration) => {
                workspace.write(configuration);
                workspace.ok(&["import", "-input=false", address, id]).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_refused_by_the_plan_and_its_twin_is_not() {
    let mut wrong = Vec::new();
    for (at, case) in cases::cases().into_iter().enumerate() {
        let workspace = staged(&case.facts).await;
        workspace.write(&case.refused);
        let (code, said) = workspace.run(PLAN).await;
        if code != Some(1) || !said.contains(&format!("Error: {}:", case.id)) {
            wrong.push(format!("case {at}, {} is not refused: {said}", case.id));
        }
        bring_about(&workspace, &case.twin).await;
        workspace.write(&case.allowed);
        let (code, said) = workspace.run(PLAN).await;
        if code != Some(0) {
            wrong.push(format!("case {at}, the twin of {} is refused: {said}", case.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// INV-14: what is synchronised and managed in the cloud is changed here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_moved_to_the_cloud_is_changed_there() {
    let renamed = |name: &str| {
        resource("group", &format!("  display_name = \"{name}\"\n  mail_nickname = \"staff\""))
            + &format!(
                "resource \"m365_group_member\" \"one\" {{\n  group_id = \"{GROUP}\"\n  member_id = \"{USER}\"\n}}\n"
            )
    };
    for is_cloud_managed in [false, true] {
        let facts = [
            synchronised_group(is_cloud_managed),
            synchronised_user(false),
            Fact::Imported("m365_group.one", GROUP, renamed("Staff")),
        ];
        let workspace = staged(&facts).await;
        workspace.write(&renamed("People"));
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code == Some(0), is_cloud_managed, "{said}");
        for id in ["INV-13: display_name", "INV-15: who is in the group Staff"] {
            assert_eq!(said.replace('\n', " ").contains(id), !is_cloud_managed, "{id}: {said}");
        }
    }
}

/// INV-07 and the first addition of INV-18 are told, and refuse nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_only_doubtful_is_told() {
    let told = [
        ("INV-07", vec![connected(), features(&[])], federation("contoso.com")),
        ("INV-04", vec![], federation("contoso.com")),
        ("INV-18", vec![group(GROUP)], rollout(&[GROUP.to_owned()])),
    ];
    for (id, facts, configuration) in told {
        let workspace = staged(&facts).await;
        workspace.write(&configuration);
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("Warning: {id}:")), "{id}: {said}");
        let doubting = "provider \"m365\" {\n  invariants = \"error\"\n}\n";
        workspace.write(&format!("{configuration}{doubting}"));
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(&format!("Error: {id}:")), "{id}: {said}");
    }
    let quiet = [connected(), features(&["passwordSyncEnabled"])];
    let workspace = staged(&quiet).await;
    workspace.write(&federation("contoso.com"));
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("INV-07") && !said.contains("INV-04"), "{said}");
}
