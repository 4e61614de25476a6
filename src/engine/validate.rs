//! What a configuration must satisfy before anything is planned. Unknown values pass.

use ipnet::IpNet;
use jiff::{Span, Timestamp};
use regex_lite::Regex;

use crate::declare::{Attribute, Check, Form, Keeps, Kind, Mode, Rule};
use crate::engine::{Model, equal, names, plan, schedule};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// Checks a resource's configuration. `write_only` is whether this Terraform keeps write-only
/// values out of plan and state (1.11 and later).
pub fn resource(model: &Model, config: &Value, write_only: bool) -> Diagnostics {
    let mut found = Diagnostics::new();
    attributes(&model.attributes, config, &Path::root(), write_only, &mut found);
    let of_kind = if model.resource.keeps == Keeps::Request { schedule::RULES } else { &[] };
    for rule in model.resource.rules.iter().chain(of_kind) {
        check_rule(rule, config, &mut found);
    }
    // Hooks see what the plan will be, defaults included; they are asked again at plan.
    if let (Some(judge), false) = (model.resource.judge, found.has_errors()) {
        let planned = plan::plan(model, &Value::Null, config).planned;
        found
            .extend(judge(&planned).into_iter().map(plan::diagnostic).filter(Diagnostic::is_error));
    }
    found
}

/// Checks each attribute of a configuration.
pub fn attributes(
    attributes: &[Attribute],
    config: &Value,
    path: &Path,
    write_only: bool,
    found: &mut Diagnostics,
) {
    for attribute in attributes {
        let value = config.get(attribute.name);
        if value.is_null() {
            continue;
        }
        let path = path.at(attribute.name);
        if attribute.mode == Mode::Computed {
            found.push(told_only(attribute).at(path));
            continue;
        }
        if value.is_unknown() {
            continue;
        }
        if attribute.write_only && !write_only {
            found.push(needs_write_only(attribute).at(path.clone()));
        }
        match (&attribute.kind, value) {
            (Kind::Object(nested) | Kind::Variant(_, nested), value) => {
                self::attributes(nested, value, &path, write_only, found);
            }
            (Kind::Map(nested), Value::Object(elements)) => {
                for (key, element) in elements {
                    self::attributes(nested, element, &path.key(key), write_only, found);
                }
            }
            (Kind::Objects(nested), Value::Set(elements)) => {
                // The protocol has no step into a set: what is wrong inside is said of the set.
                let mut inside = Diagnostics::new();
                for element in elements {
                    self::attributes(nested, element, &Path::root(), write_only, &mut inside);
                }
                found.extend(inside.into_iter().map(|diagnostic| diagnostic.at(path.clone())));
            }
            (Kind::Named, Value::Object(texts)) => {
                for (name, _) in texts.iter().filter(|(_, text)| text.is_null()) {
                    let summary = format!("{name} has no value");
                    let detail = "Leave it out, or set it to an empty text.";
                    found.push(Diagnostic::error(summary, detail).at(path.key(name)));
                }
            }
            (_, Value::Set(elements)) => {
                for element in elements {
                    one(attribute, element, &path, found);
                }
            }
            (_, value) => one(attribute, value, &path, found),
        }
        for check in attribute.checks {
            if let Some(wrong) = violates(check, value) {
                let summary = format!("{} {wrong}", attribute.name);
                found.push(Diagnostic::error(summary, format!("{path} {wrong}.")).at(path.clone()));
            }
        }
    }
}

/// Terraform leaves it to providers to refuse this, and would wait for Graph to say what is configured.
fn told_only(attribute: &Attribute) -> Diagnostic {
    Diagnostic::error(
        format!("{} cannot be set", attribute.name),
        format!("Graph decides {}, and this provider only tells it. Remove it.", attribute.name),
    )
}

