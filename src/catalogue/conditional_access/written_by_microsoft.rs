//! Policies that Microsoft makes in a tenant, of which administrators change little.

use serde_json::{Map, Value as Json};

use crate::declare::Finding;
use crate::terraform::Path;

/// How the names of these policies begin (Entra, "Microsoft-managed policies"); Graph tells nothing
/// else by which they are known.
const NAME: &str = "Microsoft-managed:";

/// Whether more changes than administrators may: the state, and who is excluded.
pub(super) fn changed(prior: &Json, planned: &Json) -> Option<Finding> {
    let name = prior["displayName"].as_str().filter(|name| name.starts_with(NAME))?;
    let (before, after) = (fixed(prior), fixed(planned));
    let property =
        before.keys().chain(after.keys()).find(|key| before.get(*key) != after.get(*key))?;
    Some(Finding::error(
        Path::root(),
        format!("INV-33: {property} of a policy that Microsoft manages changes"),
        format!(
            "Of {name:?}, only the state and who is excluded can be changed. To change more, duplicate it, \
             and switch this one off."
        ),
    ))
}

/// What is not for administrators to change.
fn fixed(policy: &Json) -> Map<String, Json> {
    let mut fixed = Map::new();
    for name in ["displayName", "grantControls", "sessionControls"] {
        fixed.insert(name.to_owned(), policy[name].clone());
    }
    let mut conditions = policy["conditions"].clone();
    let users = conditions.get_mut("users").and_then(Json::as_object_mut);
    if let Some(users) = users {
        users.retain(|name, _| !name.starts_with("exclude"));
    }
    fixed.insert("conditions".to_owned(), conditions);
    fixed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(name: &str, state: &str, include: &str, exclude: &str) -> Json {
        let users = json!({ "includeUsers": [include], "excludeUsers": [exclude] });
        json!({ "displayName": name, "state": state, "conditions": { "users": users } })
    }

    #[test]
    fn state_and_exclusions_change_and_nothing_else() {
        let name = "Microsoft-managed: Block legacy authentication";
        let prior = policy(name, "enabledForReportingButNotEnforced", "All", "a");
        let told = |planned: &Json| changed(&prior, planned).map(|finding| finding.summary);
        assert_eq!(told(&policy(name, "disabled", "All", "b")), None);
        let what = "of a policy that Microsoft manages changes";
        let included = policy(name, "disabled", "c", "a");
        assert_eq!(told(&included), Some(format!("INV-33: conditions {what}")));
        let renamed = policy("Mine", "disabled", "All", "a");
        assert_eq!(told(&renamed), Some(format!("INV-33: displayName {what}")));
        assert_eq!(changed(&policy("Mine", "enabled", "All", "a"), &included), None);
    }
}
