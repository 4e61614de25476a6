//! What the guard costs in requests: facts are read once, whatever the number of policies.

use super::tenant::{ALL, MFA, Tenant, policy};

const PLAN: &[&str] = &["plan", "-input=false"];

/// A hundred policies that leave the emergency access out, each with a place of its own.
fn hundred(tenant: &Tenant) -> String {
    let users = format!("include_users = [\"All\"], exclude_groups = [\"{}\"]", tenant.group);
    let places =
        "locations = { include_locations = [\"All\"], exclude_locations = [\"AllTrusted\"] }";
    policy(&users, ALL, places, MFA)
        .replace("display_name = \"P\"", "count = 100\n  display_name = \"P ${count.index}\"")
}

async fn requests(tenant: &Tenant, configuration: &str, what: &str) -> usize {
    tenant.workspace.write(configuration);
    tenant.workspace.forget().await;
    let (code, said) = tenant.workspace.run(PLAN).await;
    assert_eq!(code, Some(0), "{said}");
    let requests = tenant.workspace.requests().await;
    println!("{what}: {} requests: {requests:#?}", requests.len());
    requests.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_a_hundred_policies_reads_each_fact_once() {
    let tenant = Tenant::new().await;
    let policies = hundred(&tenant);
    let guarded = format!("{}{policies}", tenant.provider());
    // A token, what the policies refer to, and two rounds of facts: what is known at once, and what
    // follows from the policies.
    assert!(requests(&tenant, &guarded, "with emergency access").await <= 6);
    assert!(requests(&tenant, &policies, "without").await <= 6);
    let off = format!("provider \"m365\" {{\n  lockout_protection = \"off\"\n}}\n{policies}");
    assert!(requests(&tenant, &off, "off").await <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_read_is_named_once_and_stops_nothing() {
    let tenant = Tenant::new().await;
    let roles = serde_json::json!({
        "roles": ["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"]
    });
    tenant.workspace.control("roles", roles).await;
    let (code, said) = tenant.run(PLAN, &hundred(&tenant)).await;
    assert_eq!(code, Some(0), "{said}");
    let told = said.matches("Warning: Lockout protection could not look at everything").count();
    assert_eq!(told, 1, "{said}");
    for permission in ["RoleManagement.Read.Directory", "User.Read.All", "GroupMember.Read.All"] {
        assert!(said.contains(permission), "{permission}: {said}");
    }
    if std::env::var_os("SHOW").is_some() {
        println!("{said}");
    }
}
