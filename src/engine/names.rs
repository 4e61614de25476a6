//! Names: the user's, Graph's, and the placeholders in paths.

use crate::declare::{Attribute, Resource};

/// `display_name` is `displayName`: the rule that gives Graph's property names.
pub fn property(snake: &str) -> String {
    let mut camel = String::with_capacity(snake.len());
    let mut upper = false;
    for letter in snake.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            camel.extend(letter.to_uppercase());
            upper = false;
        } else {
            camel.push(letter);
        }
    }
    camel
}

/// The property of an attribute: top-level name, and the name inside it where it is flattened.
pub fn location(attribute: &Attribute) -> (String, Option<String>) {
    match attribute.graph.map(|path| path.split_once('/').ok_or(path)) {
        Some(Ok((outer, inner))) => (outer.to_owned(), Some(inner.to_owned())),
        Some(Err(property)) => (property.to_owned(), None),
        None => (navigation(attribute), None),
    }
}

/// The properties that hold secrets, at any depth: no log shows what is under them.
pub fn secrets(attributes: &[Attribute]) -> Vec<String> {
    use crate::declare::Kind;
    let secret = |attribute: &Attribute| {
        let (outer, inner) = location(attribute);
        vec![inner.unwrap_or(outer)]
    };
    let found = attributes.iter().map(|attribute| match attribute.kind {
        _ if attribute.sensitive => secret(attribute),
        Kind::Object(nested)
        | Kind::Objects(nested)
        | Kind::Map(nested)
        | Kind::Variant(_, nested) => secrets(nested),
        _ => Vec::new(),
    });
    found.flatten().collect()
}

/// `manager_id` is a link of `manager`, `owner_ids` are links of `owners`.
fn navigation(attribute: &Attribute) -> String {
    use crate::declare::Kind;
    let name = attribute.name;
    match attribute.kind {
        Kind::Link => property(name.strip_suffix("_id").unwrap_or(name)),
        Kind::Links => match name.strip_suffix("_ids") {
            Some(stem) => property(stem) + "s",
            None => property(name),
        },
        _ => property(name),
    }
}

/// The placeholder of the id of the tenant that is signed in to. It is no attribute: who sends a
/// request fills it in.
pub const TENANT: &str = "{tenant}";

/// The names of attributes in braces: `/groups/{group_id}/members` has `group_id`.
pub fn placeholders(path: &str) -> Vec<&str> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    names.map(|(name, _)| name).filter(|name| !is_tenant(name)).collect()
}

fn is_tenant(name: &str) -> bool {
    TENANT.trim_matches(['{', '}']) == name
}

/// The path with its placeholders filled in by `value`, each escaped for its segment.
pub fn fill(path: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        match is_tenant(name) {
            true => filled.push_str(TENANT),
            false => filled.push_str(&segment(&value(name))),
        }
        rest = after;
    }
    filled + rest
}

/// `text` as one segment of a path.
pub fn segment(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'@')
        .remove(b',');
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// `text` as an OData string literal: quotes doubled, in quotes.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The attributes that tell the settings apart that `resource` is one of.
pub fn of_many(resource: &Resource) -> Vec<&'static str> {
    match resource.template() {
        Some(template) => vec![template.of],
        None => placeholders(resource.path),
    }
}

/// The known names nearest to `name`, for "did you mean".
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|other| (strsim::damerau_levenshtein(name, other), other));
    scored
        .filter(|(distance, other)| *distance <= 2.max(other.len() / 3))
        .min()
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{link, links, object, objects, string, variant};

    #[test]
    fn properties_follow_by_rule() {
        for (snake, camel) in [
            ("display_name", "displayName"),
            ("id", "id"),
            (
                "include_authentication_context_class_references",
                "includeAuthenticationContextClassReferences",
            ),
        ] {
            assert_eq!(property(snake), camel);
        }
    }

    #[test]
    fn links_name_the_navigation_property() {
        assert_eq!(location(&link("manager_id", "")), ("manager".into(), None));
        assert_eq!(location(&links("owner_ids", "")), ("owners".into(), None));
        let flattened = string("password", "").graph("passwordProfile/password");
        assert_eq!(location(&flattened), ("passwordProfile".into(), Some("password".into())));
    }

    #[test]
    fn secrets_are_found_at_any_depth() {
        static CODES: [Attribute; 2] = [string("code", "").graph("oneTimeCode").sensitive(), PLAIN];
        static LOCK: [Attribute; 3] =
            [string("pin", "").write_only(), objects("codes", "").of(&CODES), PLAIN];
        const PLAIN: Attribute = string("display_name", "");
        let all = [
            PLAIN,
            string("password", "").graph("passwordProfile/password").sensitive(),
            object("lock", "").of(&LOCK),
            variant("safe", "safe", "").of(&LOCK),
            object("whole", "").of(&LOCK).sensitive(),
        ];
        assert_eq!(
            secrets(&all),
            ["password", "pin", "oneTimeCode", "pin", "oneTimeCode", "whole"]
        );
    }

    #[test]
    fn paths_are_filled_and_escaped() {
        let path = fill("/groups/{group_id}/members/{id}/$ref", |name| format!("{name}/x"));
        assert_eq!(path, "/groups/group_id%2Fx/members/id%2Fx/$ref");
        assert_eq!(placeholders("/a/{b}/c/{d}"), ["b", "d"]);
        let path = "/organization/{tenant}/branding/{id}";
        assert_eq!(placeholders(path), ["id"]);
        assert_eq!(fill(path, str::to_uppercase), "/organization/{tenant}/branding/ID");
    }

    #[test]
    fn quotes_in_literals_are_doubled() {
        assert_eq!(literal("O'Brien"), "'O''Brien'");
    }

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("alow", ["allow", "block"]), Some("allow"));
        assert_eq!(nearest("xyz", ["allow", "block"]), None);
    }
}
