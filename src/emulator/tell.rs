//! What is told of an object: what was selected, what was expanded, nulls and empty collections.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::model::{Model, Navigation as Kind, Property, SENTINEL, Struct};
use super::query::Query;
use super::refusal::{Outcome, Refusal};
use super::relations;
use super::set::{Properties, Set};
use super::sets;

/// What is told of an object of a set, whose type may be a variant of the set's.
pub(crate) fn object(
    cx: &Context,
    set: &'static Set,
    ty: &'static str,
    kept: &Properties,
    query: &Query,
) -> Outcome<Map<String, Value>> {
    let model = cx.model();
    let mut told = Map::new();
    // What this version has no type for is told as what it derives from.
    let ty = if model.structure(ty).is_some() { ty } else { set.ty };
    let Some(structure) = model.structure(ty) else { return Ok(told) };
    if ty != set.ty {
        told.insert("@odata.type".into(), format!("#microsoft.graph.{ty}").into());
    }
    for property in selected(set, structure, query.select.as_deref()) {
        let computed = set.computed.iter().find(|(name, _)| *name == property.name);
        let computed = computed.map(|(_, compute)| compute(cx, kept));
        let kept = computed.as_ref().or_else(|| kept.get(property.name));
        let value = value(model, property, kept, cx.newer_members);
        told.insert(property.name.to_owned(), value);
    }
    for expand in &query.expand {
        let (name, value) = expanded(cx, set, kept, structure, expand)?;
        told.insert(name, value);
    }
    Ok(told)
}

/// An object among others of any type, as relationships tell it.
pub(crate) fn any_object(
    cx: &Context,
    set: &'static str,
    ty: &'static str,
    kept: &Properties,
    query: &Query,
) -> Outcome<Map<String, Value>> {
    let set = sets::of_type(set).ok_or_else(|| Refusal::no_such_segment(set))?;
    let mut told = Map::new();
    told.insert("@odata.type".into(), format!("#microsoft.graph.{ty}").into());
    told.extend(object(cx, set, ty, kept, query)?);
    Ok(told)
}

fn selected<'a>(
    set: &'static Set,
    structure: &'a Struct,
    select: Option<&'a [String]>,
) -> Box<dyn Iterator<Item = &'a Property> + 'a> {
    let plain = move |p: &&Property| {
        // Streams are fetched from addresses of their own.
        let told = (p.navigation == Kind::No && p.ty != "Stream")
            || set.computed.iter().any(|(name, _)| *name == p.name);
        told && !set.write_only.contains(&p.name)
    };
    match select {
        Some(names) if !names.iter().any(|n| n == "*") => Box::new(
            names
                .iter()
                .filter_map(|name| {
                    let bare = name.rsplit_once('/').map_or(name.as_str(), |(_, last)| last);
                    structure.property_ignoring_case(bare)
                })
                .filter(plain),
        ),
        _ => match set.defaults {
            Some(names) => {
                Box::new(names.iter().filter_map(|n| structure.property(n)).filter(plain))
            }
            None => Box::new(
                structure
                    .properties
                    .iter()
                    .filter(plain)
                    .filter(|p| !set.on_demand.contains(&p.name)),
            ),
        },
    }
}

fn expanded(
    cx: &Context,
    set: &'static Set,
    kept: &Properties,
    structure: &Struct,
    expand: &super::query::Expand,
) -> Outcome<(String, Value)> {
    let unsupported = || {
        Refusal::bad_request(format!("Expanding the property '{}' is not supported.", expand.name))
    };
    let property = structure.property_ignoring_case(&expand.name).ok_or_else(unsupported)?;
    if let Some((name, compute)) = set.computed.iter().find(|(name, _)| *name == property.name) {
        return Ok(((*name).to_owned(), compute(cx, kept)));
    }
    let Some(navigation) = set.navigation.iter().find(|n| n.name == property.name) else {
        return Err(unsupported());
    };
    let found = relations::targets(cx, navigation, kept, 0).take(EXPANDED);
    let mut told = Vec::new();
    for (_, target) in found {
        let (set, object) = target?;
        let Some(properties) = object.seen(cx.now) else { continue };
        told.push(Value::Object(any_object(cx, set, object.ty, properties, &expand.query)?));
    }
    let value =
        if navigation.single { told.pop().unwrap_or(Value::Null) } else { Value::Array(told) };
    Ok((property.name.to_owned(), value))
}

/// A relationship told within its object ends after so many.
const EXPANDED: usize = 20;

fn empty(property: &Property) -> Value {
    if property.many { json!([]) } else { Value::Null }
}

/// A value with all members of its type, and with members of enumerations that the client takes.
fn value(model: &'static Model, property: &Property, kept: Option<&Value>, newer: bool) -> Value {
    let Some(kept) = kept else { return empty(property) };
    if property.is_primitive() {
        return kept.clone();
    }
    if let Some(members) = model.enumeration(property.ty) {
        let told = |v: &Value| match v.as_str() {
            Some(text) if !newer && text.split(',').any(|m| members.is_newer(m)) => json!(SENTINEL),
            _ => v.clone(),
        };
        return match kept {
            Value::Array(items) => items.iter().map(told).collect(),
            one => told(one),
        };
    }
    let Some(structure) = model.structure(property.ty) else { return kept.clone() };
    match kept {
        Value::Array(items) => items.iter().map(|v| complex(model, structure, v, newer)).collect(),
        one => complex(model, structure, one, newer),
    }
}

fn complex(model: &'static Model, declared: &Struct, kept: &Value, newer: bool) -> Value {
    let Value::Object(members) = kept else { return kept.clone() };
    let variant = members
        .get("@odata.type")
        .and_then(Value::as_str)
        .and_then(|name| model.structure(name.trim_start_matches("#microsoft.graph.")));
    let structure = variant.unwrap_or(declared);
    let mut told = Map::new();
    if let Some(name) = members.get("@odata.type") {
        told.insert("@odata.type".into(), name.clone());
    }
    for property in &structure.properties {
        let kept = members.get(property.name);
        if property.navigation == Kind::No || kept.is_some() {
            told.insert(property.name.to_owned(), value(model, property, kept, newer));
        }
    }
    Value::Object(told)
}
