//! Values made up from what a declaration says of them: type, form, documented members and checks.

use m365::declare::{Attribute, Check, Form, Kind, Mode};
use m365::engine::equal;
use m365::terraform::{Object, Value};

/// Ids of objects that exist, for what refers to others.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// Of objects that can be members, owners, managers.
    pub(crate) ids: Vec<String>,
}

/// An attribute and those that it is in, from the root.
pub(crate) type Place = Vec<Attribute>;

/// Every attribute that can be configured, those in nested objects too. What is in a set of objects
/// has no place of its own.
pub(crate) fn places(attributes: &[Attribute]) -> Vec<Place> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.mode != Mode::Computed) {
        found.push(vec![*attribute]);
        if let Kind::Object(nested) | Kind::Variant(_, nested) = attribute.kind {
            let nested = places(nested);
            found.extend(nested.into_iter().map(|place| [vec![*attribute], place].concat()));
        }
    }
    found
}

/// The dotted name of a place.
pub(crate) fn name(place: &Place) -> String {
    place.iter().map(|attribute| attribute.name).collect::<Vec<_>>().join(".")
}

/// The value at a place.
pub(crate) fn at<'a>(root: &'a Value, place: &Place) -> &'a Value {
    place.iter().fold(root, |value, attribute| value.get(attribute.name))
}

/// `root` with another value at `place`; an object that is not there yet comes with what it
/// requires.
pub(crate) fn set(root: &Value, place: &[Attribute], value: Value, world: &World) -> Value {
    let Some((first, rest)) = place.split_first() else { return value };
    let mut object = root.as_object().cloned().unwrap_or_default();
    let inner = match (object.get(first.name), &first.kind) {
        (None | Some(Value::Null), Kind::Object(nested) | Kind::Variant(_, nested))
            if !rest.is_empty() =>
        {
            least(nested, world)
        }
        (before, _) => before.cloned().unwrap_or_default(),
    };
    object.insert(first.name.to_owned(), set(&inner, rest, value, world));
    Value::Object(object)
}

/// An object with what it requires, and nothing more.
fn least(attributes: &[Attribute], world: &World) -> Value {
    let object = attributes.iter().map(|attribute| {
        let value = match attribute.mode {
            Mode::Required => others(attribute, &Value::Null, world).into_iter().next(),
            _ => None,
        };
        (attribute.name.to_owned(), value.unwrap_or_default())
    });
    Value::Object(object.collect::<Object>())
}

/// Values that an attribute could have in place of `now`, the likeliest to make sense first.
pub(crate) fn others(attribute: &Attribute, now: &Value, world: &World) -> Vec<Value> {
    let mut found = match attribute.kind {
        Kind::Boolean => vec![Value::Bool(true), Value::Bool(false)],
        Kind::Integer => {
            let now = now.as_number().and_then(|number| number.as_i64()).unwrap_or(1);
            vec![(now + 1).into(), (now - 1).into(), 1.into()]
        }
        Kind::Text(form) => texts(attribute, form, now, world),
        Kind::Texts(form) => sets(texts(attribute, form, &Value::Null, world), now),
        Kind::Flags => sets(texts(attribute, Form::Plain, &Value::Null, world), now),
        Kind::Link => texts(attribute, Form::Id, now, world),
        Kind::Links => sets(texts(attribute, Form::Id, &Value::Null, world), now),
        Kind::Object(nested) | Kind::Variant(_, nested) if now.is_null() => {
            vec![least(nested, world)]
        }
        Kind::Object(nested) | Kind::Variant(_, nested) => inside(nested, now, world),
        // Names are those of something that is there, as below.
        Kind::Named => {
            let texts = now.as_object().into_iter().flatten();
            let changed = texts.flat_map(|(name, text)| {
                let others = match text.as_str() {
                    Some("true") => vec!["false".into()],
                    Some("false") => vec!["true".into()],
                    _ => texts_of(Form::Plain, text, world),
                };
                others.into_iter().take(3).map(|other: Value| {
                    let mut texts = now.as_object().cloned().unwrap_or_default();
                    texts.insert(name.clone(), other);
                    Value::Object(texts)
                })
            });
            changed.collect()
        }
        // Names are those of something that is there: only what is named already changes.
        Kind::Map(nested) => {
            let elements = now.as_object().into_iter().flatten();
            let changed = elements.flat_map(|(key, element)| {
                inside(nested, element, world).into_iter().map(|other| {
                    let mut elements = now.as_object().cloned().unwrap_or_default();
                    elements.insert(key.clone(), other);
                    Value::Object(elements)
                })
            });
            changed.collect()
        }
        Kind::Objects(nested) => {
            let first = now.as_elements().and_then(|elements| elements.first());
            match first {
                Some(first) => {
                    let rest = &now.as_elements().unwrap_or_default()[1..];
                    let changed = inside(nested, first, world).into_iter();
                    changed.map(|one| Value::set([vec![one], rest.to_vec()].concat())).collect()
                }
                None => vec![Value::set([least(nested, world)])],
            }
        }
    };
    found.retain(|value| {
        !equal::same(attribute, value, now) && attribute.checks.iter().all(|c| passes(c, value))
    });
    found
}

