//! When two values say the same. Equality belongs to the type, never to a user's switch.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{Span, SpanRelativeTo, Timestamp};

use crate::declare::{Attribute, Form, Kind};
use crate::engine::encode;
use crate::terraform::Value;

/// Whether `a` and `b` say the same to Graph.
pub fn same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    if a.is_unknown() || b.is_unknown() {
        return a == b;
    }
    if is_empty(a) || is_empty(b) {
        return is_empty(a) && is_empty(b)
            || is_default(attribute, a, b)
            || says_same(attribute, a, b);
    }
    let equal = match (&attribute.kind, a, b) {
        (Kind::Text(form), Value::String(a), Value::String(b)) => same_text(*form, a, b),
        (Kind::Link, Value::String(a), Value::String(b)) => same_text(Form::Id, a, b),
        (Kind::Texts(form), Value::Set(a), Value::Set(b)) => same_texts(*form, a, b),
        (Kind::Links, Value::Set(a), Value::Set(b)) => same_texts(Form::Id, a, b),
        (
            Kind::Object(attributes) | Kind::Variant(_, attributes),
            Value::Object(_),
            Value::Object(_),
        ) => same_object(attributes, a, b),
        (Kind::Map(attributes), Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, one)| {
                    b.get(key).is_some_and(|other| same_object(attributes, one, other))
                })
        }
        (Kind::Objects(attributes), Value::Set(a), Value::Set(b)) => {
            a.len() == b.len()
                && a.iter().all(|one| b.iter().any(|other| same_object(attributes, one, other)))
        }
        _ => a == b,
    };
    equal || says_same(attribute, a, b)
}

/// Whether one is nothing and the other what holds where nothing is set.
fn is_default(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    let Some(default) = attribute.default.map(encode::literal) else { return false };
    (a.is_null() && *b == default) || (b.is_null() && *a == default)
}

/// Whether two objects say the same, attribute by attribute.
pub fn same_object(attributes: &[Attribute], a: &Value, b: &Value) -> bool {
    attributes.iter().all(|attribute| same(attribute, a.get(attribute.name), b.get(attribute.name)))
}

/// The declaration's own equality, over JSON.
fn says_same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    let Some(same) = attribute.same else { return false };
    a.is_wholly_known()
        && b.is_wholly_known()
        && same(&encode::json(attribute, a), &encode::json(attribute, b))
}

/// Whether a value is nothing: null, an empty set, or an object of nothings. Graph does not tell
/// them apart, and answers now with the one and now with the other.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Set(elements) | Value::List(elements) => elements.is_empty(),
        Value::Object(attributes) => attributes.values().all(is_empty),
        _ => false,
    }
}

/// Whether two texts are written differently and say the same.
pub fn same_text(form: Form, a: &str, b: &str) -> bool {
    a == b
        || match form {
            Form::Plain => false,
            Form::Id | Form::IdOrKeyword | Form::CaseInsensitive => {
                a.len() == b.len() && canonical(form, a) == canonical(form, b)
            }
            Form::Instant | Form::Duration | Form::Cidr | Form::Words => {
                canonical(form, a) == canonical(form, b)
            }
        }
}

fn same_texts(form: Form, a: &[Value], b: &[Value]) -> bool {
    let texts = |set: &[Value]| -> Vec<String> {
        let mut texts: Vec<_> =
            set.iter().filter_map(Value::as_str).map(|text| canonical(form, text)).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    a.len() == b.len() && texts(a) == texts(b)
}

/// One spelling for all texts that say the same; a text that is not of the form is itself.
pub fn canonical(form: Form, text: &str) -> String {
    let spelled = match form {
        Form::Plain => None,
        Form::Id | Form::IdOrKeyword | Form::CaseInsensitive => Some(text.to_lowercase()),
        Form::Instant => text.parse::<Timestamp>().ok().map(|instant| instant.to_string()),
        Form::Duration => seconds(text).map(|seconds| format!("{seconds} s")),
        Form::Cidr => network(text).map(|network| network.to_string()),
        Form::Words => {
            let mut words: Vec<&str> = words(text).collect();
            words.sort_unstable();
            Some(words.join(","))
        }
    };
    spelled.unwrap_or_else(|| text.to_owned())
}

/// The members that a text of [`Form::Words`] names.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// A duration in seconds, a day being 24 hours and a month 30 days, as Graph counts in policies.
pub fn seconds(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30;
    let rest = span.years(0).months(0);
    let rest = rest.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(days * 86_400 + rest.as_secs())
}

/// A network by its address and length; a bare address is a network of one.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.ok().map(|network| network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Literal, boolean, object, string, strings};

    #[track_caller]
    fn check(form: Form, a: &str, b: &str, expected: bool) {
        assert_eq!(same_text(form, a, b), expected, "{a} and {b}");
    }

    #[test]
    fn equality_belongs_to_the_form() {
        check(Form::Plain, "A", "a", false);
        check(Form::Id, "9B895D92-2CD3", "9b895d92-2cd3", true);
        check(Form::IdOrKeyword, "All", "all", true);
        check(Form::Instant, "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", true);
        check(Form::Instant, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0000000Z", true);
        check(Form::Duration, "PT24H", "P1D", true);
        check(Form::Duration, "PT1H", "PT90M", false);
        check(Form::Cidr, "2001:DB8::/32", "2001:db8:0::/32", true);
        check(Form::Cidr, "203.0.113.0/24", "203.0.113.0/25", false);
        check(Form::Words, "password, sms", "sms,password", true);
        check(Form::Words, "password,sms", "password", false);
    }

    #[test]
    fn nothing_is_nothing() {
        let object_of_nothing = Value::from([("a", Value::Null), ("b", Value::set([]))]);
        assert!(is_empty(&object_of_nothing));
        let attribute = object("x", "").of(const { &[strings("b", "")] });
        assert!(same(&attribute, &object_of_nothing, &Value::Null));
        assert!(!same(&boolean("x", ""), &Value::Bool(false), &Value::Null));
    }

    #[test]
    fn nothing_is_what_holds_where_nothing_is_set() {
        let attribute = boolean("x", "").or(Literal::Bool(false));
        assert!(same(&attribute, &Value::Null, &Value::Bool(false)));
        assert!(!same(&attribute, &Value::Null, &Value::Bool(true)));
    }

    #[test]
    fn unknown_is_only_itself() {
        assert!(!same(&string("x", ""), &Value::UNKNOWN, &"a".into()));
    }

    #[test]
    fn sets_compare_by_the_form_of_their_elements() {
        let attribute = strings("x", "").form(Form::Id);
        let set = |texts: &[&str]| Value::set(texts.iter().map(|text| Value::from(*text)));
        assert!(same(&attribute, &set(&["AB", "cd"]), &set(&["CD", "ab"])));
        assert!(!same(&attribute, &set(&["AB", "cd"]), &set(&["ab", "ef"])));
    }
}
