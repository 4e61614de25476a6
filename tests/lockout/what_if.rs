//! `m365_conditional_access_what_if` by the real terraform.

use m365::emulator::{Options, TenantKind};

use crate::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

/// A tenant with a group in which there is one of two users, which a policy leaves out.
const TENANT: &str = r#"
variable "password" {
  ephemeral = true
  default   = "Correct-Horse-7!"
}

resource "m365_user" "some" {
  for_each            = toset(["in", "out"])
  user_principal_name = "${each.key}@contoso.com"
  display_name        = each.key
  password            = var.password
}

resource "m365_group" "inner" {
  display_name = "Inner"
}

resource "m365_group" "outer" {
  display_name = "Outer"
}

resource "m365_group_members" "inner" {
  group_id   = m365_group.inner.id
  member_ids = [m365_user.some["in"].id]
}

resource "m365_group_members" "outer" {
  group_id   = m365_group.outer.id
  member_ids = [m365_group.inner.id]
}

resource "m365_named_location" "office" {
  display_name = "Office"
  ip = {
    ip_ranges  = ["203.0.113.0/24"]
    is_trusted = true
  }
}

resource "m365_conditional_access_policy" "saved" {
  display_name = "Multifactor authentication"
  state        = "enabledForReportingButNotEnforced"
  conditions = {
    users        = { include_users = ["All"], exclude_groups = [m365_group.outer.id] }
    applications = { include_applications = ["All"] }
    locations    = { include_locations = ["All"], exclude_locations = ["AllTrusted"] }
  }
  grant_controls = { operator = "OR", built_in_controls = ["mfa"] }
}
"#;

/// Sign-ins with the saved policy as it is, and with the same one enforced.
const QUESTIONS: &str = r#"
data "m365_conditional_access_what_if" "of" {
  for_each = {
    saved    = { user = "out", address = "198.51.100.1", state = null }
    enforced = { user = "out", address = "198.51.100.1", state = "enabled" }
    excluded = { user = "in", address = "198.51.100.1", state = "enabled" }
    office   = { user = "out", address = "203.0.113.9", state = "enabled" }
  }
  sign_in = {
    user_id         = m365_user.some[each.value.user].id
    application_ids = ["00000002-0000-0ff1-ce00-000000000000"]
    ip_address      = each.value.address
  }
  planned_policies = [for state in [each.value.state] : merge(m365_conditional_access_policy.saved, { state = state }) if state != null]
}

output "decisions" {
  value = { for name, what in data.m365_conditional_access_what_if.of : name => what.decision }
}

output "reasons" {
  value = { for name, what in data.m365_conditional_access_what_if.of : name => one(what.policies).reason }
}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_is_tried_on_policies_that_are_only_planned() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, TENANT).await;
    workspace.ok(APPLY).await;
    workspace.write(&format!("{TENANT}{QUESTIONS}"));
    workspace.forget().await;
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert_eq!(code, Some(0), "{said}");
    for expected in [
        "enforced = \"needs\"",
        "excluded = \"granted\"",
        "office   = \"granted\"",
        "saved    = \"granted\"",
        "excluded = \"users\"",
        "office   = \"location\"",
        "enforced = \"notSet\"",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // Policies and locations are read once for all four questions.
    let requests = workspace.requests().await;
    assert!(requests.len() <= 20, "{} requests: {requests:#?}", requests.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_told() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let asked = r#"
data "m365_conditional_access_what_if" "wrong" {
  sign_in = { application_ids = ["00000002-0000-0ff1-ce00-000000000000"] }
}
"#;
    let workspace = Workspace::new(options, asked).await;
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("say who signs in: user_id, or service_principal_id"), "{said}");
    workspace.control("roles", serde_json::json!({"roles": ["User.Read.All"]})).await;
    workspace.write(&asked.replace(
        "application_ids",
        "user_id = \"00000000-0000-0000-0000-00000000000a\", application_ids",
    ));
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("It takes the application permission Policy.Read.All"), "{said}");
}