/// An object with one of its attributes changed, in turn.
fn inside(attributes: &[Attribute], now: &Value, world: &World) -> Vec<Value> {
    let changeable = attributes
        .iter()
        .filter(|attribute| attribute.mode != Mode::Computed && attribute.one_way.is_none());
    let changed = changeable.flat_map(|attribute| {
        let others = others(attribute, now.get(attribute.name), world).into_iter().take(3);
        others.map(|value| set(now, std::slice::from_ref(attribute), value, world))
    });
    changed.collect()
}

/// Texts that are of the form, documented, or like the one that is there.
fn texts(attribute: &Attribute, form: Form, now: &Value, world: &World) -> Vec<Value> {
    if !attribute.one_of.is_empty() {
        return attribute.one_of.iter().map(|member| Value::from(*member)).collect();
    }
    texts_of(form, now, world)
}

fn texts_of(form: Form, now: &Value, world: &World) -> Vec<Value> {
    let now = now.as_str().unwrap_or_default();
    let made: Vec<String> = match form {
        Form::Id | Form::IdOrKeyword => world.ids.clone(),
        Form::Instant => vec!["2030-01-02T03:04:05Z".into()],
        Form::Duration => vec!["PT5H".into(), "P30D".into()],
        Form::Cidr => vec!["198.51.100.0/24".into(), "2001:db8:200::/40".into()],
        Form::Plain | Form::CaseInsensitive | Form::Words => {
            let another_end = {
                let mut text: String = now.to_owned();
                let last = text.pop().unwrap_or('W');
                let next = char::from_u32(u32::from(last) + 1).filter(char::is_ascii_alphanumeric);
                text + &next.unwrap_or('a').to_string()
            };
            let shorter = now.get(..now.len() / 2).unwrap_or_default().to_owned();
            let mut made = vec![another_end, format!("x{now}"), shorter];
            made.retain(|text| text.len() > 1);
            made.extend(
                ["Changed", "NL", "BE", "c7", "x@contoso.com", "1", "30m"].map(str::to_owned),
            );
            made
        }
    };
    made.into_iter().filter(|text| text != now && !text.is_empty()).map(Value::from).collect()
}

/// Sets that have one element more, other elements, or one element less.
fn sets(elements: Vec<Value>, now: &Value) -> Vec<Value> {
    let now = now.as_elements().unwrap_or_default();
    let new: Vec<&Value> = elements.iter().filter(|element| !now.contains(element)).collect();
    let more = new.iter().map(|one| Value::set([now.to_vec(), vec![(*one).clone()]].concat()));
    let other = new.iter().map(|one| Value::set([(*one).clone()]));
    let less = now.split_last().filter(|(_, rest)| !rest.is_empty());
    more.chain(other).chain(less.map(|(_, rest)| Value::set(rest.to_vec()))).collect()
}

fn passes(check: &Check, value: &Value) -> bool {
    let matches = |pattern: &str, text: &str| {
        regex_lite::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
    };
    match (check, value) {
        (Check::Range(from, to), Value::Number(number)) => {
            number.as_i64().is_some_and(|number| (*from..=*to).contains(&number))
        }
        (Check::Length(least, most), Value::String(text)) => {
            (*least..=*most).contains(&text.chars().count())
        }
        (Check::Count(least, most), Value::Set(elements)) => {
            (*least..=*most).contains(&elements.len())
        }
        (Check::Pattern(pattern, _), Value::String(text)) => matches(pattern, text),
        (Check::Pattern(_, _), Value::Set(elements)) => {
            elements.iter().all(|element| passes(check, element))
        }
        _ => true,
    }
}
