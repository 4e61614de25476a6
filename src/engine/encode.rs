//! Values as Graph's JSON.

use serde_json::{Map, Value as Json};

use crate::declare::{Attribute, Keeps, Kind, Literal, Mode};
use crate::engine::{Model, equal, names};
use crate::terraform::Value;

/// The body of a create: everything that is set. Write-only values come from the configuration,
/// where alone they are.
pub fn body(model: &Model, planned: &Value, config: &Value) -> Map<String, Json> {
    let mut body = Map::new();
    for attribute in &model.attributes {
        if model.in_path(attribute) {
            continue;
        }
        let value = if attribute.write_only { config } else { planned }.get(attribute.name);
        put(&mut body, attribute, value);
    }
    body
}

/// Puts one attribute where Graph has it; null, unknown and what is not sent are left out.
fn put(body: &mut Map<String, Json>, attribute: &Attribute, value: &Value) {
    let later = attribute.contained.is_some_and(|how| !how.with_create);
    // The parameters of an action are no property.
    let fleeting = attribute.action.is_some() && attribute.not_returned;
    if later || fleeting || !is_sent(attribute) || value.is_null() || value.is_unknown() {
        return;
    }
    if let Kind::Variant(odata, attributes) = attribute.kind {
        body.insert("@odata.type".into(), odata_type(odata));
        for nested in attributes {
            put(body, nested, value.get(nested.name));
        }
        return;
    }
    let (property, inner) = names::location(attribute);
    let json = json(attribute, value);
    if json.is_null() {
        return;
    }
    match inner {
        None => {
            body.insert(property, json);
        }
        Some(inner) => {
            let outer = body.entry(property).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(outer) = outer {
                outer.insert(inner, json);
            }
        }
    }
}

/// Whether an attribute travels in a body at all.
pub fn is_sent(attribute: &Attribute) -> bool {
    !attribute.local
        && attribute.mode != Mode::Computed
        && attribute.stream.is_none()
        && attribute.switch.is_none()
        && attribute.place.is_none()
        && !matches!(attribute.kind, Kind::Link | Kind::Links)
}

/// A value as JSON; nulls and unknowns inside objects are left out.
pub fn json(attribute: &Attribute, value: &Value) -> Json {
    complete(attribute, value, &Value::Null)
}

/// A value as JSON that also clears what `prior` had and `value` has not: a complex value replaces
/// the one before as a whole in some services and is merged into it in others, and this says the
/// same in both.
pub fn complete(attribute: &Attribute, value: &Value, prior: &Value) -> Json {
    let json = match (&attribute.kind, value) {
        (_, Value::Null | Value::Unknown(_)) => nothing(&attribute.kind),
        // No flag at all is no value: an empty text is no member of the enumeration.
        (Kind::Flags, Value::Set(members)) if members.is_empty() => Json::Null,
        (Kind::Flags, Value::Set(members)) => {
            let mut members: Vec<_> = members.iter().filter_map(Value::as_str).collect();
            members.sort_unstable_by_key(|member| rank(attribute, member));
            Json::from(members.join(","))
        }
        (Kind::Object(attributes) | Kind::Variant(_, attributes), value) => {
            object(attributes, value, prior, attribute.merged)
        }
        (Kind::Objects(_), Value::Set(elements)) => elements
            .iter()
            .map(|one| element(attribute, one, &Value::Null))
            .collect::<Vec<_>>()
            .into(),
        (Kind::Map(attributes), Value::Object(elements)) => {
            let element = |(key, value): (&String, &Value)| {
                (key.clone(), object(attributes, value, prior.get(key), attribute.merged))
            };
            Json::Object(elements.iter().map(element).collect())
        }
        (_, value) => plain(value),
    };
    match attribute.via {
        Some(codec) if !json.is_null() => (codec.encode)(json),
        _ => json,
    }
}

/// One element of a set of objects, its type included where the set holds one of several; it clears
/// what `prior` had, as [`complete`].
pub fn element(attribute: &Attribute, value: &Value, prior: &Value) -> Json {
    let Kind::Objects(attributes) = attribute.kind else { return Json::Null };
    let mut json = object(attributes, value, prior, attribute.merged);
    let odata = attribute.contained.and_then(|how| how.odata);
    if let (Some(odata), Json::Object(properties)) = (odata, &mut json) {
        properties.insert("@odata.type".into(), odata_type(odata));
    }
    json
}

/// What clears a property: null, or an empty collection, which is never null in Graph.
pub fn nothing(kind: &Kind) -> Json {
    match kind {
        Kind::Texts(_) | Kind::Objects(_) | Kind::Links => Json::Array(Vec::new()),
        _ => Json::Null,
    }
}

/// `#microsoft.graph.X`
pub fn odata_type(name: &str) -> Json {
    Json::from(format!("#microsoft.graph.{name}"))
}

/// A default from a declaration as a value.
pub fn literal(literal: Literal) -> Value {
    match literal {
        Literal::Bool(truth) => Value::Bool(truth),
        Literal::Int(integer) => integer.into(),
        Literal::Str(text) => text.into(),
        Literal::Strs(texts) => Value::set(texts.iter().map(|text| Value::from(*text))),
    }
}

/// A default from a declaration as JSON.
pub fn literal_json(value: Literal) -> Json {
    plain(&literal(value))
}

/// The body of a fixed call: the properties that it names, from the object's own.
pub fn only(all: &Map<String, Json>, properties: &[&str]) -> Map<String, Json> {
    let named =
        properties.iter().filter_map(|name| Some(((*name).to_owned(), all.get(*name)?.clone())));
    named.collect()
}

/// Whether creating this kind takes a body made of the attributes.
pub fn has_body(keeps: Keeps) -> bool {
    !matches!(keeps, Keeps::Reference)
}

fn object(attributes: &[Attribute], value: &Value, prior: &Value, merged: bool) -> Json {
    let mut object = Map::new();
    for attribute in attributes.iter().filter(|attribute| is_sent(attribute)) {
        let (now, before) = (value.get(attribute.name), prior.get(attribute.name));
        let cleared = now.is_null() && !before.is_null();
        let stays = merged && equal::same(attribute, now, before);
        if now.is_unknown() || (now.is_null() && !cleared) || stays {
            continue;
        }
        let (property, _) = names::location(attribute);
        object.insert(property, complete(attribute, now, before));
    }
    Json::Object(object)
}

/// Flags are written in the order of the documentation, as Graph answers them.
fn rank(attribute: &Attribute, member: &str) -> usize {
    attribute.one_of.iter().position(|known| *known == member).unwrap_or(usize::MAX)
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => integer.into(),
            (None, Some(float)) => float.into(),
            (None, None) => Json::Null,
        },
        Value::String(text) => text.as_str().into(),
        Value::Set(elements) | Value::List(elements) => {
            elements.iter().map(plain).collect::<Vec<_>>().into()
        }
        Value::Object(attributes) => attributes
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Dynamic(inner) => plain(&inner.1),
        Value::Null | Value::Unknown(_) => Json::Null,
    }
}
