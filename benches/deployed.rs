//! Many groups that are there and in the state already, and as much of the floor.
//!
//! Terraform writes the whole state after each change, so that to apply 20,000 resources takes time
//! that grows with the square of their number. Here one of each is applied; the others are made
//! behind Terraform's back, and stand in the state as the first does.

use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use super::tenant::Tenant;
use super::workspace::Workspace;

/// How many instances a resource has: for each, Terraform copies the state of all of them.
const EACH: usize = 500;

/// A tenant with `count` groups, configured and in the state, and the floor of as many. A plan of
/// either is empty.
pub(crate) fn deployed<'r>(
    runtime: &'r Runtime,
    count: usize,
    groups: &str,
    floor: &str,
) -> (Tenant<'r>, Workspace, Workspace) {
    let tenant = Tenant::start(runtime, 0);
    let ours = Workspace::new(&single(groups), tenant.environment());
    ours.apply();
    let first = tenant.outside("GET", "/groups", Json::Null)["value"][0].clone();
    let group = |index: usize| {
        let name = |text: &str| text.replace('0', &index.to_string());
        let body = json!({
            "displayName": name("Group 0"), "mailNickname": name("group-0"),
            "description": first["description"], "mailEnabled": false, "securityEnabled": true,
        });
        let made = tenant.outside("POST", "/groups", body);
        let changed = first.as_object().into_iter().flatten();
        let changed =
            changed.filter(|(_, value)| value.as_str().is_some_and(|text| !text.is_empty()));
        changed.map(|(name, value)| (value.to_string(), made[name].to_string())).collect()
    };
    extend(&ours, groups, count, group);
    let bottom = Workspace::new(&single(floor), Vec::new());
    bottom.apply();
    let data = |index: usize| vec![("\"Group 0\"".to_owned(), format!("\"Group {index}\""))];
    extend(&bottom, floor, count, data);
    for workspace in [&ours, &bottom] {
        workspace.run(&["plan", "-no-color", "-detailed-exitcode"]);
    }
    (tenant, ours, bottom)
}

/// The first of `block`'s instances alone.
fn single(block: &str) -> String {
    block.replace(&format!("count = {EACH}"), "count = 1")
}

/// Puts `count` instances into configuration and state, as the one there is with `replaced` texts.
fn extend(
    workspace: &Workspace,
    block: &str,
    count: usize,
    replaced: impl Fn(usize) -> Vec<(String, String)>,
) {
    let mut state = workspace.state();
    let resource = state["resources"][0].clone();
    let template = resource["instances"][0].to_string();
    let name = |number: usize| format!("n{number}");
    let resources = (0..count.div_ceil(EACH)).map(|number| {
        let instances: Vec<Json> = (0..EACH)
            .map(|index| {
                let texts = replaced(index);
                let instance = texts.iter().fold(template.clone(), |instance, (old, new)| {
                    instance.replace(old.as_str(), new)
                });
                let mut instance: Json = serde_json::from_str(&instance).unwrap();
                instance["index_key"] = index.into();
                instance
            })
            .collect();
        let mut resource = resource.clone();
        resource["name"] = name(number).into();
        resource["instances"] = instances.into();
        resource
    });
    state["resources"] = resources.collect();
    workspace.write_state(&state);
    let blocks = (0..count.div_ceil(EACH))
        .map(|number| block.replace("\"all\"", &format!("\"{}\"", name(number))) + "\n");
    workspace.write(&blocks.collect::<String>());
}
