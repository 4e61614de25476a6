//! What taking over a setting that is always there changes. Terraform shows it as a new object, and so
//! not what it was before.

use crate::declare::{Attribute, Kind, Mode};
use crate::engine::{Model, equal};
use crate::terraform::{Diagnostic, Path, Value};

/// How many changes are listed, and how long a value may be.
const LISTED: usize = 40;
const LENGTH: usize = 120;

/// What changes of the settings of `whom`, one by one; nothing where all is as configured.
pub fn changes(model: &Model, whom: &str, found: &Value, planned: &Value) -> Option<Diagnostic> {
    let mut changes = Vec::new();
    changed(&model.attributes, found, planned, &Path::root(), &mut changes);
    let number = match changes.len() {
        0 => return None,
        1 => "1 setting changes".to_owned(),
        some => format!("{some} settings change"),
    };
    if let Some(more) = changes.len().checked_sub(LISTED).filter(|more| *more > 0) {
        changes.truncate(LISTED);
        changes.push(format!("  and {more} more"));
    }
    let detail = format!(
        "This {} is there already, and is taken over. Apply changes these settings, and leaves all \
         others as they are:\n{}",
        model.name,
        changes.join("\n")
    );
    Some(Diagnostic::warning(format!("{whom}: {number}"), detail))
}

fn changed(
    attributes: &[Attribute],
    found: &Value,
    planned: &Value,
    path: &Path,
    changes: &mut Vec<String>,
) {
    for attribute in attributes.iter().filter(|one| is_told(one)) {
        let (before, after) = (found.get(attribute.name), planned.get(attribute.name));
        let path = path.at(attribute.name);
        match (&attribute.kind, after) {
            (Kind::Object(nested) | Kind::Variant(_, nested), Value::Object(_)) => {
                changed(nested, before, after, &path, changes);
            }
            (Kind::Map(nested), Value::Object(elements)) => {
                for (key, element) in elements {
                    changed(nested, before.get(key), element, &path.key(key), changes);
                }
            }
            // Left as it is.
            (_, Value::Unknown(_)) => {}
            (_, Value::Null) if attribute.mode != Mode::Optional => {}
            (_, after) if equal::same(attribute, before, after) => {}
            (_, Value::Object(elements)) => {
                for (key, after) in elements.iter().filter(|(key, after)| before.get(key) != *after)
                {
                    changes.push(line(&path.key(key), before.get(key), after));
                }
            }
            (_, after) => changes.push(line(&path, before, after)),
        }
    }
}

/// Whether both what it was and what it is to be may be shown. Elements of a set are shown whole.
fn is_told(attribute: &Attribute) -> bool {
    let is_secret = |one: &Attribute| one.sensitive || one.write_only;
    let holds_secrets = match attribute.kind {
        Kind::Objects(nested) => nested.iter().any(is_secret),
        _ => false,
    };
    !(attribute.local
        || holds_secrets
        || is_secret(attribute)
        || attribute.not_returned
        || attribute.stream.is_some()
        || attribute.mode == Mode::Computed)
}

fn line(path: &Path, before: &Value, after: &Value) -> String {
    let short = |value: &Value| {
        let text = told(value);
        match text.char_indices().nth(LENGTH) {
            Some((end, _)) => format!("{}..", &text[..end]),
            None => text,
        }
    };
    format!("  {path}: {} -> {}", short(before), short(after))
}

/// A setting in few words.
fn told(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::Unknown(_) => "(known after apply)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Set(elements) | Value::List(elements) if elements.is_empty() => "none".to_owned(),
        Value::Set(elements) | Value::List(elements) => {
            elements.iter().map(told).collect::<Vec<_>>().join(", ")
        }
        Value::Object(attributes) => {
            let set = attributes.iter().filter(|(_, value)| !value.is_null());
            let all: Vec<String> =
                set.map(|(name, value)| format!("{name} = {}", told(value))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        Value::Dynamic(inner) => told(&inner.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Resource, boolean, object, objects, string, strings};

    static SETTING: Resource = Resource {
        name: "setting",
        path: "/setting",
        attributes: &[
            string("mode", "").optional_computed(),
            string("note", ""),
            string("secret", "").write_only().sensitive(),
            object("inner", "").of(&[boolean("on", "").optional_computed()]).optional_computed(),
            strings("names", "").optional_computed(),
            objects("targets", "").of(&[string("id", ""), string("kind", "")]),
            objects("keys", "").of(&[string("name", ""), string("key", "").sensitive()]),
        ],
        ..Resource::SINGLETON
    };

    #[track_caller]
    fn check(found: Value, planned: Value, expected: Option<(&str, &[&str])>) {
        let told = changes(&Model::new(&SETTING), "It", &found, &planned);
        let told = told.map(|one| (one.summary, one.detail));
        let lines = told.as_ref().map(|(summary, detail)| {
            (summary.as_str(), detail.lines().skip(1).collect::<Vec<_>>())
        });
        assert_eq!(lines, expected.map(|(summary, lines)| (summary, lines.to_vec())));
    }

    #[test]
    fn what_is_configured_and_was_otherwise_is_listed() {
        let target =
            |id: &str| Value::set([Value::from([("id", id.into()), ("kind", Value::Null)])]);
        let found = || {
            Value::from([
                ("mode", "a".into()),
                ("note", "n".into()),
                ("inner", Value::from([("on", true.into())])),
                ("names", Value::set([])),
                ("targets", target("g")),
            ])
        };
        check(found(), found(), None);
        let left = Value::from([
            ("mode", Value::UNKNOWN),
            ("note", "n".into()),
            ("secret", "s".into()),
            ("inner", Value::from([("on", Value::Null)])),
            ("targets", target("g")),
        ]);
        check(found(), left, None);
        let other = Value::from([
            ("mode", "b".into()),
            ("note", Value::Null),
            ("inner", Value::from([("on", false.into())])),
            ("names", Value::set(["x".into()])),
            ("targets", target("h")),
            ("keys", Value::set([Value::from([("name", "n".into()), ("key", "k".into())])])),
        ]);
        let lines: &[&str] = &[
            "  mode: a -> b",
            "  note: n -> not set",
            "  inner.on: true -> false",
            "  names: none -> x",
            "  targets: { id = g } -> { id = h }",
        ];
        check(found(), other, Some(("It: 5 settings change", lines)));
    }
}
