//! Every cause of a lockout as a run of terraform that is stopped, and its safe twin that passes.

use m365::emulator::CLIENT_OBJECT_ID;
use serde_json::json;

use super::tenant::{
    ALL, BLOCK, GLOBAL_ADMINISTRATOR, MFA, SYNCHRONISER, Tenant, assign, flat, method, policy, put,
    user,
};

const PLAN: &[&str] = &["plan", "-input=false"];
const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_that_stop_emergency_access() {
    let tenant = Tenant::new().await;
    let everyone = "include_users = [\"All\"]";
    let others = format!("{everyone}, exclude_groups = [\"{}\"]", tenant.group);

    let block = policy(everyone, ALL, "", BLOCK);
    tenant.stopped(
        tenant.run(PLAN, &block).await,
        "L-01: Policy \"P\" blocks the emergency access accounts",
    );
    tenant.passed(tenant.run(PLAN, &policy(&others, ALL, "", BLOCK)).await);

    let devices = |grant: &str| policy(&others, ALL, "", grant);
    tenant.stopped(
        tenant
            .run(PLAN, &devices("operator = \"OR\", built_in_controls = [\"compliantDevice\"]"))
            .await,
        "L-02: Policy \"P\" demands what nobody in the tenant has",
    );
    let either = "operator = \"OR\", built_in_controls = [\"compliantDevice\", \"mfa\"]";
    tenant.passed(tenant.run(PLAN, &devices(either)).await);

    let strong =
        "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000004\"";
    tenant.stopped(
        tenant.run(PLAN, &policy(everyone, ALL, "", strong)).await,
        "L-11: Policy \"P\" demands an authentication that the emergency access accounts cannot",
    );
    for account in &tenant.accounts {
        method(&tenant.workspace, account, "fido2AuthenticationMethod").await;
    }
    tenant.passed(tenant.run(PLAN, &policy(everyone, ALL, "", strong)).await);

    // What is acknowledged is a warning, and goes on being told.
    let acknowledged = block.replace("state =", "acknowledge_lockout = [\"L-01\"]\n  state =");
    let (code, said) = tenant.run(PLAN, &acknowledged).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Warning: L-01 (acknowledged): Policy \"P\" blocks"), "{said}");
    assert!(flat(&said).contains("+ acknowledge_lockout = [ + \"L-01\", ]"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_that_stop_what_works_unattended() {
    let tenant = Tenant::new().await;
    let sync = user(&tenant.workspace, "sync").await;
    assign(&tenant.workspace, &sync, SYNCHRONISER).await;
    let others = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    tenant.stopped(
        tenant.run(PLAN, &policy(&others, ALL, "", MFA)).await,
        "L-03: Policy \"P\" stops synchronisation",
    );
    let safe = format!("{others}, exclude_roles = [\"{SYNCHRONISER}\"]");
    tenant.passed(tenant.run(PLAN, &policy(&safe, ALL, "", MFA)).await);

    let workloads = |further: &str| {
        let clients = format!(
            "client_applications = {{ include_service_principals = \
             [\"ServicePrincipalsInMyTenant\"]{further} }}"
        );
        policy("include_users = [\"None\"]", ALL, &clients, BLOCK)
    };
    tenant.stopped(
        tenant.run(PLAN, &workloads("")).await,
        "L-18: Policy \"P\" cuts off Terraform itself",
    );
    let spared = format!(", exclude_service_principals = [\"{CLIENT_OBJECT_ID}\"]");
    tenant.passed(tenant.run(PLAN, &workloads(&spared)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_and_methods_that_are_not_there_yet() {
    let tenant = Tenant::new().await;
    let others = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    let away =
        "locations = { include_locations = [\"All\"], exclude_locations = [\"AllTrusted\"] }";
    let outside = policy(&others, ALL, away, BLOCK);
    // A location may come by the same plan, so that the plan warns, and the write is stopped.
    let (code, said) = tenant.run(PLAN, &outside).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Warning: L-04: Policy \"P\" leaves no place to sign in"), "{said}");
    tenant.stopped(
        tenant.run(APPLY, &outside).await,
        "L-04: Policy \"P\" leaves no place to sign in from",
    );
    let place = "resource \"m365_named_location\" \"office\" {\n  display_name = \"Office\"\n  ip = { \
                 ip_ranges = [\"203.0.113.0/24\"], is_trusted = true }\n}\n";
    let ordered =
        outside.replace("state =", "depends_on = [m365_named_location.office]\n  state =");
    tenant.passed(tenant.run(APPLY, &format!("{place}{ordered}")).await);
    // The office moves: the policy would stop everyone there, and Terraform is told of it.
    let (code, said) = tenant
        .run(PLAN, &format!("{}{ordered}", place.replace("203.0.113.0", "198.51.100.0")))
        .await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        flat(&said).contains("L-04: Policy \"P\" would stop sign-ins from 203.0.113.0/24"),
        "{said}"
    );

    let registration =
        policy(&others, "include_user_actions = [\"urn:user:registersecurityinfo\"]", "", MFA)
            .replace("\"P\"", "\"R\"")
            .replace("\"p\"", "\"r\"");
    let all = format!("{place}{ordered}{registration}");
    tenant.stopped(
        tenant.run(APPLY, &all).await,
        "L-12: Policy \"R\" demands a method before the first is registered",
    );
    put(
        &tenant.workspace,
        "temporaryAccessPassAuthenticationMethodConfiguration",
        "",
        json!({ "id": "TemporaryAccessPass", "state": "enabled" }),
    )
    .await;
    tenant.passed(tenant.run(APPLY, &all).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_that_emergency_access_rests_on() {
    let tenant = Tenant::new().await;
    let assignments = tenant.workspace.outside("/roleManagement/directory/roleAssignments").await;
    let of = |principal: &str| {
        let mut all = assignments.iter();
        let found = all.find(|one| one["principalId"] == *principal).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let bystander = user(&tenant.workspace, "bystander").await;
    let [first, second] = &tenant.accounts;
    let taken_over = |kind: &str, name: &str, id: &str, body: &str| {
        format!(
            "import {{\n  to = {kind}.{name}\n  id = \"{id}\"\n}}\nresource \"{kind}\" \"{name}\" {{\n{body}\n}}\n"
        )
    };
    let account = |name: &str, id: &str, upn: &str, enabled: bool| {
        let body = format!(
            "  user_principal_name = \"{upn}\"\n  display_name = \"{name}\"\n  mail_nickname = \
             \"{upn}\"\n  account_enabled = {enabled}\n  password_policies = \
             [\"DisablePasswordExpiration\"]\n"
        );
        let body = body
            .replace(&format!("mail_nickname = \"{upn}\""), &format!("mail_nickname = \"{name}\""));
        taken_over("m365_user", name, id, &body)
    };
    let held = taken_over(
        "m365_role_assignment",
        "held",
        &of(first),
        &format!("  principal_id = \"{first}\"\n  role_definition_id = \"{GLOBAL_ADMINISTRATOR}\""),
    );
    let group = taken_over(
        "m365_group",
        "group",
        &tenant.group,
        "  display_name = \"Emergency access\"\n  mail_nickname = \"emergency\"",
    );
    let members = |ids: &[&String]| {
        let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        let body =
            format!("  group_id = \"{}\"\n  member_ids = [{}]", tenant.group, ids.join(", "));
        taken_over("m365_group_members", "members", &tenant.group, &body)
    };
    let initial = |name: &str| format!("{name}@contoso.onmicrosoft.com");
    let emergency = |enabled: bool, upn: &str| account("emergency-1", first, upn, enabled);
    let other = |enabled: bool| account("bystander", &bystander, &initial("bystander"), enabled);
    let upn = initial("emergency-1");
    let whole = [
        held.clone(),
        group.clone(),
        members(&[first, second]),
        emergency(true, &upn),
        other(true),
    ];
    tenant.passed(tenant.run(APPLY, &whole.concat()).await);

    let with = |at: usize, what: String| {
        let mut parts = whole.clone();
        parts[at] = what;
        parts.concat()
    };
    let cases = [
        (with(0, String::new()), "L-05: Emergency access account emergency-1"),
        (with(1, String::new()), "L-07: Emergency access group Emergency access is deleted"),
        (
            with(2, members(&[second])),
            "L-07: Emergency access account emergency-1@contoso.onmicrosoft.com leaves group Emergency",
        ),
        (with(2, String::new()), "L-07: Emergency access account"),
        (with(3, emergency(false, &upn)), "L-08: Emergency access account emergency-1"),
        (
            with(3, emergency(true, "emergency-1@contoso.com")),
            "L-08: Emergency access account emergency-1@contoso.onmicrosoft.com leaves the initial",
        ),
        (with(3, String::new()), "L-08: Emergency access account emergency-1"),
    ];
    for (configuration, expected) in cases {
        tenant.stopped(tenant.run(PLAN, &configuration).await, expected);
    }
    // Of somebody else, all that is as it should be.
    tenant.passed(tenant.run(PLAN, &with(4, other(false))).await);
    tenant.passed(tenant.run(APPLY, &with(4, String::new())).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assignment_that_is_to_end_is_guarded_as_one_that_goes() {
    let tenant = Tenant::new().await;
    let first = &tenant.accounts[0];
    let held = |window: &str| {
        let body = format!(
            "  principal_id = \"{first}\"\n  role = \"Global Administrator\"\n  {window}\n"
        );
        format!(
            "import {{\n  to = m365_role_active_assignment.held\n  id = \"{first}/{GLOBAL_ADMINISTRATOR}\"\n}}\n\
             resource \"m365_role_active_assignment\" \"held\" {{\n{body}}}\n"
        )
    };
    tenant.passed(tenant.run(APPLY, &held("permanent = true")).await);
    tenant.stopped(
        tenant.run(PLAN, &held("end_date_time = \"2024-01-01T00:00:00Z\"")).await,
        "L-05: Emergency access account emergency-1",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activations_that_nobody_could_pass() {
    let tenant = Tenant::new().await;
    let activation = |what: &str| {
        format!(
            "resource \"m365_role_management_policy\" \"p\" {{\n  role = \"Global Administrator\"\n  \
             activation = {{ {what} }}\n}}\n"
        )
    };
    let approval =
        |by: &str| activation(&format!("require_approval = true, approver_group_ids = [\"{by}\"]"));
    let crowd = |name: &str| {
        json!({
            "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true,
        })
    };
    let nobody = tenant.workspace.make("/groups", crowd("nobody")).await;
    let somebody = tenant.workspace.make("/groups", crowd("somebody")).await;
    tenant.join(&somebody, &tenant.administrator).await;
    // As long as somebody holds the role actively, somebody can approve.
    tenant.passed(tenant.run(PLAN, &approval(&nobody)).await);

    let step_up = activation(
        "require_multifactor_authentication = false, require_authentication_context = true, \
         authentication_context = \"c1\"",
    );
    let of = |users: &str| {
        let target = "include_authentication_context_class_references = [\"c1\"]";
        format!("{}{step_up}", policy(users, target, "", MFA))
            .replace("  role =", "  depends_on = [m365_conditional_access_policy.p]\n  role =")
    };
    put(
        &tenant.workspace,
        "authenticationContextClassReference",
        "",
        json!({ "id": "c1", "displayName": "Step up", "isAvailable": true }),
    )
    .await;
    let roles = format!("include_roles = [\"{GLOBAL_ADMINISTRATOR}\"]");
    tenant.stopped(
        tenant.run(PLAN, &of(&roles)).await,
        "L-10, INV-22: Policy \"P\" never applies when the role is activated",
    );
    tenant.passed(
        tenant.run(PLAN, &of(&format!("include_users = [\"{}\"]", tenant.administrator))).await,
    );

    for assignment in tenant.workspace.outside("/roleManagement/directory/roleAssignments").await {
        let id = assignment["id"].as_str().unwrap();
        tenant.workspace.remove(&format!("/roleManagement/directory/roleAssignments/{id}")).await;
    }
    tenant.stopped(
        tenant.run(PLAN, &approval(&nobody)).await,
        "L-09, INV-20: Nobody could approve the activation of the highest roles",
    );
    tenant.passed(tenant.run(PLAN, &approval(&somebody)).await);
    // Whoever asks may have a manager: who that is, nobody knows before.
    let managers = approval(&nobody).replace(" }", ", approver_managers = true }");
    tenant.passed(tenant.run(PLAN, &managers).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_the_plan_is_seen_before_the_write() {
    let tenant = Tenant::new().await;
    let others = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    let block = policy(&others, ALL, "", BLOCK);
    tenant.passed(tenant.run(&["plan", "-input=false", "-out=plan"], &block).await);
    for account in &tenant.accounts {
        let path = format!("/groups/{}/members/{account}/$ref", tenant.group);
        tenant.workspace.remove(&path).await;
    }
    tenant.workspace.forget().await;
    tenant.stopped(
        tenant.run(&["apply", "-input=false", "plan"], &block).await,
        "L-01: Policy \"P\" blocks the emergency access accounts",
    );
    let written = tenant.workspace.outside("/identity/conditionalAccess/policies").await;
    assert_eq!(written.len(), 0, "{written:?}");
    // With nobody at all to protect, a set that stops every administrator is told, and passes.
    tenant.workspace.write(&policy("include_users = [\"All\"]", ALL, "", BLOCK));
    let (code, said) = tenant.workspace.run(PLAN).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        flat(&said).contains("Warning: L-01: No known administrator could sign in to repair"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_known_at_plan_is_judged_at_apply() {
    let tenant = Tenant::new().await;
    let group = "resource \"m365_group\" \"new\" {\n  display_name = \"New\"\n}\n";
    let excluded = "include_users = [\"All\"], exclude_groups = [m365_group.new.id]";
    let block = policy(excluded, ALL, "", BLOCK);
    // Nobody is in the group that this plan makes: not known before, and an error then.
    let (code, said) = tenant.run(PLAN, &format!("{group}{block}")).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("L-01"), "{said}");
    tenant.stopped(
        tenant.run(APPLY, &format!("{group}{block}")).await,
        "L-01: Policy \"P\" blocks the emergency access accounts",
    );
    let [first, second] = &tenant.accounts;
    let members = format!(
        "resource \"m365_group_members\" \"new\" {{\n  group_id = m365_group.new.id\n  member_ids = \
         [\"{first}\", \"{second}\"]\n}}\n"
    );
    let ordered = block.replace("state =", "depends_on = [m365_group_members.new]\n  state =");
    tenant.passed(tenant.run(APPLY, &format!("{group}{members}{ordered}")).await);
}

/// L-06 before it happens: an account that is not of the initial domain goes with its domain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_are_not_fit_for_an_emergency() {
    let tenant = Tenant::new().await;
    let account = json!({
        "displayName": "Custom", "mailNickname": "custom", "accountEnabled": true,
        "userPrincipalName": "custom@contoso.com",
        "passwordProfile": { "password": "Correct-Horse-7!" },
    });
    let account = tenant.workspace.make("/users", account).await;
    assign(&tenant.workspace, &account, GLOBAL_ADMINISTRATOR).await;
    let users = format!("include_users = [\"{}\"]", tenant.administrator);
    let harmless = policy(&users, ALL, "", MFA);
    tenant.passed(tenant.run(PLAN, &harmless).await);
    let [first, second] = &tenant.accounts;
    let cases = [
        (account.as_str(), "L-06: custom@contoso.com is not fit for an emergency"),
        (
            "00000000-0000-0000-0000-00000000dead",
            "L-08: Emergency access is not fit for an emergency",
        ),
    ];
    for (other, expected) in cases {
        let provider = tenant.provider().replace(second, other);
        assert!(provider.contains(first));
        tenant.workspace.write(&format!("{provider}{harmless}"));
        tenant.stopped(tenant.workspace.run(PLAN).await, expected);
    }
    // The domain goes to another identity provider, and the account with it.
    let example = include_str!("../../examples/resources/m365_domain_federation/resource.tf");
    let federation = example.split_once("resource \"m365_domain_federation\"").unwrap().1;
    let federation = format!("resource \"m365_domain_federation\"{federation}")
        .replace("m365_domain_verification.fabrikam.domain_id", "\"contoso.com\"");
    tenant.passed(tenant.run(PLAN, &federation).await);
    tenant.workspace.write(&format!("{}{federation}", tenant.provider().replace(second, &account)));
    tenant.stopped(
        tenant.workspace.run(PLAN).await,
        "L-06: Emergency access accounts are of domain contoso.com",
    );
}
