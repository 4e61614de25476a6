//! Authentication strengths, contexts, locations, terms of use and groups that policies rest on, by
//! the real terraform: narrowed, and removed.

use serde_json::json;

use super::tenant::{ALL, MFA, Tenant, flat, method, policy, put};

const PLAN: &[&str] = &["plan", "-input=false"];
const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

fn strength(says: &str) -> String {
    format!(
        "resource \"m365_authentication_strength_policy\" \"s\" {{\n  display_name = \"Keys\"\n  \
         {says}\n}}\n"
    )
}

const BY_STRENGTH: &str =
    "operator = \"OR\", authentication_strength_id = m365_authentication_strength_policy.s.id";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strength_that_is_narrowed_is_judged_as_the_policy_would_be() {
    let tenant = Tenant::new().await;
    let (ours, theirs) =
        ("cb69481e-8ff7-4039-93ec-0a2729a154a8", "2fc0579f-8113-47ea-b116-bb5a8db9202a");
    for account in tenant.accounts.iter().chain([&tenant.administrator]) {
        let key = json!({ "aaGuid": ours, "displayName": "Key", "model": "Key" });
        put(&tenant.workspace, "fido2AuthenticationMethod", account, key).await;
    }
    let demand = |users: &str| policy(users, ALL, "", BY_STRENGTH);
    let everyone = demand("include_users = [\"All\"]");
    let keys = |models: &[&str]| {
        let models: Vec<String> = models.iter().map(|model| format!("\"{model}\"")).collect();
        strength(&format!(
            "allowed_combinations = [\"fido2\"]\n  fido2_configurations = [{{ allowed_aaguids = \
             [{}] }}]",
            models.join(", ")
        ))
    };
    let with = |strength: String| format!("{strength}{everyone}");
    let cannot = "L-11: Policy \"P\" demands an authentication that the emergency access accounts cannot give";
    // A policy that is new sees the strength as the same plan has it.
    tenant.passed(tenant.run(APPLY, &keys(&[ours, theirs])).await);
    tenant.stopped(tenant.run(PLAN, &with(keys(&[theirs]))).await, cannot);
    tenant.passed(tenant.run(APPLY, &with(keys(&[ours, theirs]))).await);
    // One model goes that nobody has; then the one that everybody has, or the method altogether.
    tenant.passed(tenant.run(PLAN, &with(keys(&[ours]))).await);
    tenant.stopped(tenant.run(PLAN, &with(keys(&[theirs]))).await, cannot);
    tenant.stopped(
        tenant
            .run(PLAN, &with(strength("allowed_combinations = [\"x509CertificateMultiFactor\"]")))
            .await,
        cannot,
    );
    // So it is right before the write, where the plan could not know.
    let later = "resource \"terraform_data\" \"model\" {\n  input = \"2fc0579f-8113-47ea-b116-bb5a8db9202a\"\n}\n";
    let unknown = keys(&["?"]).replace("\"?\"", "terraform_data.model.output");
    let (code, said) = tenant.run(PLAN, &format!("{later}{}", with(unknown.clone()))).await;
    assert_eq!(code, Some(0), "{said}");
    tenant.stopped(tenant.run(APPLY, &format!("{later}{}", with(unknown))).await, cannot);
    // Where the emergency access is excluded, administrators without a key are told of.
    let others = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    let safe = format!("{}{}", keys(&[ours, theirs]), demand(&others));
    tenant.passed(tenant.run(APPLY, &safe).await);
    let (code, said) = tenant.run(PLAN, &safe.replace(ours, theirs)).await;
    assert_eq!(code, Some(0), "{said}");
    let said = flat(&said);
    assert!(
        said.contains(
            "Warning: L-11: Policy \"P\" demands an authentication that administrators cannot give"
        ),
        "{said}"
    );
    assert!(said.contains("Affected: administrator@contoso.onmicrosoft.com."), "{said}");
}

/// A key that the tenant does not let in is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_the_tenant_does_not_let_in_are_none() {
    let tenant = Tenant::new().await;
    for account in &tenant.accounts {
        method(&tenant.workspace, account, "fido2AuthenticationMethod").await;
    }
    let strong =
        "operator = \"OR\", authentication_strength_id = \"00000000-0000-0000-0000-000000000004\"";
    let everyone = policy("include_users = [\"All\"]", ALL, "", strong);
    tenant.passed(tenant.run(PLAN, &everyone).await);
    let methods = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/";
    tenant
        .workspace
        .change(
            "PATCH",
            &format!("{methods}Fido2"),
            json!({
                "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
                "state": "disabled",
            }),
        )
        .await;
    tenant.stopped(
        tenant.run(PLAN, &everyone).await,
        "L-11: Policy \"P\" demands an authentication that the emergency access accounts cannot give",
    );
}

