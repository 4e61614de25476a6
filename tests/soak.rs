//! Three hundred objects in a tenant where every fifth request fails and what was written shows five
//! seconds late: nothing is lost, and nothing is there twice.

use std::collections::BTreeMap;
use std::time::Duration;

use m365::emulator::{Fault, Options, TenantKind};
use serde_json::Value as Json;

use super::workspace::Workspace;

/// What each fifth request meets. The probabilities apply one after the other, to what the ones
/// before left.
const FAULTS: [&str; 5] = [
    "throttle:probability=0.01",
    "throttle:probability=0.01,retry_after=1",
    "unavailable:probability=0.03",
    "drop-before:probability=0.03",
    "drop-after:probability=0.14",
];
const LAG: Duration = Duration::from_secs(5);
/// More at a time than usual, since what takes time here is to wait.
const MANY: &str = "-parallelism=80";

/// A collection, the property that names an object in it, and how such names begin.
const NAMED: [(&str, &str, &str, usize); 5] = [
    ("/groups", "displayName", "Soak group ", 100),
    ("/users", "userPrincipalName", "soak-", 60),
    ("/identity/conditionalAccess/namedLocations", "displayName", "Soak location ", 8),
    ("/identity/conditionalAccess/policies", "displayName", "Soak policy ", 4),
    ("/directory/administrativeUnits", "displayName", "Soak unit ", 18),
];
const OBJECTS: usize = 300;