fn needs_write_only(attribute: &Attribute) -> Diagnostic {
    Diagnostic::error(
        format!("{} needs Terraform 1.11 or later", attribute.name),
        format!(
            "{} is a secret, which this provider never keeps in plan or state. Write-only attributes \
             came with Terraform 1.11 and OpenTofu 1.11; update, or leave the attribute out.",
            attribute.name
        ),
    )
}

/// Form and documented members of one text.
fn one(attribute: &Attribute, value: &Value, path: &Path, found: &mut Diagnostics) {
    let Some(text) = value.as_str() else { return };
    if let Some(expected) = malformed(attribute, text) {
        let summary = format!("{} is not {expected}", attribute.name);
        let detail = format!("{path} has {text:?}, which is not {expected}.");
        found.push(Diagnostic::error(summary, detail).at(path.clone()));
    }
    let known = attribute.one_of;
    let in_words = matches!(attribute.kind, Kind::Text(Form::Words) | Kind::Texts(Form::Words));
    let mut members = if in_words { equal::words(text).collect() } else { vec![text] }.into_iter();
    let is_id = matches!(attribute.kind, Kind::Text(Form::Id) | Kind::Texts(Form::Id));
    let form = if is_id { Form::Id } else { Form::Plain };
    let is_known = |member: &str| known.iter().any(|known| equal::same_text(form, known, member));
    let Some(text) = members.find(|member| !known.is_empty() && !is_known(member)) else {
        return;
    };
    let hint = match names::nearest(text, known.iter().copied()) {
        Some(near) => format!("Did you mean {near:?}?"),
        None => format!("Known are {}.", known.join(", ")),
    };
    let summary = format!("{text:?} is not a value of {} that this provider knows", attribute.name);
    let detail = format!(
        "{path} is sent to Graph as it is, since Graph may know newer values than this provider. {hint}"
    );
    found.push(Diagnostic::warning(summary, detail).at(path.clone()));
}

/// What a text should be and is not.
fn malformed(attribute: &Attribute, text: &str) -> Option<&'static str> {
    let form = match attribute.kind {
        Kind::Text(form) | Kind::Texts(form) => form,
        Kind::Link | Kind::Links => Form::Id,
        _ => return None,
    };
    let (well_formed, expected) = match form {
        Form::Plain | Form::IdOrKeyword | Form::CaseInsensitive | Form::Words => return None,
        Form::Id => (uuid::Uuid::try_parse(text).is_ok(), "an object id (a GUID)"),
        Form::Instant => {
            (text.parse::<Timestamp>().is_ok(), "a point in time such as 2026-01-31T08:00:00Z")
        }
        Form::Duration => {
            (text.parse::<Span>().is_ok(), "an ISO 8601 duration such as PT8H or P90D")
        }
        Form::Cidr => (
            text.parse::<IpNet>().is_ok(),
            "a range of addresses such as 203.0.113.0/24 or 2001:db8::/32",
        ),
    };
    (!well_formed).then_some(expected)
}

/// What is wrong with a value, as the end of a sentence that begins with its name.
fn violates(check: &Check, value: &Value) -> Option<String> {
    match (check, value) {
        (Check::Range(from, to), Value::Number(number)) => {
            let inside = number.as_i64().is_some_and(|number| (*from..=*to).contains(&number));
            (!inside).then(|| format!("must be a whole number from {from} to {to}, not {number}"))
        }
        (Check::Length(least, most), Value::String(text)) => {
            let length = text.chars().count();
            let inside = (*least..=*most).contains(&length);
            (!inside).then(|| format!("must have {least} to {most} characters, not {length}"))
        }
        (Check::Count(least, most), Value::Set(elements)) => {
            let inside = (*least..=*most).contains(&elements.len());
            (!inside)
                .then(|| format!("must have {least} to {most} elements, not {}", elements.len()))
        }
        (Check::Pattern(pattern, says), Value::String(text)) => mismatch(pattern, says, text),
        (Check::Pattern(pattern, says), Value::Set(elements)) => {
            elements.iter().filter_map(Value::as_str).find_map(|text| mismatch(pattern, says, text))
        }
        _ => None,
    }
}

