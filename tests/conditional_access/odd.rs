//! Odd but valid policies by the real terraform: made, changed into each other, and removed; each is
//! there as it is configured, and needs no second apply.

use m365::emulator::{Options, TenantKind};
use serde_json::{Value as Json, json};

use super::{BESIDE, BLOCK, EVERYTHING, MFA, NOBODY, policy};
use crate::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

/// Policies, and what a part of each is for Graph.
fn policies() -> Vec<(String, &'static str, Json)> {
    let plain = format!("{NOBODY}, {EVERYTHING}");
    vec![
        // A single control under AND, which Graph answers as OR.
        (policy(&plain, MFA, ""), "/grantControls/operator", json!("OR")),
        // Everything at once.
        (
            policy(
                "users = { include_users = [\"All\"], exclude_groups = [upper(m365_group.g.id)], exclude_roles = \
                 [\"D29B2B05-8046-44BA-8758-1E26182FCF32\"], exclude_guests_or_external_users = { \
                 guest_or_external_user_types = [\"serviceProvider\", \"internalGuest\"], external_tenants = { \
                 membership_kind = \"enumerated\", members = [\"2F3C0F41-6E0B-4D0A-8D5E-0F0F9A2F7C11\"] } } }, \
                 applications = { include_applications = [\"All\"], exclude_applications = [\"Office365\"], \
                 application_filter = { mode = \"exclude\", rule = \
                 \"CustomSecurityAttribute.Engineering_Tier -contains \\\"One\\\"\" } }, \
                 client_app_types = [\"browser\"], \
                 platforms = { include_platforms = [\"all\"], exclude_platforms = [\"windowsPhone\", \"iOS\"] }, \
                 locations = { include_locations = [\"AllTrusted\", m365_named_location.six.id], exclude_locations = \
                 [\"00000000-0000-0000-0000-000000000000\", m365_named_location.country.id] }, \
                 devices = { device_filter = { mode = \"include\", rule = \"device.isCompliant -eq True\" } }, \
                 sign_in_risk_levels = [\"hidden\", \"high\"], insider_risk_levels = [\"elevated\", \"minor\"], \
                 authentication_flows = { transfer_methods = [\"deviceCodeFlow\"] }",
                "operator = \"AND\", built_in_controls = [\"compliantDevice\"], authentication_strength_id = \
                 m365_authentication_strength_policy.s.id, terms_of_use = [m365_terms_of_use.t.id]",
                "sign_in_frequency = { frequency_interval = \"everyTime\", authentication_type = \
                 \"secondaryAuthentication\" }, persistent_browser = { mode = \"never\" }, cloud_app_security = { \
                 cloud_app_security_type = \"monitorOnly\" }, application_enforced_restrictions = {}, \
                 secure_sign_in_session = {}, disable_resilience_defaults = true",
            ),
            "/conditions/insiderRiskLevels",
            json!("minor,elevated"),
        ),
        // All of that cleared again, in one change; empty sets where there is nothing.
        (
            policy(
                &format!(
                    "{EVERYTHING}, users = {{ include_users = [\"None\"], exclude_users = [], include_groups = [] }}, \
                     sign_in_risk_levels = [], insider_risk_levels = []"
                ),
                BLOCK,
                "",
            ),
            "/conditions/locations",
            Json::Null,
        ),
        // Session controls alone.
        (
            policy(&plain, "", "sign_in_frequency = { value = 90, type = \"days\" }"),
            "/grantControls",
            Json::Null,
        ),
        (
            policy(
                &plain,
                MFA,
                "sign_in_frequency = { value = 23, type = \"hours\", is_enabled = false }",
            ),
            "/sessionControls/signInFrequency/isEnabled",
            json!(false),
        ),
        // What was set and is not any more is cleared by its name.
        (
            policy(&plain, MFA, "sign_in_frequency = { frequency_interval = \"everyTime\" }"),
            "/sessionControls/signInFrequency/value",
            Json::Null,
        ),
        // A context in place of applications.
        (
            policy(
                &format!(
                    "{NOBODY}, applications = {{ include_authentication_context_class_references = \
                     [m365_authentication_context.c.id] }}"
                ),
                "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000003\"",
                "",
            ),
            "/grantControls/authenticationStrength/id",
            json!("00000000-0000-0000-0000-000000000003"),
        ),
        (
            policy(
                &format!(
                    "{NOBODY}, applications = {{ include_user_actions = [\"urn:user:registerdevice\", \
                     \"urn:user:registersecurityinfo\"] }}"
                ),
                "operator = \"OR\", built_in_controls = [\"mfa\"]",
                "",
            ),
            "/conditions/applications/includeAuthenticationContextClassReferences",
            json!([]),
        ),
        // Workload identities, and back to people.
        (
            policy(
                &format!(
                    "{EVERYTHING}, client_applications = {{ include_service_principals = \
                     [\"ServicePrincipalsInMyTenant\"], service_principal_filter = {{ mode = \"exclude\", rule = \
                     \"CustomSecurityAttribute.Engineering_Tier -eq \\\"One\\\"\" }} }}, \
                     service_principal_risk_levels = [\"high\"]"
                ),
                BLOCK,
                "",
            ),
            "/conditions/clientApplications/includeServicePrincipals",
            json!(["ServicePrincipalsInMyTenant"]),
        ),
        (
            policy(
                &format!(
                    "{EVERYTHING}, users = {{ include_guests_or_external_users = {{ guest_or_external_user_types = \
                     [\"b2bDirectConnectUser\"], external_tenants = {{ membership_kind = \"all\" }} }} }}"
                ),
                "operator = \"OR\", built_in_controls = [\"mfa\", \"domainJoinedDevice\"]",
                "continuous_access_evaluation = { mode = \"strictLocation\" }",
            ),
            "/conditions/clientApplications",
            Json::Null,
        ),
        (
            policy(
                &format!(
                    "{EVERYTHING}, users = {{ include_users = [\"GuestsOrExternalUsers\"], exclude_users = \
                     [\"GuestsOrExternalUsers\"] }}, user_risk_levels = [\"high\"]"
                ),
                "operator = \"AND\", built_in_controls = [\"mfa\", \"passwordChange\"]",
                "",
            ),
            "/conditions/users/includeGuestsOrExternalUsers",
            Json::Null,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_policies_are_made_changed_and_removed() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, BESIDE).await;
    workspace.ok(APPLY).await;
    let show = |wanted: &str| std::env::var("SHOW").is_ok_and(|shown| shown == wanted);
    let all = policies();
    for (number, (configuration, pointer, expected)) in all.iter().enumerate() {
        workspace.write(configuration);
        workspace.forget().await;
        let (code, said) = workspace.run(APPLY).await;
        assert_eq!(code, Some(0), "{number}: {said}\n{configuration}");
        if show("bodies") {
            for (request, body) in workspace.bodies().await {
                println!("{number}: {request} {body}");
            }
        }
        let beta = workspace.requests().await.iter().any(|one| one.starts_with("PATCH /beta/"));
        let is_preview =
            |at: usize| all.get(at).is_some_and(|(one, ..)| one.contains("continuous"));
        let wanted = is_preview(number) || number.checked_sub(1).is_some_and(is_preview);
        assert_eq!(beta, wanted, "{number} went to the wrong version");
        workspace.plan_is_empty().await;
        let found = workspace.outside("/identity/conditionalAccess/policies").await;
        let [policy] = found.as_slice() else { panic!("{found:?}") };
        let told = policy.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(told, *expected, "{number}: {pointer} of {policy:#}");
    }
    // Each as the first one, made rather than changed.
    for (number, (configuration, ..)) in all.iter().enumerate() {
        workspace.write(BESIDE);
        workspace.ok(APPLY).await;
        workspace.write(configuration);
        let (code, said) = workspace.run(APPLY).await;
        assert_eq!(code, Some(0), "{number}: {said}\n{configuration}");
        workspace.plan_is_empty().await;
    }
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
    let left = workspace.outside("/identity/conditionalAccess/policies").await;
    assert_eq!(left.len(), 0, "{left:?}");
}

/// What v1.0 takes for a preview, although it is in its documentation, is written by the beta.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_v1_takes_for_a_preview_is_written_by_the_beta() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, "").await;
    let path = "/v1.0/identity/conditionalAccess/policies";
    for method in ["POST", "PATCH"] {
        let fault = json!({ "kind": "preview", "method": method, "path": path, "count": 1 });
        workspace.control("faults", fault).await;
    }
    let every_time = policy(
        &format!("{NOBODY}, {EVERYTHING}"),
        MFA,
        "sign_in_frequency = { frequency_interval = \"everyTime\" }",
    );
    workspace.write(&every_time);
    workspace.ok(APPLY).await;
    workspace.write(&every_time.replace("\"Odd\"", "\"Even\""));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let beta: Vec<String> = workspace.requests().await;
    let beta: Vec<_> = beta.iter().filter(|one| one.contains(" /beta/")).collect();
    assert_eq!(beta.len(), 2, "{beta:?}");
}
