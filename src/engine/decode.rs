//! Graph's JSON as values, in the light of what the state says already.
//!
//! A state is more than a copy of the remote object: it keeps what Graph never returns, keeps the
//! spelling that the user chose where Graph spells the same thing otherwise, and keeps null where
//! the user set nothing and Graph answers with an empty list. So decoding takes the value before
//! (the state, or the plan after a write) and answers with the value after; where both say the
//! same, the value before stays. This is what makes plans empty.

use serde_json::Value as Json;

use crate::declare::{Attribute, Keeps, Kind, Mode};
use crate::engine::{Model, encode, equal, names, stream};
use crate::terraform::{Object, Value};

/// The state of an object that Graph shows as `remote`.
pub fn state(model: &Model, remote: &Json, before: &Value) -> Value {
    let state = model.attributes.iter().map(|attribute| {
        let before = before.get(attribute.name);
        let kept = model.in_path(attribute) || made_up_id(model, attribute);
        let value = if kept {
            kept_or(before, remote, attribute)
        } else {
            decode(attribute, remote, before)
        };
        (attribute.name.to_owned(), value)
    });
    Value::Object(state.collect())
}

/// What a data source tells about an object.
pub fn told(attributes: &[Attribute], remote: &Json) -> Value {
    let told = attributes
        .iter()
        .map(|attribute| (attribute.name.to_owned(), decode(attribute, remote, &Value::Null)));
    Value::Object(told.collect::<Object>())
}

/// Only a member's id is a property of the object; other kinds are found by what they refer to.
fn made_up_id(model: &Model, attribute: &Attribute) -> bool {
    attribute.name == "id" && model.resource.keeps != Keeps::Member
}

fn kept_or(before: &Value, remote: &Json, attribute: &Attribute) -> Value {
    match before {
        Value::Null | Value::Unknown(_) => decode(attribute, remote, &Value::Null),
        known => known.clone(),
    }
}

/// One attribute of an object.
fn decode(attribute: &Attribute, object: &Json, before: &Value) -> Value {
    if attribute.write_only {
        return Value::Null;
    }
    if attribute.local {
        return match (before, attribute.default) {
            (Value::Null | Value::Unknown(_), Some(default)) => encode::literal(default),
            (Value::Unknown(_), None) => Value::Null,
            (known, _) => known.clone(),
        };
    }
    if attribute.stream.is_some() {
        return stream::state(attribute, object, before);
    }
    if let Kind::Variant(odata, attributes) = attribute.kind {
        return match encode::odata_type(odata) == object["@odata.type"] {
            true => nested(attributes, object, before),
            false => Value::Null,
        };
    }
    let (property, inner) = names::location(attribute);
    let json = match &inner {
        None => &object[property.as_str()],
        Some(inner) => &object[property.as_str()][inner.as_str()],
    };
    let apart = matches!(attribute.kind, Kind::Link | Kind::Links) || attribute.contained.is_some();
    let unread = apart && object.get(&property).is_none();
    if (attribute.not_returned && json.is_null()) || unread {
        return if before.is_unknown() { Value::Null } else { before.clone() };
    }
    value(attribute, json, before)
}

/// One value, in the light of the one before.
fn value(attribute: &Attribute, json: &Json, before: &Value) -> Value {
    let translated;
    let json = match attribute.via {
        Some(codec) if !json.is_null() => {
            translated = (codec.decode)(json.clone());
            // A name that only Graph knows, such as that of a custom role: what has another id is
            // another object, so the name is the one that it was found by.
            let own = before.as_str().map(Json::from);
            if translated.is_null() && own.is_some_and(|own| (codec.encode)(own.clone()) == own) {
                return before.clone();
            }
            &translated
        }
        _ => json,
    };
    let after = match (&attribute.kind, json) {
        (_, Json::Null) => Value::Null,
        (Kind::Flags, Json::String(text)) => {
            let members = text.split(',').map(str::trim).filter(|member| !member.is_empty());
            Value::set(members.map(Value::from))
        }
        (Kind::Object(attributes), Json::Object(_)) => nested(attributes, json, before),
        (Kind::Objects(_), Json::Array(elements)) => {
            let known = before.as_elements().unwrap_or_default();
            let own = elements.iter().filter(|element| is_of(attribute, element));
            Value::set(own.map(|json| element(attribute, json, known)))
        }
        (Kind::Map(attributes), Json::Object(elements)) => {
            let element = |(key, json): (&String, &Json)| {
                (key.clone(), nested(attributes, json, before.get(key)))
            };
            Value::Object(elements.iter().map(element).collect())
        }
        (Kind::Link, json) => json["id"].as_str().map_or(Value::Null, Value::from),
        (Kind::Links, Json::Array(elements)) => Value::set(
            elements.iter().filter_map(|element| element["id"].as_str()).map(Value::from),
        ),
        (_, json) => plain(json),
    };
    settle(attribute, after, before)
}

