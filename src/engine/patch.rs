//! What changed, as Graph takes it: the changed top-level properties, and changed relationships.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value as Json};

use crate::declare::{Attribute, Form, Kind};
use crate::engine::{Model, Verb, encode, equal, names};
use crate::terraform::Value;

/// The body of a PATCH; empty where no property changed.
pub fn body(model: &Model, prior: &Value, planned: &Value, config: &Value) -> Map<String, Json> {
    let mut changes = Changes { config, body: Map::new(), variant: None };
    changes.collect(model, &model.attributes, prior, planned);
    let Changes { mut body, variant, .. } = changes;
    if let (Some(odata), false) = (variant, body.is_empty()) {
        body.insert("@odata.type".into(), encode::odata_type(odata));
    }
    body
}

/// What actions change, by the name of the action: the properties that it is sent.
pub fn actions(
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> BTreeMap<&'static str, Map<String, Json>> {
    let mut actions: BTreeMap<&'static str, Map<String, Json>> = BTreeMap::new();
    for attribute in &model.attributes {
        let Some(action) = attribute.action else { continue };
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        // The parameters of an action that leaves no trace: it is repeated when the number beside changes.
        let fleeting = attribute.not_returned;
        if fleeting && after.is_null() {
            continue;
        }
        let again = fleeting && version_changed(attribute, prior, planned);
        if again || changed(attribute, before, after) {
            let (property, _) = names::location(attribute);
            let json = encode::complete(attribute, after, before);
            actions.entry(action).or_default().insert(property, json);
        }
    }
    actions
}

/// A secret on its way to a place of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// `POST` to try it, `PUT` to write it.
    pub verb: Verb,
    /// Where to.
    pub path: String,
    /// The body.
    pub body: Json,
}

/// Secrets that are written apart from the object, tried before where that is asked for. They are sent
/// when the object is made, and when the number beside them changes.
pub fn apart(model: &Model, prior: &Value, planned: &Value, config: &Value) -> Vec<Apart> {
    let fill = |path: &str| {
        names::fill(path, |name| planned.get(name).as_str().unwrap_or_default().to_owned())
    };
    let mut sent = Vec::new();
    for attribute in &model.attributes {
        let (Some(place), secret) = (attribute.place, config.get(attribute.name)) else { continue };
        let due = prior.is_null() || version_changed(attribute, prior, planned);
        if !due || secret.is_null() {
            continue;
        }
        let json = encode::json(attribute, secret);
        if let Some((asked, path)) = attribute.proof
            && planned.get(asked).as_bool() == Some(true)
        {
            let body = serde_json::json!({ "useSavedCredentials": false, "credentials": json });
            sent.push(Apart { verb: Verb::Post, path: fill(path), body });
        }
        let body = serde_json::json!({ "value": json });
        sent.push(Apart { verb: Verb::Put, path: fill(place), body });
    }
    sent
}

/// A changed relationship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkChange {
    /// The navigation property.
    pub property: String,
    /// Whether it refers to one object only.
    pub single: bool,
    /// Whether a create can carry it.
    pub bound: bool,
    /// The ids that come.
    pub add: Vec<String>,
    /// The ids that go.
    pub remove: Vec<String>,
}

/// The relationships that changed.
pub fn links(model: &Model, prior: &Value, planned: &Value) -> Vec<LinkChange> {
    let links =
        model.attributes.iter().filter(|attribute| is_link(attribute) && !model.in_path(attribute));
    let changes = links.map(|attribute| {
        let before = ids(prior.get(attribute.name));
        let after = ids(planned.get(attribute.name));
        LinkChange {
            property: names::location(attribute).0,
            single: matches!(attribute.kind, Kind::Link),
            bound: matches!(attribute.kind, Kind::Links) && !attribute.expanded,
            add: missing(&after, &before),
            remove: missing(&before, &after),
        }
    });
    changes.filter(|change| !change.add.is_empty() || !change.remove.is_empty()).collect()
}

/// Whether an attribute is a relationship.
pub fn is_link(attribute: &Attribute) -> bool {
    matches!(attribute.kind, Kind::Link | Kind::Links)
}

fn ids(value: &Value) -> Vec<&str> {
    match value {
        Value::String(id) => vec![id],
        Value::Set(ids) => ids.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The ids in `these` that are not in `those`, letter case aside.
fn missing(these: &[&str], those: &[&str]) -> Vec<String> {
    let those: HashSet<String> = those.iter().map(|id| equal::canonical(Form::Id, id)).collect();
    let missing = these.iter().filter(|id| !those.contains(&equal::canonical(Form::Id, id)));
    missing.map(|id| (*id).to_owned()).collect()
}

struct Changes<'a> {
    config: &'a Value,
    body: Map<String, Json>,
    variant: Option<&'static str>,
}

impl Changes<'_> {
    fn collect(&mut self, model: &Model, attributes: &[Attribute], prior: &Value, planned: &Value) {
        let mut flattened: BTreeMap<String, Vec<&Attribute>> = BTreeMap::new();
        for attribute in attributes.iter().filter(|attribute| encode::is_sent(attribute)) {
            let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
            let apart = attribute.action.is_some() || attribute.contained.is_some();
            if apart || model.in_path(attribute) {
                continue;
            }
            if let Kind::Variant(odata, nested) = attribute.kind {
                if !after.is_null() {
                    self.variant = Some(odata);
                    self.collect(model, nested, before, after);
                }
                continue;
            }
            let (property, inner) = names::location(attribute);
            if inner.is_some() {
                flattened.entry(property).or_default().push(attribute);
            } else if attribute.write_only {
                let secret = self.config.get(attribute.name);
                if version_changed(attribute, prior, planned) && !secret.is_null() {
                    self.body.insert(property, encode::json(attribute, secret));
                }
            } else if changed(attribute, before, after) {
                self.body.insert(property, encode::complete(attribute, after, before));
            }
        }
        for (property, attributes) in flattened {
            self.flattened(property, &attributes, prior, planned);
        }
    }

    /// Several attributes of one complex property: it is sent when one of them changed.
    fn flattened(
        &mut self,
        property: String,
        attributes: &[&Attribute],
        prior: &Value,
        planned: &Value,
    ) {
        let mut object = Map::new();
        let mut any = false;
        for attribute in attributes {
            let (_, inner) = names::location(attribute);
            let inner = inner.unwrap_or_default();
            if attribute.write_only {
                let secret = self.config.get(attribute.name);
                if version_changed(attribute, prior, planned) && !secret.is_null() {
                    any = true;
                    object.insert(inner, encode::json(attribute, secret));
                }
                continue;
            }
            let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
            any |= changed(attribute, before, after);
            let both_null = before.is_null() && after.is_null();
            if !both_null && !after.is_unknown() {
                object.insert(inner, encode::complete(attribute, after, before));
            }
        }
        if any {
            self.body.insert(property, Json::Object(object));
        }
    }
}

/// Whether an attribute changes to something that is known.
pub fn changed(attribute: &Attribute, before: &Value, after: &Value) -> bool {
    !after.is_unknown() && before != after && !equal::same(attribute, before, after)
}

/// A secret is sent again when the number beside it changes: `password` by `password_version`.
fn version_changed(attribute: &Attribute, prior: &Value, planned: &Value) -> bool {
    let version = format!("{}_version", attribute.name);
    prior.get(&version) != planned.get(&version)
}
