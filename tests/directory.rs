//! Users and groups, as people write configurations: filters of all kinds, what is emptied, names that
//! are taken.

use m365::emulator::{Options, TenantKind};
use serde_json::json;

use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

async fn contoso(configuration: &str) -> Workspace {
    Workspace::new(Options::default(), configuration).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_that_only_the_index_answers_are_answered() {
    let found = r#"
data "m365_users" "found" {
  filter = "endsWith(userPrincipalName,'@contoso.com') and userType ne 'Guest'"
}
data "m365_users" "all" {
  filter = "startsWith(displayName,'A') or accountEnabled eq true"
}
locals {
  managers = { for user in data.m365_users.all.users : user.id => user.manager_id }
  told     = data.m365_users.found.users
}
check "found" {
  assert {
    condition     = length(local.told) > 5 && length([for user in local.told : user if user.manager_id != null]) > 2
    error_message = "too few: ${jsonencode(local.told)}"
  }
  assert {
    condition     = alltrue([for user in local.told : user.manager_id == local.managers[user.id]])
    error_message = "other managers: ${jsonencode(local.told)}"
  }
}
"#;
    let workspace = contoso(found).await;
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert!(code == Some(0) && !said.contains("Warning: Check"), "{said}");
    // Once refused, once answered by the index, and the managers; once for the other.
    let requests = workspace.requests().await;
    let listed = requests.iter().filter(|request| request.ends_with("/users")).count();
    let managers = requests.iter().filter(|request| request.ends_with("/$batch")).count();
    assert!(listed == 3 && (1..=2).contains(&managers), "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_nothing_answers_says_why() {
    let workspace =
        contoso("data \"m365_groups\" \"x\" {\n  filter = \"contains(displayName,'x')\"\n}\n")
            .await;
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert!(code == Some(1) && said.contains("'contains' is not supported"), "{said}");
}

fn user(more: &str) -> String {
    format!(
        "resource \"m365_user\" \"ann\" {{\n  user_principal_name = \"ann@contoso.com\"\n  \
         display_name = \"Ann\"\n  password = \"Correct-Horse-7-Battery!\"\n{more}}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_emptied_is_cleared_and_what_graph_keeps_is_left() {
    let workspace = contoso(&user(
        "  password_policies = [\"DisablePasswordExpiration\"]\n  usage_location = \"NL\"\n",
    ))
    .await;
    workspace.ok(APPLY).await;
    workspace.write(&user("  password_policies = []\n"));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let ann = workspace.outside("/users?$filter=userPrincipalName eq 'ann@contoso.com'&$select=id,passwordPolicies,usageLocation").await;
    assert_eq!(
        (&ann[0]["passwordPolicies"], &ann[0]["usageLocation"]),
        (&json!(null), &json!("NL"))
    );
    workspace.write(&user(""));
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_graph_would_refuse_is_told_at_plan() {
    let group = |more: &str| {
        format!("resource \"m365_group\" \"group\" {{\n  display_name = \"Group\"\n{more}}}\n")
    };
    let ann = user("");
    let no_password = ann.lines().filter(|line| !line.contains("password"));
    let no_password = no_password.collect::<Vec<_>>().join("\n");
    let cases = [
        (no_password, "password is missing"),
        (user("").replace("ann@", "renée@"), "without accents"),
        (group("  visibility = \"HiddenMembership\"\n"), "cannot have this visibility"),
        (
            group("  is_assignable_to_role = true\n  visibility = \"Public\"\n"),
            "cannot have this visibility",
        ),
    ];
    let workspace = contoso("").await;
    for (configuration, expected) in cases {
        workspace.write(&configuration);
        let (code, said) = workspace.run(&["plan", "-input=false"]).await;
        assert!(code == Some(1) && said.contains(expected), "{expected}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_taken_is_told_with_what_to_do() {
    let options = Options { tenant: TenantKind::Contoso, ..Options::default() };
    let taken = user("").replace("ann@", "AdeleV@");
    let workspace = Workspace::new(options, &taken).await;
    let (code, said) = workspace.run(APPLY).await;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(code == Some(1) && said.contains("Import that one, or choose another"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_shows_late_after_a_lost_create_is_kept() {
    let workspace = contoso(&user("")).await;
    // Made, and answered by a gateway; sent again, Graph says that the name is taken.
    workspace.control("lag", json!({ "milliseconds": 12_000 })).await;
    let lost = json!({ "kind": "drop-after", "method": "POST", "path": "/users", "count": 1 });
    workspace.control("faults", lost).await;
    workspace.ok(APPLY).await;
    assert_eq!(workspace.state().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_hides_its_members_and_keeps_them() {
    let unit = |more: &str| {
        format!(
            "resource \"m365_administrative_unit\" \"unit\" {{\n  display_name = \"Unit\"\n{more}}}\n\
             resource \"m365_administrative_unit_member\" \"ann\" {{\n  administrative_unit_id = \
             m365_administrative_unit.unit.id\n  member_id = upper(m365_user.ann.id)\n}}\n{}",
            user("")
        )
    };
    let workspace = contoso(&unit("")).await;
    workspace.ok(APPLY).await;
    workspace.write(&unit("  visibility = \"HiddenMembership\"\n"));
    workspace.forget().await;
    workspace.ok(APPLY).await;
    let requests = workspace.requests().await;
    let writes: Vec<_> = requests.iter().filter(|request| !request.starts_with("GET")).collect();
    assert!(writes.iter().any(|request| request.starts_with("PATCH")), "{requests:#?}");
    assert!(!writes.iter().any(|request| request.starts_with("DELETE")), "{requests:#?}");
    workspace.plan_is_empty().await;
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_write_members_alone_adds_them_one_by_one() {
    let roles = ["GroupMember.ReadWrite.All", "User.ReadBasic.All"].map(str::to_owned).to_vec();
    let workspace = Workspace::new(Options { roles: Some(roles), ..Options::default() }, "").await;
    let group = json!({ "displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true });
    let group = workspace.make("/groups", group).await;
    workspace.write(&format!(
        "data \"m365_users\" \"all\" {{\n  filter = \"accountEnabled eq true\"\n}}\n\
         resource \"m365_group_members\" \"g\" {{\n  group_id = \"{group}\"\n  member_ids = \
         slice(sort(data.m365_users.all.ids), 0, 5)\n}}\n"
    ));
    workspace.ok(APPLY).await;
    let requests = workspace.requests().await;
    let sent = |verb: &str| requests.iter().filter(|request| request.starts_with(verb)).count();
    assert_eq!((sent("PATCH"), sent("POST /v1.0/groups")), (1, 5), "{requests:#?}");
    workspace.plan_is_empty().await;
}
