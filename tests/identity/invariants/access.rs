//! The invariants of Conditional Access and of privileged access, by which the guide counts them too.

use m365::emulator::TENANT_ID;
use serde_json::{Value as Json, json};

use super::{Case, Fact, GROUP, OTHER, PLAN, USER, account, bring_about, connected, group};
use super::{resource, staged, stored};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
const CUSTOM: &str = "5f1a2f64-0c52-4f5f-9a0e-3d2b1c0a9f99";

/// What would lock somebody out is stopped, not only told.
const STRICT: &str = "provider \"m365\" {\n  lockout_protection = \"error\"\n}\n";

/// A configuration in which doubt is enough to refuse a plan.
fn doubting(configuration: &str) -> String {
    let invariants = "  invariants = \"error\"\n}\n";
    match configuration.strip_suffix(STRICT) {
        Some(rest) => rest.to_owned() + STRICT.trim_end_matches("}\n") + invariants,
        None => format!("{configuration}provider \"m365\" {{\n{invariants}"),
    }
}

/// A case, and what is said of it: an error begins with `!`.
type Said = (Case, &'static str);

fn policy(state: &str, conditions: &str, grant: &str, session: &str) -> String {
    let session = match session {
        "" => String::new(),
        session => format!("\n  session_controls = {{ {session} }}"),
    };
    resource(
        "conditional_access_policy",
        &format!(
            "  display_name = \"P\"\n  state = \"{state}\"\n  conditions = {{ {conditions} }}\n  grant_controls = {{ {grant} }}{session}"
        ),
    )
}

const USERS: &str = "users = { include_users = [\"All\"] }";
const ALL: &str = "applications = { include_applications = [\"All\"] }";
const OFFICE: &str = "applications = { include_applications = [\"Office365\"] }";
const MFA: &str = "operator = \"OR\", built_in_controls = [\"mfa\"]";

fn disabled(conditions: &str, grant: &str, session: &str) -> String {
    policy("disabled", conditions, grant, session)
}

fn of_everyone(further: &str, grant: &str, session: &str) -> String {
    disabled(&format!("{USERS}, {ALL}{further}"), grant, session)
}

fn of_roles(role: &str) -> String {
    disabled(&format!("users = {{ include_roles = [\"{role}\"] }}, {ALL}"), MFA, "")
}

fn enforced() -> Fact {
    let mut policy = stored(USER, "Everyone");
    policy["state"] = json!("enabled");
    Fact::There("conditionalAccessPolicy", policy)
}

fn activation(inside: &str) -> String {
    resource(
        "role_management_policy",
        &format!("  role = \"Global Administrator\"\n  activation = {{ {inside} }}"),
    )
}

fn step_up() -> String {
    activation(
        "require_multifactor_authentication = false, require_authentication_context = true, authentication_context = \"c1\"",
    ) + STRICT
}

fn context() -> Fact {
    let context = json!({ "id": "c1", "displayName": "Step up", "isAvailable": true });
    Fact::There("authenticationContextClassReference", context)
}

/// A policy for the context that is enforced for some users.
fn for_context(users: Json) -> Fact {
    let mut policy = stored(OTHER, "Step up");
    policy["state"] = json!("enabled");
    policy["conditions"]["users"] = users;
    let applications = json!({ "includeAuthenticationContextClassReferences": ["c1"] });
    policy["conditions"]["applications"] = applications;
    Fact::There("conditionalAccessPolicy", policy)
}

fn assigned(role: &str, scope: &str) -> Fact {
    let body = json!({ "principalId": USER, "directoryScopeId": scope, "roleDefinitionId": role });
    Fact::Sent("POST", "/roleManagement/directory/roleAssignments".into(), body)
}

const UNIT: &str = "7f1a2f64-0c52-4f5f-9a0e-3d2b1c0a9f81";

fn unit() -> Fact {
    Fact::There("administrativeUnit", json!({ "id": UNIT, "displayName": "Bern" }))
}

/// Active assignments of Global Administrator end, or may not.
fn ends(required: bool) -> Fact {
    let rule = json!({
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule",
        "isExpirationRequired": required, "maximumDuration": "P180D",
    });
    let policy = format!("DirectoryRole_{TENANT_ID}_{GLOBAL_ADMINISTRATOR}");
    let rules = format!("/policies/roleManagementPolicies/{policy}/rules");
    Fact::Sent("PATCH", format!("{rules}/Expiration_Admin_Assignment"), rule)
}

/// The policies of roles come to be when somebody looks at them.
fn looked_at() -> Fact {
    let which = format!(
        "scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'"
    );
    let path = format!("/policies/roleManagementPolicyAssignments?$filter={which}&$expand=policy");
    Fact::Sent("GET", path, json!({}))
}

fn licences(status: &str) -> Fact {
    let id = format!("{TENANT_ID}_84a661c4-e949-4bd2-a560-ed7766fcaf2b");
    let plans = json!([{ "servicePlanId": "eec0eb4f-6444-4f95-aba0-50c24d67f998" }]);
    let sku = json!({ "id": id, "capabilityStatus": status, "servicePlans": plans });
    Fact::There("subscribedSku", sku)
}

const SKU: &str = "84a661c4-e949-4bd2-a560-ed7766fcaf2b";

/// Of 25 licences, so many are in use.
fn in_use(count: i64) -> Fact {
    let sku = json!({ "id": format!("{TENANT_ID}_{SKU}"), "skuId": SKU, "skuPartNumber": "P2",
        "consumedUnits": count, "prepaidUnits": { "enabled": 25 } });
    Fact::There("subscribedSku", sku)
}

fn license(of: &str, id: &str) -> String {
    resource(&format!("{of}_license"), &format!("  {of}_id = \"{id}\"\n  sku_id = \"{SKU}\""))
}

fn licenses() -> Vec<Said> {
    let person = |kind: &str, place: Json| {
        let user = json!({ "id": USER, "accountEnabled": true, "displayName": "Ann",
            "mailNickname": "ann", "userPrincipalName": "ann@contoso.com", "userType": kind,
            "usageLocation": place });
        Fact::There("user", user)
    };
    let joins = || {
        let address = format!("https://graph.microsoft.com/v1.0/directoryObjects/{USER}");
        Fact::Sent("POST", format!("/groups/{GROUP}/members/$ref"), json!({ "@odata.id": address }))
    };
    let moved = Fact::Sent("PATCH", format!("/users/{USER}"), json!({ "usageLocation": "CH" }));
    vec![
        (
            Case {
                twin: vec![moved],
                ..case(
                    "INV-10",
                    vec![person("Member", Json::Null)],
                    license("user", USER),
                    license("user", USER),
                )
            },
            "!INV-10: the user has no usage location",
        ),
        (
            Case {
                twin: vec![in_use(24)],
                ..case(
                    "INV-11",
                    vec![person("Member", json!("CH")), in_use(25)],
                    license("user", USER),
                    license("user", USER),
                )
            },
            "!INV-11: no licence of P2 is free",
        ),
        (
            case(
                "INV-12",
                vec![group(GROUP), group(OTHER), person("Guest", json!("CH")), joins()],
                license("group", GROUP),
                license("group", OTHER),
            ),
            "INV-12: guests are in a group that gives licences",
        ),
    ]
}

fn case(id: &'static str, facts: Vec<Fact>, refused: String, allowed: String) -> Case {
    Case { id, facts, refused, twin: vec![], allowed }
}

fn policies() -> Vec<Said> {
    let both = "operator = \"AND\", built_in_controls = [\"mfa\", \"passwordChange\"]";
    let strong =
        "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000004\"";
    let risk = ", user_risk_levels = [\"high\"]";
    let mails = |controls: &str| {
        policy(
            "enabledForReportingButNotEnforced",
            &format!("{USERS}, {OFFICE}"),
            &format!("operator = \"OR\", built_in_controls = [{controls}]"),
            "",
        )
    };
    let old = |users: &str| {
        disabled(
            &format!("{users}, {ALL}, client_app_types = [\"exchangeActiveSync\"]"),
            "operator = \"OR\", built_in_controls = [\"block\"]",
            "",
        )
    };
    let placeholder = |user: &str| {
        let users =
            format!("users = {{ include_users = [\"All\"], exclude_users = [\"{user}\"] }}");
        policy("enabled", &format!("{users}, {ALL}"), MFA, "") + STRICT
    };
    let never = "persistent_browser = { mode = \"never\" }";
    let remedies = "operator = \"AND\", built_in_controls = [\"riskRemediation\"]";
    let remedied = format!(
        "{remedies}, authentication_strength_id = \"00000000-0000-0000-0000-000000000002\""
    );
    let always = "sign_in_frequency = { frequency_interval = \"everyTime\" }";
    vec![
        (
            case(
                "INV-08",
                vec![connected()],
                of_everyone(risk, both, ""),
                of_everyone(risk, MFA, ""),
            ),
            "INV-08: passwordChange takes password writeback",
        ),
        (
            Case {
                twin: vec![licences("Enabled")],
                ..case(
                    "INV-09",
                    vec![licences("Suspended")],
                    of_everyone(risk, MFA, ""),
                    of_everyone(risk, MFA, ""),
                )
            },
            "INV-09: conditions.user_risk_levels takes Microsoft Entra ID P2",
        ),
        (
            case("INV-25", vec![], of_everyone("", both, ""), of_everyone(risk, both, "")),
            "!INV-25: passwordChange does not work like this",
        ),
        (
            case(
                "INV-26",
                vec![],
                of_everyone("", &format!("{strong}, built_in_controls = [\"mfa\"]"), ""),
                of_everyone("", strong, ""),
            ),
            "!grant_controls.authentication_strength_id does not go with",
        ),
        (
            case(
                "INV-27",
                vec![],
                of_everyone(risk, remedies, ""),
                of_everyone(risk, &remedied, always),
            ),
            "INV-27: riskRemediation goes with an authentication strength",
        ),
        (
            case(
                "INV-28",
                vec![group(GROUP)],
                old(&format!("users = {{ include_roles = [\"{HELPDESK}\"] }}")),
                old(&format!("users = {{ include_groups = [\"{GROUP}\"] }}")),
            ),
            "INV-28: Of Exchange ActiveSync, everyone is meant",
        ),
        (
            case(
                "INV-29",
                vec![],
                disabled(&format!("{USERS}, {OFFICE}"), MFA, never),
                of_everyone("", MFA, never),
            ),
            "!INV-29: A persistent browser session needs all applications",
        ),
        (
            case(
                "INV-32",
                vec![account(USER, "ann@contoso.com")],
                placeholder("Current administrator will be excluded"),
                placeholder(USER),
            ),
            "!L-27, INV-32: Policy \"P\" excludes a placeholder",
        ),
        (
            case(
                "INV-34",
                vec![],
                mails("\"approvedApplication\""),
                mails("\"approvedApplication\", \"compliantApplication\""),
            ),
            "!INV-34: approvedApplication is retired",
        ),
    ]
}

fn privileges() -> Vec<Said> {
    let defaults = resource("security_defaults", "  is_enabled = true");
    let permanent = |more: &str| {
        resource(
            "role_active_assignment",
            &format!(
                "  principal_id = \"{USER}\"\n  role = \"Global Administrator\"\n  justification = \"Emergency\"\n  {more}"
            ),
        )
    };
    let approval = |by: &str| {
        activation(&format!("require_approval = true, approver_user_ids = [\"{by}\"]")) + STRICT
    };
    let switched_off = |id: &str| {
        let user = json!({ "id": id, "accountEnabled": false, "displayName": "Off",
            "mailNickname": "off", "userPrincipalName": "off@contoso.com" });
        Fact::There("user", user)
    };
    let nobody = Fact::Sent(
        "PATCH",
        "/users/admin@contoso.onmicrosoft.com".into(),
        json!({ "accountEnabled": false }),
    );
    let role = json!({ "id": CUSTOM, "templateId": CUSTOM, "displayName": "Mine",
        "isBuiltIn": false, "isEnabled": true,
        "rolePermissions": [{ "allowedResourceActions": ["microsoft.directory/groups/standard/read"] }] });
    let in_unit = || assigned(HELPDESK, &format!("/administrativeUnits/{UNIT}"));
    let ann = || account(USER, "ann@contoso.com");
    vec![
        (
            Case {
                twin: vec![Fact::Sent(
                    "PATCH",
                    format!("/identity/conditionalAccess/policies/{USER}"),
                    json!({ "state": "disabled" }),
                )],
                // Whether the policy goes in the same plan is seen right before the write only.
                ..case("INV-01", vec![enforced()], defaults.clone(), defaults)
            },
            "L-14, INV-01: Security defaults cannot be on",
        ),
        (
            case(
                "INV-20",
                vec![nobody, switched_off(OTHER), ann()],
                approval(OTHER),
                approval(USER),
            ),
            "!L-09, INV-20: Nobody could approve",
        ),
        (
            Case {
                twin: vec![for_context(json!({ "includeUsers": ["All"] }))],
                ..case("INV-21", vec![context()], step_up(), step_up())
            },
            "L-10, INV-21: Authentication context c1 protects nothing",
        ),
        (
            Case {
                twin: vec![for_context(json!({ "includeUsers": ["All"] }))],
                ..case(
                    "INV-22",
                    vec![context(), for_context(json!({ "includeRoles": [GLOBAL_ADMINISTRATOR] }))],
                    step_up(),
                    step_up(),
                )
            },
            "!L-10, INV-22: Policy \"Step up\" never applies",
        ),
        (
            case(
                "INV-23",
                vec![Fact::There("unifiedRoleDefinition", role)],
                of_roles(CUSTOM),
                of_roles(HELPDESK),
            ),
            "!include_roles refers to 5f1a2f64-0c52-4f5f-9a0e-3d2b1c0a9f99",
        ),
        (
            Case {
                twin: vec![assigned(HELPDESK, "/")],
                ..case(
                    "INV-23",
                    vec![unit(), ann(), in_unit()],
                    of_roles(HELPDESK),
                    of_roles(HELPDESK),
                )
            },
            "INV-23: Who holds a role in a part of the tenant only is not meant",
        ),
        (
            Case {
                twin: vec![ends(false)],
                ..case(
                    "INV-24",
                    vec![looked_at(), ends(true), ann()],
                    permanent("permanent = true"),
                    permanent("permanent = true"),
                )
            },
            "!emergency access does not end (INV-24)",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_said_of_the_plan_and_its_twin_is_silent() {
    let mut wrong = Vec::new();
    for (case, says) in policies().into_iter().chain(privileges()).chain(licenses()) {
        let workspace = staged(&case.facts).await;
        workspace.write(&case.refused);
        let (code, said) = workspace.run(PLAN).await;
        let (expected, words) = match says.strip_prefix('!') {
            Some(words) => (Some(1), words),
            None => (Some(0), says),
        };
        let flat =
            |said: &str| said.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        if code != expected || !flat(&said).contains(words) {
            wrong.push(format!("{}, {says}: {said}", case.id));
        }
        if expected == Some(0) {
            workspace.write(&doubting(&case.refused));
            let (code, said) = workspace.run(PLAN).await;
            if code != Some(1) || !flat(&said).contains(&format!("Error: {words}")) {
                wrong.push(format!("{}, {says} is not refused: {said}", case.id));
            }
        }
        bring_about(&workspace, &case.twin).await;
        workspace.write(&match expected {
            Some(0) => doubting(&case.allowed),
            _ => case.allowed,
        });
        let (code, said) = workspace.run(PLAN).await;
        if code != Some(0) || flat(&said).contains(words) || said.contains(case.id) {
            wrong.push(format!("the twin of {}: {said}", case.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
