//! What in a policy cannot be meant, by the real terraform: refused, or told with the reason.

use m365::emulator::{Options, TenantKind};

use super::{BLOCK, EVERYTHING, MFA, NOBODY, policy};
use crate::workspace::Workspace;

/// What is wrong with a policy, and how that is said: an error begins with `!`.
fn contradictions() -> Vec<(String, &'static str)> {
    let users = "users = { include_users = [\"All\"] }";
    let of = |conditions: &str, grant: &str, session: &str| policy(conditions, grant, session);
    let plain = format!("{users}, {EVERYTHING}");
    let when = |further: &str| format!("{plain}, {further}");
    let control = |controls: &str| format!("operator = \"AND\", built_in_controls = [{controls}]");
    let strong =
        "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000004\"";
    let risk = "user_risk_levels = [\"high\"]";
    let device = format!(
        "{users}, applications = {{ include_user_actions = [\"urn:user:registerdevice\"] }}"
    );
    let workloads = format!(
        "{EVERYTHING}, client_applications = {{ include_service_principals = [\"ServicePrincipalsInMyTenant\"] }}"
    );
    vec![
        (of(&plain, MFA, ""), ""),
        (
            of(
                &format!(
                    "users = {{ include_users = [\"All\", \"GuestsOrExternalUsers\"] }}, {EVERYTHING}"
                ),
                MFA,
                "",
            ),
            "!All must be the only element of include_users",
        ),
        (
            of(
                &format!(
                    "{users}, applications = {{ include_applications = [\"All\"], application_filter = {{ mode = \
                     \"include\", rule = \"CustomSecurityAttribute.A_B -eq \\\"x\\\"\" }} }}"
                ),
                MFA,
                "",
            ),
            "!The application filter does nothing beside All",
        ),
        (
            of(
                &format!(
                    "{users}, applications = {{ include_applications = [\"All\"], include_user_actions = \
                     [\"urn:user:registerdevice\"] }}"
                ),
                MFA,
                "",
            ),
            "!conditions.applications.include_applications and conditions.applications.include_user_actions do not go together",
        ),
        (of(&plain, &control("\"block\", \"mfa\""), ""), "!block must be the only control"),
        (
            of(
                &plain,
                &format!(
                    "{BLOCK}, authentication_strength_id = \"00000000-0000-0000-0000-000000000004\""
                ),
                "",
            ),
            "!grant_controls.authentication_strength_id does not go with",
        ),
        (
            of(&plain, &format!("{strong}, built_in_controls = [\"mfa\"]"), ""),
            "!grant_controls.authentication_strength_id does not go with",
        ),
        (of(&plain, "operator = \"OR\"", ""), "!The grant controls hold no control"),
        (of(&plain, "", ""), "!One of grant_controls, session_controls is missing"),
        (
            of(&when(&format!("{risk}, sign_in_risk_levels = [\"high\"]")), MFA, ""),
            "Both user risk and sign-in risk must match",
        ),
        (
            of(
                &plain,
                MFA,
                "sign_in_frequency = { frequency_interval = \"everyTime\", value = 1, type = \"hours\" }",
            ),
            "!session_controls.sign_in_frequency.value does not go with",
        ),
        (
            of(&plain, MFA, "sign_in_frequency = { value = 1 }"),
            "!session_controls.sign_in_frequency.type is missing",
        ),
        (
            of(&plain, MFA, "sign_in_frequency = { value = 24, type = \"hours\" }"),
            "!A sign-in frequency in hours is at most 23",
        ),
        (
            of(&plain, "", "sign_in_frequency = { frequency_interval = \"everyTime\" }"),
            "Signing in every time may go on for ever (L-20)",
        ),
        (
            of(&plain, BLOCK, "persistent_browser = { mode = \"never\" }"),
            "Session controls do nothing where access is blocked",
        ),
        (
            of(
                &format!("{users}, applications = {{ include_applications = [\"Office365\"] }}"),
                MFA,
                "persistent_browser = { mode = \"never\" }",
            ),
            "!INV-29: A persistent browser session needs all applications",
        ),
        (
            of(
                &when("platforms = { include_platforms = [\"all\"] }"),
                MFA,
                "continuous_access_evaluation = { mode = \"disabled\" }",
            ),
            "!INV-29: Continuous access evaluation is not switched off like this",
        ),
        (
            of(
                &format!(
                    "users = {{ include_roles = [\"62e90394-69f5-4237-9190-012177145e10\"] }}, {EVERYTHING}"
                ),
                MFA,
                "disable_resilience_defaults = true",
            ),
            "In an outage, access is denied to everyone (L-20)",
        ),
        (
            of(&when(risk), &control("\"passwordChange\""), ""),
            "!INV-25: passwordChange does not work like this: it goes together with mfa",
        ),
        (
            of(&plain, &control("\"passwordChange\", \"mfa\""), ""),
            "!INV-25: passwordChange does not work like this: it needs the condition",
        ),
        (
            of(&plain, &control("\"riskRemediation\""), ""),
            "!riskRemediation needs the condition user_risk_levels",
        ),
        (
            of(&device, &control("\"compliantDevice\""), ""),
            "!compliantDevice cannot be asked for when a device is registered",
        ),
        (
            of(&format!("{device}, client_app_types = [\"browser\"]"), MFA, ""),
            "!This condition does not go with the registration of devices",
        ),
        (of(&workloads, MFA, ""), "!Workload identities can only be blocked"),
        (
            of(&format!("{users}, {workloads}"), BLOCK, ""),
            "!A policy applies either to users or to workload identities",
        ),
        (
            of(&format!("{workloads}, {risk}"), BLOCK, ""),
            "This condition says nothing of a workload identity",
        ),
        (
            of(&when("service_principal_risk_levels = [\"high\"]"), MFA, ""),
            "Users have no risk of a workload identity",
        ),
        (
            of(
                &when("platforms = { include_platforms = [\"macOS\"] }"),
                &control("\"compliantApplication\""),
                "",
            ),
            "!On macOS and Linux no application can be approved or protected",
        ),
        (
            of(
                &when("platforms = { include_platforms = [\"iOS\"] }"),
                &control("\"domainJoinedDevice\""),
                "",
            ),
            "Only Windows devices are hybrid joined",
        ),
        (
            of(&when("client_app_types = [\"other\"]"), MFA, ""),
            "Clients with legacy authentication can satisfy none of this",
        ),
        (
            of(
                &format!(
                    "users = {{ include_roles = [\"62e90394-69f5-4237-9190-012177145e10\"] }}, {EVERYTHING}, \
                     client_app_types = [\"exchangeActiveSync\"]"
                ),
                BLOCK,
                "",
            ),
            "INV-28: Of Exchange ActiveSync, everyone is meant",
        ),
        (
            of(
                &format!(
                    "{users}, client_app_types = [\"exchangeActiveSync\"], applications = {{ include_applications = \
                     [\"499b84ac-1321-427f-aa17-267ca6975798\"] }}"
                ),
                BLOCK,
                "",
            ),
            "INV-28: None of these applications speaks Exchange ActiveSync",
        ),
        (
            of(
                &when("authentication_flows = { transfer_methods = [\"deviceCodeFlow\"] }"),
                &control("\"compliantDevice\""),
                "",
            ),
            "A device code sign-in can never satisfy a control of the device",
        ),
        (
            of(
                &format!("users = {{ include_users = [\"GuestsOrExternalUsers\"] }}, {EVERYTHING}"),
                &control("\"compliantApplication\""),
                "",
            ),
            "Guests can never satisfy this",
        ),
        (
            of(
                &format!(
                    "users = {{ include_guests_or_external_users = {{ guest_or_external_user_types = \
                     [\"internalGuest\"], external_tenants = {{ membership_kind = \"enumerated\" }} }} }}, {EVERYTHING}"
                ),
                MFA,
                "",
            ),
            "!External tenants cannot be enumerated tenants without members",
        ),
        (of(&format!("{NOBODY}, {EVERYTHING}"), MFA, ""), "The policy applies to nobody"),
        (
            of(
                &when(
                    "devices = { device_filter = { mode = \"include\", rule = \"device.model -eq\" } }",
                ),
                MFA,
                "",
            ),
            "The rule cannot be read",
        ),
        (
            of(
                &when(
                    "locations = { include_locations = [\"All\"], exclude_locations = [\"all\"] }",
                ),
                MFA,
                "",
            ),
            "All is both included and excluded",
        ),
        (
            of(
                &format!(
                    "{users}, applications = {{ include_applications = [\"00000003-0000-0000-c000-000000000000\"] }}"
                ),
                MFA,
                "",
            ),
            "Microsoft Graph cannot be targeted by itself",
        ),
        (
            of(
                &format!(
                    "{users}, applications = {{ include_applications = [\"499b84ac-1321-427f-aa17-267ca6975798\"] }}"
                ),
                MFA,
                "application_enforced_restrictions = {}",
            ),
            "None of these applications enforces restrictions",
        ),
        (
            of(&plain, MFA, "secure_sign_in_session = { is_enabled = false }"),
            "secure_sign_in_session is switched off",
        ),
        (
            of(&device, MFA, "").replace("\"disabled\"", "\"enabledForReportingButNotEnforced\""),
            "A policy on user actions reports nothing",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contradictions_are_refused_or_told() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, "").await;
    for (configuration, expected) in contradictions() {
        workspace.write(&configuration);
        let (code, said) = workspace.run(&["plan", "-input=false"]).await;
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        match expected.strip_prefix('!') {
            Some(error) => {
                assert_eq!(code, Some(1), "{configuration}\n{said}");
                assert!(flat.contains(&format!("Error: {error}")), "{expected}: {said}");
            }
            None => {
                assert_eq!(code, Some(0), "{configuration}\n{said}");
                let told = flat.contains("Warning: ") && flat.contains(expected);
                assert!(expected.is_empty() || told, "{expected}: {said}");
                let quiet =
                    !flat.replace("Warning: Provider development", "").contains("Warning: ");
                assert!(!expected.is_empty() || quiet, "{said}");
            }
        }
    }
}