/// What is removed, and the policy that names it: `$` stands for where the policy does.
fn removed() -> [(&'static str, &'static str, String, String); 5] {
    let everyone = "include_users = [\"None\"]";
    let context =
        "include_authentication_context_class_references = [m365_authentication_context.c.id]";
    let place = "locations = { include_locations = [m365_named_location.l.id] }";
    let terms = "operator = \"OR\", terms_of_use = [m365_terms_of_use.t.id]";
    [
        (
            "authentication strength",
            "m365_authentication_strength_policy.s",
            strength("allowed_combinations = [\"fido2\"]"),
            policy(everyone, ALL, "", BY_STRENGTH),
        ),
        (
            "authentication context",
            "m365_authentication_context.c",
            "resource \"m365_authentication_context\" \"c\" {\n  id = \"c7\"\n  display_name = \"C\"\n}\n".to_owned(),
            policy(everyone, context, "", MFA),
        ),
        (
            "named location",
            "m365_named_location.l",
            "resource \"m365_named_location\" \"l\" {\n  display_name = \"L\"\n  ip = { ip_ranges = [\"203.0.113.0/24\"] }\n}\n".to_owned(),
            policy(everyone, ALL, place, MFA),
        ),
        (
            "group",
            "m365_group.g",
            "resource \"m365_group\" \"g\" {\n  display_name = \"G\"\n}\n".to_owned(),
            policy("include_groups = [m365_group.g.id]", ALL, "", MFA),
        ),
        (
            "terms of use",
            "m365_terms_of_use.t",
            "resource \"m365_terms_of_use\" \"t\" {\n  display_name = \"T\"\n  files = [{ language = \"en\", \
             file_name = \"t.pdf\", is_default = true, content_base64 = \"JVBERi0=\" }]\n}\n".to_owned(),
            policy(everyone, ALL, "", terms),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_policies_refer_to_is_not_removed_unnoticed() {
    for (what, address, object, policy) in removed() {
        let tenant = Tenant::new().await;
        let whole = format!("{object}{policy}");
        tenant.passed(tenant.run(APPLY, &whole).await);
        // Both in one run: the policy goes first, and nothing is wrong.
        for destroy in [&["plan", "-destroy", "-input=false"] as &[&str], PLAN] {
            let both = if destroy == PLAN { "" } else { whole.as_str() };
            let (code, said) = tenant.run(destroy, both).await;
            assert_eq!(code, Some(0), "{what}: {said}");
            assert!(!said.contains("L-24"), "{what}, {destroy:?}: {said}");
        }
        // The object alone, the policy being somebody else's.
        let (code, said) =
            tenant.workspace.run(&["state", "rm", "m365_conditional_access_policy.p"]).await;
        assert_eq!(code, Some(0), "{said}");
        let (code, said) = tenant.run(PLAN, "").await;
        assert_eq!(code, Some(0), "{said}");
        assert!(flat(&said).contains("Warning: L-24: "), "{what}: {said}");
        assert!(flat(&said).contains("policy \"P\""), "{what}: {said}");
        tenant.stopped(tenant.run(APPLY, "").await, "L-24: ");
        let (_, state) = tenant.workspace.run(&["state", "list"]).await;
        assert!(state.contains(address), "{what} was lost: {state}");
    }
}

/// Terraform removes an object before it changes the policy that named it: that is told at plan, and
/// does not happen where the object is to be created before it is destroyed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_policies_refer_to_until_they_are_changed_is_told() {
    let other = super::tenant::policy("include_users = [\"None\"]", ALL, "", MFA);
    for (what, _, object, policy) in removed() {
        let tenant = Tenant::new().await;
        tenant.passed(tenant.run(APPLY, &format!("{object}{policy}")).await);
        let (code, said) = tenant.run(PLAN, &other).await;
        assert_eq!(code, Some(0), "{said}");
        let told = flat(&said);
        assert!(told.contains("Warning: L-24: "), "{what}: {said}");
        assert!(told.contains("in an apply of its own"), "{what}: {said}");
        let end = object.trim_end().strip_suffix('}').unwrap();
        let before = format!("{end}  lifecycle {{ create_before_destroy = true }}\n}}\n");
        tenant.passed(tenant.run(APPLY, &format!("{before}{policy}")).await);
        let (code, said) = tenant.run(APPLY, &other).await;
        assert_eq!(code, Some(0), "{what}: {said}");
        tenant.workspace.plan_is_empty().await;
    }
}
