//! The built-in directory roles by id and name, known without asking Graph.

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::declare::{Codec, Finding, Named};
use crate::terraform::{Path, Value};

/// A role's name in the configuration, and its id in Graph. A custom role has no name here.
pub(in crate::catalogue) static ROLE_NAME: Codec = Codec {
    // The id of a custom role is beside its name.
    encode: |name| translated(&name, id_of).unwrap_or(name),
    decode: |id| translated(&id, name_of).unwrap_or_default(),
};

/// Every built-in role: id and name.
pub fn all() -> &'static [(&'static str, &'static str)] {
    static ROLES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let lines = include_str!("built_in.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(' ')).collect()
    });
    &ROLES
}

/// The id of the role `name`; letter case does not matter.
pub fn id_of(name: &str) -> Option<&'static str> {
    all().iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(id, _)| *id)
}

/// The name of the role `id`.
pub fn name_of(id: &str) -> Option<&'static str> {
    all().iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
}

/// The name of a role that is nearest to `name`.
pub fn nearest(name: &str) -> &'static str {
    let lower = name.to_lowercase();
    let near = |known: &&(&str, &'static str)| {
        let other = known.1.to_lowercase();
        // Words count more than letters: "Global Admin" is no "Global Reader".
        let begins = other.starts_with(&lower);
        (!begins, strsim::damerau_levenshtein(&lower, &other))
    };
    all().iter().min_by_key(near).map_or("Global Administrator", |(_, name)| name)
}

/// The id of the role that a plan names, unless it gives the id itself.
pub(in crate::catalogue) fn named(plan: &Value) -> Option<Value> {
    match plan.get("role") {
        Value::String(name) => id_of(name).map(Value::from),
        _ => None,
    }
}

/// The name of the role whose id a plan gives; nothing for a custom role.
pub(in crate::catalogue) fn identified(plan: &Value) -> Option<Value> {
    match plan.get("role_definition_id") {
        Value::String(id) => Some(name_of(id).map_or(Value::Null, Value::from)),
        _ => None,
    }
}

/// How a resource refers to a role: `role` is its name, `role_definition_id` its id.
pub(in crate::catalogue) const NAMED: Named = Named {
    what: "role",
    name: "role",
    id: "role_definition_id",
    known: id_of,
    nearest,
    path: "/roleManagement/directory/roleDefinitions",
    permission: "RoleManagement.Read.Directory",
};

/// What is wrong with the role that a plan names, where the name was not looked up.
pub(in crate::catalogue) fn unknown(plan: &Value) -> Vec<Finding> {
    let has_id = plan.get("role_definition_id").as_str().is_some();
    match plan.get("role").as_str() {
        Some(name) if id_of(name).is_none() && !has_id => vec![Finding::error(
            Path::attribute("role"),
            format!("{name:?} is no built-in role"),
            format!(
                "Did you mean {:?}? Give a custom role that is made in the same configuration by its \
                 id in role_definition_id.",
                nearest(name)
            ),
        )],
        _ => Vec::new(),
    }
}

fn translated(text: &Json, to: fn(&str) -> Option<&'static str>) -> Option<Json> {
    text.as_str().and_then(to).map(Json::from)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn roles_are_found_both_ways() {
        assert_eq!(id_of("global administrator"), Some("62e90394-69f5-4237-9190-012177145e10"));
        assert_eq!(name_of("62E90394-69F5-4237-9190-012177145E10"), Some("Global Administrator"));
        assert_eq!(name_of("00000000-0000-0000-0000-000000000000"), None);
    }

    #[test]
    fn the_list_has_each_role_once() {
        assert!(all().len() > 120, "{}", all().len());
        let ids: HashSet<_> = all().iter().map(|(id, _)| id).collect();
        let names: HashSet<_> = all().iter().map(|(_, name)| name.to_lowercase()).collect();
        assert_eq!((ids.len(), names.len()), (all().len(), all().len()));
        for (id, name) in all() {
            assert!(uuid::Uuid::try_parse(id).is_ok() && *name == name.trim(), "{id} {name}");
        }
    }

    #[test]
    fn what_people_mistype_is_understood() {
        for (typed, meant) in [
            ("Global Admin", "Global Administrator"),
            ("Globl Administrator", "Global Administrator"),
            ("Conditional Access Admin", "Conditional Access Administrator"),
            ("Privileged Role Admin", "Privileged Role Administrator"),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
    }
}
