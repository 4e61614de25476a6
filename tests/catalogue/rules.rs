//! Rules, keys and placeholders refer to attributes that exist, and say what can be said of them.

use m365::declare::{Attribute, Kind, Mode, Resource, Rule};

use super::{Offences, find};

/// What is wrong with the references from a resource to its own attributes.
pub(super) fn offences(resource: &Resource) -> Offences {
    let mut offences = Vec::new();
    let mut say = |what: String| offences.push(format!("m365_{} {what}", resource.name));
    for rule in resource.rules {
        for path in paths(rule) {
            if find(resource.attributes, path).is_none() {
                say(format!("has a rule about {path}, which is no attribute"));
            }
        }
        if let Rule::Needs(path, values, _) | Rule::Excludes(path, values, _) = rule {
            let Some(attribute) = find(resource.attributes, path) else { continue };
            for value in *values {
                if !can_have(attribute, value) {
                    say(format!("has a rule about {path} being {value:?}, which it cannot be"));
                }
            }
        }
    }
    for key in resource.keys {
        match find(resource.attributes, key) {
            Some(Attribute { kind: Kind::Text(_), mode, .. }) if *mode != Mode::Computed => {}
            _ => say(format!("has the key {key}, which is no text that can be configured")),
        }
    }
    for name in placeholders(resource.path).filter(|name| find(resource.attributes, name).is_none())
    {
        say(format!("has {{{name}}} in its path, which is no attribute"));
    }
    for name in resource.soft_delete.into_iter().flat_map(placeholders) {
        if name != "id" && find(resource.attributes, name).is_none() {
            say(format!("has {{{name}}} in soft_delete, which is no attribute"));
        }
    }
    offences
}

/// The names in braces.
pub(super) fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    // The tenant's own id is no attribute.
    names.map(|(name, _)| name).filter(|name| *name != "tenant")
}

fn paths(rule: &Rule) -> Vec<&'static str> {
    match rule {
        Rule::ExactlyOneOf(paths)
        | Rule::AtLeastOneOf(paths)
        | Rule::AtMostOneOf(paths)
        | Rule::Together(paths) => paths.to_vec(),
        Rule::Needs(path, _, others) | Rule::Excludes(path, _, others) => {
            std::iter::once(*path).chain(others.iter().copied()).collect()
        }
    }
}

fn can_have(attribute: &Attribute, value: &str) -> bool {
    match attribute.kind {
        Kind::Boolean => ["true", "false"].contains(&value),
        _ => attribute.one_of.is_empty() || attribute.one_of.contains(&value),
    }
}