fn mismatch(pattern: &str, says: &str, text: &str) -> Option<String> {
    // Patterns are constants of the catalogue, whose test compiles each of them.
    let matches = Regex::new(pattern).is_ok_and(|regex| regex.is_match(text));
    (!matches).then(|| format!("must be {says}, not {text:?}"))
}

fn check_rule(rule: &Rule, config: &Value, found: &mut Diagnostics) {
    let Some((summary, detail, at)) = broken(rule, config) else { return };
    let path = at.split('.').fold(Path::root(), |path, name| path.at(name));
    found.push(Diagnostic::error(summary, detail).at(path));
}

/// What is wrong: the summary, the detail and the attribute to show.
fn broken(rule: &Rule, config: &Value) -> Option<(String, String, &'static str)> {
    // Which of several shapes an object has is said by writing one, be it empty.
    let is_choice = matches!(rule, Rule::ExactlyOneOf(_));
    let set = |names: &[&'static str]| -> Vec<&'static str> {
        let is_set = |value: &Value| is_set(value) || is_choice && value.as_object().is_some();
        names.iter().copied().filter(|name| is_set(at(config, name))).collect()
    };
    let undecided = |names: &[&str]| names.iter().any(|name| at(config, name).is_unknown());
    match rule {
        Rule::ExactlyOneOf(names) | Rule::AtLeastOneOf(names)
            if set(names).is_empty() && !undecided(names) =>
        {
            let names_text = names.join(", ");
            let how =
                if matches!(rule, Rule::ExactlyOneOf(_)) { "Exactly one" } else { "At least one" };
            Some((
                format!("One of {names_text} is missing"),
                format!("{how} of {names_text} must be set."),
                parent(names[0]),
            ))
        }
        Rule::ExactlyOneOf(names) | Rule::AtMostOneOf(names) if set(names).len() > 1 => {
            let set = set(names);
            Some((
                format!("{} do not go together", set.join(" and ")),
                format!("At most one of {} can be set.", names.join(", ")),
                set[1],
            ))
        }
        Rule::Together(names) if !undecided(names) => {
            let set = set(names);
            let missing = names.iter().find(|name| !set.contains(name))?;
            (!set.is_empty()).then(|| {
                (
                    format!("{missing} is missing"),
                    format!("{} are set together or not at all.", names.join(" and ")),
                    set[0],
                )
            })
        }
        Rule::Needs(name, values, needed) if has(at(config, name), values) => {
            let missing = needed
                .iter()
                .find(|needed| !is_set(at(config, needed)) && !at(config, needed).is_unknown())?;
            Some((
                format!("{missing} is missing"),
                format!("{missing} must be set where {name} is {}.", values.join(" or ")),
                name,
            ))
        }
        Rule::Excludes(name, values, excluded) if has(at(config, name), values) => {
            let extra = excluded.iter().find(|excluded| is_set(at(config, excluded)))?;
            Some((
                format!("{extra} does not go with {name}"),
                format!("{extra} cannot be set where {name} is {}.", values.join(" or ")),
                extra,
            ))
        }
        _ => None,
    }
}

/// The value at a dotted path.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .fold(value, |value, name| if value.is_unknown() { value } else { value.get(name) })
}

fn parent(path: &'static str) -> &'static str {
    path.rsplit_once('.').map_or(path, |(parent, _)| parent)
}

fn is_set(value: &Value) -> bool {
    !value.is_unknown() && !equal::is_empty(value)
}

/// Whether a value is, or a set has, one of `values`; `true` and `false` are written as text.
fn has(value: &Value, values: &[&str]) -> bool {
    match value {
        Value::String(text) => values.contains(&text.as_str()),
        Value::Bool(truth) => values.contains(&if *truth { "true" } else { "false" }),
        Value::Set(elements) => elements.iter().any(|element| has(element, values)),
        _ => false,
    }
}
