//! Sets whose elements are objects of their own: what of Graph's collection has to change for it to
//! hold what is planned.

use serde_json::Value as Json;

use crate::declare::{Attribute, Contained, Kind, Method};
use crate::engine::{Model, Request, Verb, decode, encode, equal, names, patch, request};
use crate::terraform::Value;

/// The requests that bring contained collections to what is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What goes: before anything else is changed, since the object may stop allowing it.
    pub removals: Vec<Request>,
    /// What changes and what comes: after the object was changed, since it must allow it first.
    pub additions: Vec<Request>,
}

/// The attributes whose elements are objects of their own.
pub fn attributes(model: &Model) -> impl Iterator<Item = (&Attribute, &'static Contained)> {
    model.attributes.iter().filter_map(|attribute| Some((attribute, attribute.contained?)))
}

/// Whether a contained collection changes.
pub fn differ(model: &Model, prior: &Value, planned: &Value) -> bool {
    attributes(model).any(|(attribute, _)| {
        patch::changed(attribute, prior.get(attribute.name), planned.get(attribute.name))
    })
}

/// What a new object still lacks: the elements that its create did not take.
pub fn missing(model: &Model, planned: &Value) -> bool {
    attributes(model).any(|(attribute, how)| {
        !how.with_create && planned.get(attribute.name).as_elements().is_some_and(|e| !e.is_empty())
    })
}

/// What has to change of an object that Graph shows as `remote`, whose elements were `prior`.
pub fn changes(model: &Model, remote: &Json, prior: &Value, planned: &Value) -> Changes {
    let mut changes = Changes::default();
    for (attribute, how) in attributes(model) {
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        if patch::changed(attribute, before, after) {
            let path = request::object_path(model.resource, planned);
            let path = format!("{path}/{}", names::location(attribute).0);
            of_attribute(&mut changes, attribute, how, &path, remote, before, after);
        }
    }
    changes
}

fn of_attribute(
    changes: &mut Changes,
    attribute: &Attribute,
    how: &Contained,
    path: &str,
    remote: &Json,
    before: &Value,
    after: &Value,
) {
    let Kind::Objects(nested) = attribute.kind else { return };
    let (property, _) = names::location(attribute);
    let known = before.as_elements().unwrap_or_default();
    let there = remote[property.as_str()].as_array().into_iter().flatten();
    let there = there.filter(|json| decode::is_of(attribute, json));
    let mut there: Vec<(&str, Value)> = there
        .filter_map(|json| Some((json["id"].as_str()?, decode::element(attribute, json, known))))
        .collect();
    let mut wanted: Vec<&Value> = after.as_elements().unwrap_or_default().iter().collect();
    // What says the same stays.
    wanted.retain(|element| {
        let same = there.iter().position(|(_, found)| equal::same_object(nested, found, element));
        same.map(|at| there.remove(at)).is_none()
    });
    for element in wanted {
        let named = |found: &Value| {
            nested.iter().filter(|one| how.key.contains(&one.name)).all(|attribute| {
                equal::same(attribute, found.get(attribute.name), element.get(attribute.name))
            })
        };
        let one = there.iter().position(|(_, found)| named(found)).map(|at| there.remove(at));
        changes.additions.push(match (one, how.changed_by) {
            (Some((id, found)), Method::Patch) => {
                Request::new(Verb::Patch, format!("{path}/{}", names::segment(id)))
                    .with_body(encode::element(attribute, element, &found))
            }
            _ => {
                let body = encode::element(attribute, element, &Value::Null);
                Request::new(Verb::Post, path).with_body(body)
            }
        });
    }
    let gone = there.iter().map(|(id, _)| format!("{path}/{}", names::segment(id)));
    changes.removals.extend(gone.map(|path| Request::new(Verb::Delete, path)));
}
