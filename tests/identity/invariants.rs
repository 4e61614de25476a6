//! Each invariant of the identity model as a plan that is refused, and its twin that is allowed.
//!
//! The numbers are those of the guide "choose and deploy your identity model".

mod access;

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

fn cases() -> Vec<Case> {
    let ann = |name: &str| user("ann@contoso.com", &format!("  job_title = \"{name}\""));
    let staff = |inside: &str| {
        resource(
            "group",
            &format!("  display_name = \"Staff\"\n  mail_nickname = \"staff\"\n{inside}"),
        )
    };
    let member = |group: &str| {
        resource("group_member", &format!("  group_id = \"{group}\"\n  member_id = \"{USER}\""))
    };
    let own = "00000000-0000-0000-0003-000000000000";
    let mfa = "  grant_controls = { operator = \"OR\", built_in_controls = [\"mfa\"] }";
    let policy = |name: &str, state: &str, applications: &str| {
        let users = "users = { include_users = [\"All\"] }";
        resource(
            "conditional_access_policy",
            &format!(
                "  display_name = \"{name}\"\n  state = \"{state}\"\n  allow_direct_enable = true\n  conditions = {{\n    {users}\n    applications = {{ {applications} }}\n  }}\n{mfa}"
            ),
        )
    };
    let registering = |state: &str| {
        policy("Devices", state, "include_user_actions = [\"urn:user:registerdevice\"]")
    };
    let everything = "include_applications = [\"All\"]";
    let managed = "Microsoft-managed: Multifactor authentication";
    let location = |range: &str| {
        resource(
            "named_location",
            &format!("  display_name = \"Office\"\n  ip = {{ ip_ranges = [\"{range}\"] }}"),
        )
    };
    let with_own = |mut facts: Vec<Fact>| {
        facts.push(group(own));
        facts
    };
    vec![
        Case {
            id: "INV-02",
            facts: vec![domain_added()],
            refused: federation("fabrikam.com"),
            twin: vec![],
            allowed: federation("contoso.com"),
        },
        Case {
            id: "INV-03",
            facts: vec![federated()],
            refused: resource(
                "domain_settings",
                "  domain_id = \"contoso.com\"\n  is_default = true",
            ),
            twin: vec![],
            allowed: resource(
                "domain_settings",
                "  domain_id = \"contoso.com\"\n  password_validity_period_in_days = 90",
            ),
        },
        Case {
            id: "INV-04",
            facts: vec![],
            refused: model(
                "\"cloud_only\"\n  authentication = \"federated\"\n  domains = [\"contoso.com\"]",
            ),
            twin: vec![],
            allowed: hybrid("federated"),
        },
        Case {
            id: "INV-04",
            facts: vec![federated()],
            refused: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1\n  on_premises_immutable_id = \"UHJvdmVk\"",
            ),
        },
        Case {
            id: "INV-05",
            facts: vec![
                // Whom the tenant has already in its initial domain.
                Fact::Sent(
                    "PATCH",
                    "/users/admin@contoso.onmicrosoft.com".into(),
                    json!({ "accountEnabled": false }),
                ),
                account(USER, "ann@contoso.com"),
                global_administrator(USER),
            ],
            refused: federation("contoso.com"),
            twin: vec![
                account(OTHER, "break-glass@contoso.onmicrosoft.com"),
                global_administrator(OTHER),
            ],
            allowed: federation("contoso.com"),
        },
        Case {
            id: "INV-06",
            facts: vec![
                account(USER, "break-glass@contoso.com"),
                account(OTHER, "break-glass@contoso.onmicrosoft.com"),
                global_administrator(USER),
                global_administrator(OTHER),
            ],
            refused: emergency(USER) + &federation("contoso.com"),
            twin: vec![],
            allowed: emergency(OTHER) + &federation("contoso.com"),
        },
        Case {
            id: "INV-13",
            facts: vec![
                synchronised_user(false),
                Fact::Imported("m365_user.one", USER, ann("Clerk")),
            ],
            refused: ann("Director"),
            twin: vec![],
            allowed: user("ann@contoso.com", "  usage_location = \"CH\""),
        },
        Case {
            id: "INV-15",
            facts: vec![synchronised_group(false), synchronised_user(false), group(own)],
            refused: member(GROUP),
            twin: vec![],
            allowed: member(own),
        },
        Case {
            id: "INV-15",
            facts: vec![
                synchronised_group(false),
                Fact::Imported("m365_group.one", GROUP, staff("")),
            ],
            refused: staff(
                "  group_types = [\"DynamicMembership\"]\n  membership_rule = \"user.city -eq \\\"X\\\"\"\n  membership_rule_processing_state = \"On\"",
            ),
            twin: vec![],
            allowed: staff(""),
        },
        Case {
            id: "INV-16",
            facts: vec![domain_added()],
            refused: user(
                "ann@fabrikam.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
        },
        Case {
            id: "INV-16",
            facts: vec![],
            refused: user(
                "ann@elsewhere.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.onmicrosoft.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
        },
        Case {
            id: "INV-17",
            facts: vec![federated(), connected()],
            refused: hybrid("password_hash_sync"),
            twin: vec![],
            allowed: hybrid("federated"),
        },
        Case {
            id: "INV-19",
            facts: vec![Fact::There(
                "deviceRegistrationPolicy",
                json!({ "id": "deviceRegistrationPolicy", "multiFactorAuthConfiguration": "required" }),
            )],
            refused: registering("enabled"),
            twin: vec![],
            allowed: registering("disabled"),
        },
        Case {
            id: "INV-30",
            facts: policies(240),
            refused: policy("One more", "disabled", everything),
            twin: vec![],
            allowed: location("203.0.113.0/24"),
        },
        Case {
            id: "INV-30",
            facts: locations(195),
            refused: location("203.0.113.0/24"),
            twin: vec![],
            allowed: policy("One more", "disabled", everything),
        },
        Case {
            id: "INV-33",
            facts: vec![
                Fact::There("conditionalAccessPolicy", stored(USER, managed)),
                Fact::Imported(
                    "m365_conditional_access_policy.one",
                    USER,
                    policy(managed, "disabled", everything),
                ),
            ],
            refused: policy("Mine", "disabled", everything),
            twin: vec![],
            allowed: policy(managed, "enabledForReportingButNotEnforced", everything),
        },
        Case {
            id: "INV-18",
            facts: with_own(rolled_out(10)),
            refused: rollout(&[own.to_owned()]),
            twin: vec![],
            allowed: resource(
                "staged_rollout_policy",
                &format!(
                    "  display_name = \"SSO\"\n  feature = \"seamlessSso\"\n  is_enabled = true\n  applies_to_group_ids = [\"{own}\"]"
                ),
            ),
        },
        // The device settings ask for what an enabled policy asks for.
        Case {
            id: "INV-19",
            facts: vec![
                device_settings("notRequired"),
                Fact::There("conditionalAccessPolicy", registering_policy("enabled")),
            ],
            refused: devices("required"),
            twin: vec![],
            allowed: devices("notRequired"),
        },
        // The policy is switched off first.
        Case {
            id: "INV-19",
            facts: vec![
                device_settings("notRequired"),
                Fact::There("conditionalAccessPolicy", registering_policy("enabled")),
                Fact::Imported("m365_conditional_access_policy.one", USER, registering("enabled")),
            ],
            refused: registering("enabled") + &devices_after("required"),
            twin: vec![],
            allowed: registering("disabled") + &devices_after("required"),
        },
        // The device settings are changed first.
        Case {
            id: "INV-19",
            facts: vec![device_settings("required")],
            refused: registering("enabled"),
            twin: vec![],
            allowed: after_devices(&registering("enabled")) + &devices("notRequired"),
        },
    ]
}

/// The device settings of the tenant as Graph has them.
fn device_settings(multifactor: &str) -> Fact {
    let settings = json!({ "id": "deviceRegistrationPolicy", "userDeviceQuota": 50,
        "multiFactorAuthConfiguration": multifactor });
    Fact::There("deviceRegistrationPolicy", settings)
}

fn devices(multifactor: &str) -> String {
    let inside = format!("  multi_factor_auth_configuration = \"{multifactor}\"");
    resource("device_registration_policy", &inside)
}

/// The same, planned and changed after the policy.
fn devices_after(multifactor: &str) -> String {
    let first = "  depends_on = [m365_conditional_access_policy.one]\n}";
    devices(multifactor).replacen('}', first, 1)
}

/// A policy that is planned and changed after the device settings.
fn after_devices(policy: &str) -> String {
    let first = "  depends_on = [m365_device_registration_policy.one]\n  display_name";
    policy.replacen("  display_name", first, 1)
}

/// A policy for whoever registers a device.
fn registering_policy(state: &str) -> Json {
    let mut policy = stored(USER, "Devices");
    policy["state"] = state.into();
    policy["conditions"]["applications"] =
        json!({ "includeUserActions": ["urn:user:registerdevice"] });
    policy
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
    for (at, case) in cases().into_iter().enumerate() {
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
    }
    let quiet = [connected(), features(&["passwordSyncEnabled"])];
    let workspace = staged(&quiet).await;
    workspace.write(&federation("contoso.com"));
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("INV-07") && !said.contains("INV-04"), "{said}");
}
