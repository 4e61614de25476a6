//! Whether emergency access is what it has to be, and security defaults beside policies, by the real
//! terraform.

use serde_json::json;

use super::tenant::{ALL, GLOBAL_ADMINISTRATOR, MFA, Tenant, assign, flat, policy, put, user};

const PLAN: &[&str] = &["plan", "-input=false"];
const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emergency_access_is_verified_before_anything_rests_on_it() {
    let tenant = Tenant::new().await;
    let harmless = policy(&format!("include_users = [\"{}\"]", tenant.administrator), ALL, "", MFA);
    let [_, second] = &tenant.accounts;
    let plan = async |instead: &str| {
        let provider = match instead {
            "" => tenant.provider().replace(&format!(", \"{second}\""), ""),
            other => tenant.provider().replace(second, other),
        };
        tenant.workspace.write(&format!("{provider}{harmless}"));
        tenant.workspace.run(PLAN).await
    };
    tenant.stopped(plan("").await, "L-08: Emergency access is not fit for an emergency");

    // Neither a role, nor one in a part of the tenant only, makes a global administrator.
    let powerless = user(&tenant.workspace, "powerless").await;
    tenant.stopped(
        plan(&powerless).await,
        "L-05: powerless@contoso.onmicrosoft.com is not fit for an emergency",
    );
    assign(&tenant.workspace, &powerless, GLOBAL_ADMINISTRATOR).await;
    tenant.passed(plan(&powerless).await);

    let disabled = json!({ "accountEnabled": false });
    tenant.workspace.change("PATCH", &format!("/users/{powerless}"), disabled).await;
    tenant.stopped(
        plan(&powerless).await,
        "L-08: powerless@contoso.onmicrosoft.com is not fit for an emergency",
    );

    let synced = "5d0f1c9e-0000-4000-8000-00000000000a";
    let properties = json!({
        "id": synced, "displayName": "Synced", "accountEnabled": true, "userType": "Member",
        "userPrincipalName": "synced@contoso.onmicrosoft.com", "onPremisesSyncEnabled": true,
    });
    put(&tenant.workspace, "user", "", properties).await;
    assign(&tenant.workspace, synced, GLOBAL_ADMINISTRATOR).await;
    let (code, said) = plan(synced).await;
    assert!(flat(&said).contains("On-premises") || flat(&said).contains("cloud"), "{said}");
    tenant
        .stopped((code, said), "L-08: synced@contoso.onmicrosoft.com is not fit for an emergency");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_defaults_and_policies_take_turns() {
    let tenant = Tenant::new().await;
    let path = "/policies/identitySecurityDefaultsEnforcementPolicy";
    tenant.workspace.change("PATCH", path, json!({ "isEnabled": true })).await;
    let others = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    let enforced = policy(&others, ALL, "", MFA);
    // They may be turned off by the same plan, so that the plan warns, and the write is stopped.
    let (code, said) = tenant.run(PLAN, &enforced).await;
    assert_eq!(code, Some(0), "{said}");
    let warned = "Warning: L-14, INV-01: Policy \"P\" cannot be enforced under security defaults";
    assert!(flat(&said).contains(warned), "{said}");
    tenant.stopped(
        tenant.run(APPLY, &enforced).await,
        "L-14, INV-01: Policy \"P\" cannot be enforced under security defaults",
    );
    let defaults = |enabled: bool| {
        format!("resource \"m365_security_defaults\" \"d\" {{\n  is_enabled = {enabled}\n}}\n")
    };
    let ordered = enforced.replace("state =", "depends_on = [m365_security_defaults.d]\n  state =");
    tenant.passed(tenant.run(APPLY, &format!("{}{ordered}", defaults(false))).await);
    // And back: not as long as policies are enforced.
    tenant.stopped(
        tenant.run(APPLY, &format!("{}{enforced}", defaults(true))).await,
        "L-14, INV-01: Security defaults cannot be on while policies are enforced",
    );
    let silent = enforced.replace("state = \"enabled\"", "state = \"disabled\"");
    let after = defaults(true)
        .replace("is_enabled", "depends_on = [m365_conditional_access_policy.p]\n  is_enabled");
    let (code, said) = tenant.run(APPLY, &format!("{silent}{after}")).await;
    assert_eq!(code, Some(0), "{said}");
}
