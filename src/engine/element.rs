//! An element of a property of another object: where it is found, and what changes it.

use serde_json::{Map, Value as Json, json};

use super::{Model, Request, Verb, encode, equal, names};
use crate::declare::{Element, Form};
use crate::terraform::Value;

/// The request for the object that has the property.
pub fn read(model: &Model, state: &Value) -> Request {
    let (object, property) = place(model, state);
    Request::new(Verb::Get, object).with_query("$select", format!("id,{property}"))
}

/// The element that a state is about, of the object that has the property; `None` where it has none.
pub fn pick(model: &Model, element: &Element, state: &Value, object: &Json) -> Option<Json> {
    let property = model.resource.path.rsplit('/').next().unwrap_or_default();
    let (key, wanted) = (key(model, element), state.get(element.key).as_str()?);
    let is_it = |one: &&Json| {
        let found = one[key.as_str()].as_str();
        found.is_some_and(|found| equal::same_text(Form::Id, found, wanted))
    };
    object[property].as_array()?.iter().filter(|one| (element.counts)(one)).find(is_it).cloned()
}

/// The request that adds it, or has it say what is planned where it is there.
pub fn put(model: &Model, element: &Element, planned: &Value) -> Request {
    let mut body = Map::new();
    let sent = |attribute: &&crate::declare::Attribute| {
        encode::is_sent(attribute) && !model.in_path(attribute)
    };
    for attribute in model.attributes.iter().filter(sent).filter(|one| one.name != "id") {
        let json = encode::json(attribute, planned.get(attribute.name));
        body.insert(names::location(attribute).0, json);
    }
    call(model, element, planned, json!([body]), json!([]))
}

/// The request that removes it.
pub fn remove(model: &Model, element: &Element, state: &Value) -> Request {
    call(model, element, state, json!([]), json!([state.get(element.key).as_str()]))
}

/// Graph wants both parameters, whatever is in them.
fn call(model: &Model, element: &Element, state: &Value, adds: Json, removes: Json) -> Request {
    let (object, _) = place(model, state);
    let body = json!({ element.adds: adds, element.removes: removes });
    Request::new(Verb::Post, format!("{object}/{}", element.action)).with_body(body).repeatable()
}

/// The path of the object, and the property.
fn place(model: &Model, state: &Value) -> (String, &'static str) {
    let (object, property) = model.resource.path.rsplit_once('/').unwrap_or_default();
    let path = names::fill(object, |name| state.get(name).as_str().unwrap_or_default().to_owned());
    (path, property)
}

/// The property of an element that tells it from the others.
fn key(model: &Model, element: &Element) -> String {
    let attribute = model.attribute(element.key);
    attribute.map(|attribute| names::location(attribute).0).unwrap_or_default()
}
