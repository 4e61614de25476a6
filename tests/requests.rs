//! How many requests, and how many connections, common operations take. Time is not measured here;
//! `make bench` does that.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use m365::catalogue;
use m365::emulator::{Options, TenantKind};
use m365::engine::Model;
use m365::terraform::Value;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use super::laws::tenant::Tenant;
use super::laws::wire::{Client, State};
use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve", "-parallelism=50"];
/// Long enough for the reads that Terraform asks for at a time to overlap, on a busy machine too.
const LATENCY: u64 = 250;

fn groups(count: usize) -> String {
    format!(
        "resource \"m365_group\" \"all\" {{\n  count = {count}\n  display_name = \"Group ${{count.index}}\"\n}}\n"
    )
}

async fn tenant(users: usize, configuration: &str) -> Workspace {
    let options = Options { tenant: TenantKind::Empty, users, ..Options::default() };
    Workspace::new(options, configuration).await
}

/// The requests of a refresh that finds all as it was.
async fn refresh(workspace: &Workspace) -> Vec<String> {
    workspace.control("latency", json!({ "milliseconds": LATENCY })).await;
    workspace.forget().await;
    workspace.plan_is_empty().await;
    workspace.requests().await
}

#[track_caller]
fn at_most(most: usize, requests: &[String]) {
    assert!(requests.len() <= most, "{} requests: {requests:#?}", requests.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_groups_are_read_in_few_requests() {
    let workspace = tenant(0, &groups(500)).await;
    workspace.ok(APPLY).await;
    at_most(12, &refresh(&workspace).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_new_groups_asks_next_to_nothing() {
    let workspace = tenant(0, &groups(200)).await;
    let (code, said) = workspace.run(&["plan", "-input=false", "-detailed-exitcode"]).await;
    assert_eq!(code, Some(2), "{said}");
    at_most(4, &workspace.requests().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_made_by_two_requests() {
    let workspace = tenant(0, &groups(40)).await;
    workspace.ok(APPLY).await;
    let requests = workspace.requests().await;
    let count = |start: &str| requests.iter().filter(|one| one.starts_with(start)).count();
    assert_eq!(count("POST /v1.0/groups"), 40);
    assert_eq!(count("GET /v1.0/groups/"), 40);
    // The rest is signing in, once for the plan and once for the apply.
    at_most(40 * 2 + 2, &requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_users_among_many_are_not_listed() {
    let configuration = "variable \"password\" {\n  ephemeral = true\n  default = \"Correct-Horse-7!\"\n}\n\
        resource \"m365_user\" \"few\" {\n  count = 3\n  user_principal_name = \"few-${count.index}@contoso.com\"\n  display_name = \"Few ${count.index}\"\n  password = var.password\n}\n";
    let workspace = tenant(5_000, configuration).await;
    workspace.ok(APPLY).await;
    let requests = refresh(&workspace).await;
    at_most(6, &requests);
    assert!(!requests.iter().any(|one| one == "GET /v1.0/users"), "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memberships_of_many_groups_are_read_in_few_requests() {
    let configuration = format!(
        "{}data \"m365_users\" \"all\" {{}}\nresource \"m365_group_members\" \"all\" {{\n  count = 100\n  group_id = m365_group.all[count.index].id\n  member_ids = data.m365_users.all.ids\n}}\n",
        groups(100)
    );
    let workspace = tenant(25, &configuration).await;
    workspace.ok(APPLY).await;
    at_most(30, &refresh(&workspace).await);
}

/// Over the protocol, since terraform itself takes minutes to compare sets of this size.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_members_are_read_once_and_changed_by_difference() {
    const MEMBERS: usize = 10_000;
    let options = Options { tenant: TenantKind::Empty, users: MEMBERS + 45, ..Options::default() };
    let tenant = Tenant::with(options).await;
    let mut users = Vec::new();
    let mut path = "/users?$top=999&$select=id".to_owned();
    loop {
        let mut page = tenant.outside_ok("GET", &path, None).await.unwrap();
        users.append(page["value"].as_array_mut().unwrap());
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.split_once("/v1.0").unwrap().1.to_owned();
    }
    let users: Vec<_> =
        users.iter().map(|user| Value::from(user["id"].as_str().unwrap())).collect();
    let body = json!({ "displayName": "All", "mailEnabled": false, "mailNickname": "all",
        "securityEnabled": true });
    let group = tenant.outside_ok("POST", "/groups", Some(&body)).await.unwrap();
    let model = Model::new(&catalogue::groups::GROUP_MEMBERS);
    let config = |members: &[Value]| {
        let attributes = model.attributes.iter().map(|attribute| {
            let value = match attribute.name {
                "group_id" => group["id"].as_str().unwrap().into(),
                "member_ids" => Value::set(members.to_vec()),
                _ => Value::Null,
            };
            (attribute.name.to_owned(), value)
        });
        Value::Object(attributes.collect())
    };
    let client = Client::start(&tenant).await.unwrap();
    let (all, others) = users.split_at(MEMBERS);

    tenant.forget().await;
    let state = client.reach(&model, &State::default(), &config(all)).await.unwrap();
    let count =
        async |method: &str| tenant.log().await.iter().filter(|one| one.method == method).count();
    assert_eq!(count("PATCH").await, MEMBERS / 20);

    tenant.forget().await;
    let read = client.read(&model, &state).await.unwrap();
    assert_eq!(read.value, state.value);
    assert_eq!(count("GET").await, MEMBERS.div_ceil(999), "each page is read once");

    tenant.forget().await;
    // Thirty go, and forty-five come.
    let changed = [&all[30..], others].concat();
    client.reach(&model, &read, &config(&changed)).await.unwrap();
    assert_eq!((count("DELETE").await, count("PATCH").await), (30, 3));
    let bound = tenant.writes().await;
    let added = bound.iter().filter_map(|one| one.body["members@odata.bind"].as_array());
    assert_eq!(added.map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
}

fn policies(users: &str) -> String {
    format!(
        r#"
        data "m365_users" "all" {{}}
        resource "m365_conditional_access_policy" "all" {{
          count        = 100
          display_name = "Policy ${{count.index}}"
          state        = "disabled"
          conditions = {{
            users        = {{ include_users = {users} }}
            applications = {{ include_applications = ["All"] }}
          }}
          grant_controls = {{ operator = "OR", built_in_controls = ["mfa"] }}
        }}
        "#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn references_of_many_policies_are_looked_up_together() {
    let own = "[tolist(data.m365_users.all.ids)[count.index]]";
    let workspace = tenant(100, &policies(own)).await;
    workspace.control("latency", json!({ "milliseconds": LATENCY })).await;
    let (code, said) = workspace.run(&["plan", "-input=false", "-detailed-exitcode"]).await;
    assert_eq!(code, Some(2), "{said}");
    let requests = workspace.requests().await;
    println!("a plan of 100 policies that name 100 users: {} requests", requests.len());
    at_most(40, &requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_to_nothing_is_told_at_plan() {
    let nobody = "11111111-2222-3333-4444-555555555555";
    let workspace = tenant(1, &policies(&format!("[\"{nobody}\"]"))).await;
    let (code, said) = workspace.run(&["plan", "-input=false", "-no-color"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("include_users refers to {nobody}")), "{said}");
    assert!(said.contains("There is no user with this id"), "{said}");
    // All ask for the same: once, and once among the deleted items.
    let requests = workspace.requests().await;
    at_most(5, &requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_few_and_kept() {
    let mut workspace = tenant(0, &groups(100)).await;
    let connections = count_connections(&mut workspace).await;
    workspace.control("latency", json!({ "milliseconds": LATENCY })).await;
    // Terraform starts the provider anew for each walk: an apply is one that plans and one that
    // applies, a destroy is one more, which refreshes, and so signs in once more.
    let runs: [(&[&str], usize); 3] = [
        (&["apply", "-input=false", "-auto-approve"], 10),
        (&["plan", "-input=false"], 10),
        (&["destroy", "-input=false", "-auto-approve"], 11),
    ];
    for (arguments, most) in runs {
        let before = connections.load(Ordering::SeqCst);
        workspace.ok(arguments).await;
        let opened = connections.load(Ordering::SeqCst) - before;
        assert!((1..=most).contains(&opened), "{arguments:?}: {opened} connections");
    }
}

/// Puts a relay between the provider and Graph that counts connections.
async fn count_connections(workspace: &mut Workspace) -> Arc<AtomicUsize> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = format!("http://{}", listener.local_addr().unwrap());
    let graph = std::mem::replace(&mut workspace.endpoint, relay);
    let graph = graph.trim_start_matches("http://").to_owned();
    let counted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&counted);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut server = TcpStream::connect(&graph).await.unwrap();
            tokio::spawn(async move {
                // Whoever ends the connection ends it for both.
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    counted
}