/// Keeps the value before where both say the same; nothing is null where nothing was there.
fn settle(attribute: &Attribute, after: Value, before: &Value) -> Value {
    if attribute.mode == Mode::Computed {
        return after;
    }
    let settled = !before.is_unknown() && equal::same(attribute, before, &after);
    if settled && !(before.is_null() && attribute.default.is_some()) {
        return before.clone();
    }
    match (&attribute.kind, equal::is_empty(&after)) {
        // Graph leaves out what is as it is where nothing is set.
        (_, true) => attribute.default.map_or(Value::Null, encode::literal),
        (Kind::Texts(_) | Kind::Links, false) => respell(attribute, after, before),
        _ => after,
    }
}

/// In a set that changed, what stayed keeps its spelling, so that the plan shows the change only.
fn respell(attribute: &Attribute, after: Value, before: &Value) -> Value {
    let form = match attribute.kind {
        Kind::Texts(form) => form,
        _ => crate::declare::Form::Id,
    };
    let (Value::Set(after), Some(before)) = (&after, before.as_elements()) else { return after };
    let spelled: std::collections::HashMap<String, &Value> = before
        .iter()
        .filter_map(|value| Some((equal::canonical(form, value.as_str()?), value)))
        .collect();
    Value::set(after.iter().map(|value| {
        let key = value.as_str().map(|text| equal::canonical(form, text));
        key.and_then(|key| spelled.get(&key).copied()).unwrap_or(value).clone()
    }))
}

fn nested(attributes: &[Attribute], json: &Json, before: &Value) -> Value {
    let object = attributes.iter().map(|attribute| {
        (attribute.name.to_owned(), decode(attribute, json, before.get(attribute.name)))
    });
    Value::Object(object.collect())
}

/// Whether an element of a collection is of the type that the attribute holds.
pub fn is_of(attribute: &Attribute, json: &Json) -> bool {
    let odata = attribute.contained.and_then(|how| how.odata);
    odata.is_none_or(|odata| json["@odata.type"] == encode::odata_type(odata))
}

/// An element of a set of objects: the known element that says the same, else as it is, in the light
/// of the known one that has the same key. What Graph does not return is no difference.
pub fn element(attribute: &Attribute, json: &Json, known: &[Value]) -> Value {
    let Kind::Objects(attributes) = attribute.kind else { return Value::Null };
    let element = nested(attributes, json, &Value::Null);
    let alike = |known: &&Value, among: &dyn Fn(&Attribute) -> bool| {
        attributes.iter().filter(|one| among(one)).all(|attribute| {
            equal::same(attribute, known.get(attribute.name), element.get(attribute.name))
        })
    };
    if let Some(same) = known.iter().find(|known| alike(known, &|one| is_told(one, json))) {
        return same.clone();
    }
    let key = attribute.contained.map_or(&[][..], |how| how.key);
    let named = known.iter().find(|known| alike(known, &|one| key.contains(&one.name)));
    match named {
        Some(before) if !key.is_empty() => nested(attributes, json, before),
        _ => element,
    }
}

/// Whether Graph tells an attribute of an element.
fn is_told(attribute: &Attribute, json: &Json) -> bool {
    let (property, _) = names::location(attribute);
    let left_out = attribute.not_returned && json[property.as_str()].is_null();
    !attribute.local && !left_out
}

/// JSON as it comes.
pub fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number.to_string().parse().map_or(Value::Null, Value::Number),
        Json::String(text) => text.as_str().into(),
        Json::Array(elements) => Value::set(elements.iter().map(plain)),
        Json::Object(object) => {
            Value::Object(object.iter().map(|(name, json)| (name.clone(), plain(json))).collect())
        }
    }
}