/// `word` stands in one attribute of each kind that can be changed; members move by `step`.
fn configuration(word: &str, step: usize) -> String {
    format!(
        r#"
variable "password" {{
  ephemeral = true
  default   = "Correct-Horse-7!"
}}
resource "m365_group" "all" {{
  count                 = 100
  display_name          = "Soak group ${{count.index}}"
  description           = "{word}"
  is_assignable_to_role = count.index < 20
}}
resource "m365_user" "all" {{
  count               = 60
  user_principal_name = "soak-${{count.index}}@contoso.com"
  display_name        = "Soak ${{count.index}}"
  department          = "{word}"
  password            = var.password
}}
resource "m365_named_location" "all" {{
  count        = 8
  display_name = "Soak location ${{count.index}}"
  country = {{
    countries_and_regions                 = ["NL"]
    include_unknown_countries_and_regions = {includes}
  }}
}}
resource "m365_conditional_access_policy" "all" {{
  count        = 4
  display_name = "Soak policy ${{count.index}}"
  state        = "disabled"
  conditions = {{
    users        = {{ include_groups = [m365_group.all[count.index].id] }}
    applications = {{ include_applications = ["All"] }}
    locations = {{
      include_locations = ["All"]
      exclude_locations = [m365_named_location.all[count.index].id]
    }}
  }}
  grant_controls = {{
    operator          = "OR"
    built_in_controls = ["mfa"]
  }}
}}
resource "m365_group_member" "all" {{
  count     = 60
  group_id  = m365_group.all[20 + count.index].id
  member_id = m365_user.all[(count.index + {step}) % 60].id
}}
resource "m365_group_members" "all" {{
  count      = 10
  group_id   = m365_group.all[80 + count.index].id
  member_ids = [for n in range(30) : m365_user.all[(count.index + n + {step}) % 60].id]
}}
resource "m365_administrative_unit" "all" {{
  count        = 18
  display_name = "Soak unit ${{count.index}}"
  description  = "{word}"
}}
resource "m365_administrative_unit_member" "all" {{
  count                  = 30
  administrative_unit_id = m365_administrative_unit.all[count.index % 18].id
  member_id              = m365_user.all[count.index].id
}}
resource "m365_role_assignment" "all" {{
  count              = 10
  principal_id       = m365_group.all[count.index].id
  role_definition_id = "4a5d8f65-41da-4de4-8968-e035b65339cf"
}}
"#,
        includes = word == "after",
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_doubled() {
    let options = Options {
        tenant: TenantKind::Empty,
        lag: LAG,
        faults: FAULTS.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect(),
        seed: 20_250_301,
        ..Options::default()
    };
    let workspace = Workspace::new(options, &configuration("before", 0)).await;
    let found = workspace.objects().await;
    workspace.ok(&["apply", "-input=false", "-auto-approve", MANY]).await;
    is_complete(&workspace, "before", 0).await;
    workspace.plan_is_empty().await;

    workspace.write(&configuration("after", 7));
    workspace.ok(&["apply", "-input=false", "-auto-approve", MANY]).await;
    is_complete(&workspace, "after", 7).await;
    workspace.plan_is_empty().await;

    workspace.ok(&["destroy", "-input=false", "-auto-approve", MANY]).await;
    assert_eq!(workspace.state().len(), 0);
    assert_eq!(workspace.objects().await, found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_create_does_not_take_what_another_resource_made() {
    let configuration =
        "resource \"m365_group\" \"twins\" {\n  count = 2\n  display_name = \"Soak twin\"\n}\n";
    let fault = "drop-before:method=POST,path=/groups,count=1".parse::<Fault>().unwrap();
    let options = Options { tenant: TenantKind::Empty, faults: vec![fault], ..Options::default() };
    let workspace = Workspace::new(options, configuration).await;
    workspace.ok(&["apply", "-input=false", "-auto-approve"]).await;
    let state = workspace.state();
    assert_ne!(state[0].attributes["id"], state[1].attributes["id"]);
    assert_eq!(
        names(&workspace, "/groups", "displayName", "Soak twin").await.values().sum::<usize>(),
        2
    );
}

/// How many objects of a collection there are by each name.
async fn names(
    workspace: &Workspace,
    collection: &str,
    property: &str,
    prefix: &str,
) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for object in workspace.outside(collection).await {
        let name = object[property].as_str().unwrap_or_default();
        if name.starts_with(prefix) {
            *found.entry(name.to_owned()).or_default() += 1;
        }
    }
    found
}

/// All is in the state, and all is in the tenant, once.
async fn is_complete(workspace: &Workspace, word: &str, step: usize) {
    let state = workspace.state();
    assert_eq!(state.len(), OBJECTS);
    let tainted: Vec<_> = state.iter().filter(|instance| instance.is_tainted).collect();
    assert!(tainted.is_empty(), "{tainted:?}");
    for (collection, property, prefix, count) in NAMED {
        let found = names(workspace, collection, property, prefix).await;
        assert_eq!(found.len(), count, "{collection}: {found:?}");
        assert!(found.values().all(|count| *count == 1), "{collection}: {found:?}");
    }
    let groups = objects(workspace, "/groups", "displayName", "Soak group ").await;
    let users = objects(workspace, "/users", "userPrincipalName", "soak-").await;
    assert!(groups.values().all(|group| group["description"] == word), "{groups:?}");
    let id = |objects: &BTreeMap<usize, Json>, n: usize| {
        objects[&n]["id"].as_str().unwrap_or_default().to_owned()
    };
    for n in 0..100 {
        let members = match n {
            20..80 => vec![(n - 20 + step) % 60],
            80..90 => (0..30).map(|m| (n - 80 + m + step) % 60).collect(),
            _ => Vec::new(),
        };
        let mut expected: Vec<_> = members.into_iter().map(|user| id(&users, user)).collect();
        expected.sort();
        assert_eq!(ids(workspace, &format!("/groups/{}/members", id(&groups, n))).await, expected);
    }
    let units =
        objects(workspace, "/directory/administrativeUnits", "displayName", "Soak unit ").await;
    for n in 0..18 {
        let mut expected: Vec<_> =
            (0..30).filter(|user| user % 18 == n).map(|user| id(&users, user)).collect();
        expected.sort();
        let path = format!("/directory/administrativeUnits/{}/members", id(&units, n));
        assert_eq!(ids(workspace, &path).await, expected);
    }
    let assigned = workspace.outside("/roleManagement/directory/roleAssignments").await;
    let mut principals: Vec<_> = assigned
        .iter()
        .map(|one| one["principalId"].as_str().unwrap_or_default().to_owned())
        .collect();
    principals.sort();
    let mut expected: Vec<_> = (0..10).map(|n| id(&groups, n)).collect();
    expected.sort();
    assert_eq!(principals, expected);
    for instance in state.iter().filter(|instance| instance.kind == "m365_group") {
        let there = instance.attributes["id"].as_str().unwrap_or_default();
        assert!(groups.values().any(|group| group["id"] == there), "{instance:?}");
    }
}

/// The objects of a collection whose names begin so, by the number in the name.
async fn objects(
    workspace: &Workspace,
    collection: &str,
    property: &str,
    prefix: &str,
) -> BTreeMap<usize, Json> {
    let found = workspace.outside(collection).await;
    let numbered = found.into_iter().filter_map(|object| {
        let rest = object[property].as_str()?.strip_prefix(prefix)?;
        let number = rest.split('@').next()?.parse().ok()?;
        Some((number, object))
    });
    numbered.collect()
}

async fn ids(workspace: &Workspace, path: &str) -> Vec<String> {
    let found = workspace.outside(path).await;
    let mut ids: Vec<_> =
        found.iter().filter_map(|one| one["id"].as_str()).map(str::to_owned).collect();
    ids.sort();
    ids
}
