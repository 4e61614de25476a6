//! Methods that are taken away, by the real terraform.

use serde_json::json;

use super::tenant::{ALL, Tenant, flat, method, policy, put};

const PLAN: &[&str] = &["plan", "-input=false"];
const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

/// The built-in strength that withstands phishing.
const STRONG: &str =
    "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000004\"";

const OURS: &str = "cb69481e-8ff7-4039-93ec-0a2729a154a8";
const THEIRS: &str = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

/// The configuration of passkeys.
fn keys(says: &str) -> String {
    format!(
        "resource \"m365_authentication_method_configuration\" \"keys\" {{\n  method = \"Fido2\"\n  \
         {says}\n}}\n"
    )
}

fn models(allowed: &str) -> String {
    keys(&format!(
        "fido2 = {{ key_restrictions = {{ is_enforced = true, enforcement_type = \"allow\", aa_guids = \
         [{allowed:?}] }} }}"
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_emergency_access_needs_stays() {
    let tenant = Tenant::new().await;
    for account in tenant.accounts.iter().chain([&tenant.administrator]) {
        let key = json!({ "aaGuid": OURS, "displayName": "Key", "model": "Key" });
        put(&tenant.workspace, "fido2AuthenticationMethod", account, key).await;
    }
    let everyone = policy("include_users = [\"All\"]", ALL, "", STRONG);
    let cannot = "L-11: Policy \"P\" demands an authentication that the emergency access accounts cannot give";
    let with = |keys: String| format!("{everyone}{keys}");
    tenant.passed(tenant.run(APPLY, &everyone).await);
    let excluded = format!("exclude_targets = [{{ id = \"{}\" }}]\n  fido2 = {{}}", tenant.group);
    let elsewhere =
        "fido2 = { include_targets = [{ id = \"11111111-2222-4333-8444-555555555555\" }] }";
    let one = format!("fido2 = {{ include_targets = [{{ id = \"{}\" }}] }}", tenant.group);
    // Nothing is taken from them: it stays, it is for them alone, another model goes.
    for keeps in [keys("state = \"enabled\"\n  fido2 = {}"), keys(&one), models(OURS)] {
        tenant.passed(tenant.run(PLAN, &with(keeps)).await);
    }
    for takes in [
        keys("state = \"disabled\"\n  fido2 = {}"),
        keys(&excluded),
        keys(elsewhere),
        models(THEIRS),
    ] {
        tenant.stopped(tenant.run(PLAN, &with(takes.clone())).await, cannot);
        // Already taken over, it is judged just the same.
        tenant.stopped(tenant.run(APPLY, &with(takes)).await, cannot);
    }
    tenant.passed(tenant.run(APPLY, &with(models(OURS))).await);
    tenant.stopped(tenant.run(PLAN, &with(models(THEIRS))).await, cannot);
    let (_, said) = tenant.run(PLAN, &with(models(THEIRS))).await;
    assert!(flat(&said).contains("Fido2 is about to be taken from them."), "{said}");
    let accepted =
        models(THEIRS).replace("fido2 =", "acknowledge_lockout = [\"L-11\", \"L-01\"]\n  fido2 =");
    tenant.passed(tenant.run(PLAN, &with(accepted)).await);
    // With another method that is good enough, it can go.
    for account in &tenant.accounts {
        method(&tenant.workspace, account, "windowsHelloForBusinessAuthenticationMethod").await;
    }
    tenant.passed(tenant.run(PLAN, &with(keys("state = \"disabled\"\n  fido2 = {}"))).await);
}

/// Where nothing demands it, what is left is looked at; a phone has two uses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_method_stays_and_a_phone_has_two_uses() {
    let tenant = Tenant::new().await;
    for account in &tenant.accounts {
        method(&tenant.workspace, account, "phoneAuthenticationMethod").await;
    }
    let path = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/";
    for (id, kind) in [("Sms", "sms"), ("Voice", "voice")] {
        let kind = format!("#microsoft.graph.{kind}AuthenticationMethodConfiguration");
        let on = json!({ "@odata.type": kind, "state": "enabled" });
        tenant.workspace.change("PATCH", &format!("{path}{id}"), on).await;
    }
    let off = |id: &str, name: &str| {
        format!(
            "resource \"m365_authentication_method_configuration\" \"{name}\" {{\n  method = \
             \"{id}\"\n  state = \"disabled\"\n  {name} = {{}}\n}}\n"
        )
    };
    tenant.passed(tenant.run(APPLY, &off("Sms", "sms")).await);
    let both = format!("{}{}", off("Sms", "sms"), off("Voice", "voice"));
    tenant.stopped(
        tenant.run(PLAN, &both).await,
        "L-11: Voice is the only method of the emergency access accounts",
    );
}
