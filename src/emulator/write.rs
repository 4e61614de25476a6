//! Writing: objects are created, changed, deleted and restored; references are made and cut.

use serde_json::{Map, Value};

use super::answer::{Reply, allow, entity};
use super::context::{Context, not_found};
use super::links::Relation;
use super::model::Model;
use super::query::Query;
use super::refusal::{Outcome, Refusal};
use super::set::{Direction, Navigation, Properties, Service, Set, Way};
use super::store::{Key, Place, key, text};
use super::validate::{self, Incoming, capitalised};

pub(crate) fn create(cx: &mut Context, set: &'static Set, body: &Value) -> Outcome<Reply> {
    allow(cx, set, set.create.ok_or_else(Refusal::method_not_allowed)?)?;
    let incoming = validate::body(cx.model(), set, None, body)?;
    let (ty, id) = insert(cx, set, incoming)?;
    let place = Place { set: set.ty, parent: &cx.parent };
    let object = cx.state.get(place, &id).ok_or_else(|| not_found(set, &id))?;
    let told = entity(cx, set, ty, &object.properties, &Query::default())?;
    let location = format!("{}/{}/{}/{id}", cx.base, cx.version.as_str(), set.context());
    Ok(Reply { location: Some(location), ..Reply::json(201, told) })
}

fn insert(
    cx: &mut Context,
    set: &'static Set,
    incoming: Incoming,
) -> Outcome<(&'static str, String)> {
    let Incoming { ty, mut properties, bound } = incoming;
    require(set, &properties)?;
    refuse_empty(set, &properties)?;
    properties.values_mut().for_each(prune);
    properties.retain(|_, v| !is_nothing(v));
    if !properties.contains_key("id") {
        properties.insert("id".into(), cx.state.new_id().into());
    }
    let links = resolve(cx, set, &bound)?;
    (set.on_create)(cx, &mut properties)?;
    for (navigation, _, target) in &links {
        let target = cx.directory_object(target).map(|(_, t)| t.clone()).unwrap_or_default();
        (navigation.on_add)(cx, &properties, &target)?;
    }
    let id = text(&properties, "id").to_owned();
    let parent = cx.parent.clone();
    let place = Place { set: set.ty, parent: &parent };
    if cx.state.get(place, &id).is_some_and(|o| o.current().is_some()) {
        return Err(Refusal::taken("id"));
    }
    cx.state.insert(place, ty, properties);
    for (navigation, relation, target) in links {
        cx.link(relation, &key(&id), &target, navigation.name)?;
    }
    Ok((ty, id))
}

fn require(set: &Set, properties: &Properties) -> Outcome<()> {
    let missing =
        set.required.iter().find(|name| properties.get(**name).is_none_or(Value::is_null));
    let Some(name) = missing else { return Ok(()) };
    Err(match set.service {
        Service::Directory => Refusal::directory(format!(
            "A value is required for property '{name}' of resource '{}'.",
            capitalised(set.ty)
        )),
        _ => Refusal::bad_request(format!(
            "The required property '{name}' of 'microsoft.graph.{}' is missing.",
            set.ty
        )),
    })
}

/// The directory takes null to clear a text, and no empty text.
fn refuse_empty(set: &Set, sent: &Properties) -> Outcome<()> {
    if set.service != Service::Directory {
        return Ok(());
    }
    match sent.iter().find(|(_, value)| value.as_str() == Some("")) {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::directory(format!(
            "Invalid value specified for property '{name}' of resource '{}'.",
            capitalised(set.ty)
        ))),
    }
}

/// What is not kept, as it is told anyway.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Drops the members of complex values that were cleared: what is null is not kept.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(prune);
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

type Bound = (&'static Navigation, Relation, Key);

/// Reads what a body binds; all of it is there, or nothing is written.
fn resolve(
    cx: &Context,
    set: &'static Set,
    bound: &[(String, Vec<String>)],
) -> Outcome<Vec<Bound>> {
    let mut links = Vec::new();
    for (name, addresses) in bound {
        let navigation = navigation(set, name)?;
        let relation = relation(navigation)?;
        for address in addresses {
            links.push((navigation, relation, target(cx, navigation, address)?));
        }
    }
    Ok(links)
}

fn navigation(set: &'static Set, name: &str) -> Outcome<&'static Navigation> {
    set.navigation
        .iter()
        .find(|n| n.name == name && n.write.is_some())
        .ok_or_else(Refusal::method_not_allowed)
}

fn relation(navigation: &Navigation) -> Outcome<Relation> {
    match navigation.way {
        Way::Links(relation, Direction::Forward) => Ok(relation),
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn target(cx: &Context, navigation: &Navigation, address: &str) -> Outcome<Key> {
    let (set, key) = cx.referred(address)?;
    if navigation.targets.is_empty() || navigation.targets.contains(&set) {
        return Ok(key);
    }
    Err(Refusal::directory(format!(
        "An object of the type '{set}' cannot be added to '{}'.",
        navigation.name
    )))
}

pub(crate) fn update(
    cx: &mut Context,
    set: &'static Set,
    id: &str,
    body: &Value,
) -> Outcome<Reply> {
    allow(cx, set, set.update.ok_or_else(Refusal::method_not_allowed)?)?;
    let found = match cx.find(set, id) {
        Ok(object) => object.current().map(|current| (object.ty, current.clone())),
        Err(refusal) if !set.upsert => return Err(refusal),
        Err(_) => None,
    };
    let Some((ty, old)) = found else {
        if !set.upsert {
            return Err(not_found(set, id));
        }
        let mut incoming = validate::body(cx.model(), set, None, body)?;
        incoming.properties.insert("id".into(), id.into());
        insert(cx, set, incoming)?;
        return Ok(Reply::empty(204));
    };
    let incoming = validate::body(cx.model(), set, Some(ty), body)?;
    let sent = incoming.properties;
    refuse_empty(set, &sent)?;
    refuse_create_only(set, &old, &sent)?;
    let mut next = old.clone();
    for (name, value) in &sent {
        let merged = set.merged.contains(&name.as_str()) && value.is_object();
        match (next.get_mut(name), value) {
            (Some(Value::Object(kept)), Value::Object(sent)) if merged => merge(kept, sent),
            _ => drop(next.insert(name.clone(), value.clone())),
        }
        if let (Some(new), Some(old)) = (next.get_mut(name), old.get(name)) {
            let property = cx.model().structure(ty).and_then(|known| known.property(name));
            keep_unsayable(cx.model(), property.map_or("", |one| one.ty), old, new);
        }
    }
    next.values_mut().for_each(prune);
    next.retain(|_, v| !is_nothing(v));
    let links = resolve(cx, set, &incoming.bound)?;
    for (navigation, relation, target) in &links {
        add_check(cx, navigation, &old, target)?;
        if cx.state.links.holds(*relation, &key(text(&old, "id")), target) {
            return Err(Refusal::directory(format!(
                "One or more added object references already exist for the following modified properties: '{}'.",
                navigation.name
            )));
        }
    }
    if !sent.is_empty() {
        (set.on_update)(cx, &old, &sent, &mut next)?;
        next.retain(|_, v| !is_nothing(v));
    }
    let id = text(&old, "id").to_owned();
    let parent = cx.parent.clone();
    if !sent.is_empty() {
        cx.state.replace(Place { set: set.ty, parent: &parent }, &id, next.clone());
    }
    for (navigation, relation, target) in links {
        cx.link(relation, &key(&id), &target, navigation.name)?;
    }
    answered(cx, set, ty, &sent, &next)
}

/// Writes an object as a whole; one that is missing is made.
pub(crate) fn put(cx: &mut Context, set: &'static Set, id: &str, body: &Value) -> Outcome<Reply> {
    allow(cx, set, set.update.ok_or_else(Refusal::method_not_allowed)?)?;
    let mut incoming = validate::body(cx.model(), set, None, body)?;
    incoming.properties.insert("id".into(), id.into());
    let old = cx.find(set, id).ok().and_then(|object| object.current().cloned());
    let Some(old) = old else {
        insert(cx, set, incoming)?;
        return Ok(Reply::empty(204));
    };
    let mut next = incoming.properties.clone();
    (set.on_update)(cx, &old, &incoming.properties, &mut next)?;
    next.values_mut().for_each(prune);
    next.retain(|_, v| !is_nothing(v));
    let parent = cx.parent.clone();
    cx.state.replace(Place { set: set.ty, parent: &parent }, id, next.clone());
    answered(cx, set, incoming.ty, &incoming.properties, &next)
}

/// What a change is answered with.
fn answered(
    cx: &Context,
    set: &'static Set,
    ty: &'static str,
    sent: &Properties,
    next: &Properties,
) -> Outcome<Reply> {
    match (set.patched)(sent) {
        200 => Ok(Reply::json(200, entity(cx, set, ty, next, &Query::default())?)),
        status => Ok(Reply::empty(status)),
    }
}

/// What the version that is written in has no word for stays: nobody could have sent it.
fn keep_unsayable(model: &Model, ty: &str, old: &Value, new: &mut Value) {
    let (Value::Object(old), Value::Object(new), Some(known)) = (old, new, model.structure(ty))
    else {
        return;
    };
    for (name, old) in old.iter().filter(|(name, _)| !name.contains('@')) {
        match (known.property(name), new.get_mut(name)) {
            (None, None) => drop(new.insert(name.clone(), old.clone())),
            (Some(property), Some(new)) => keep_unsayable(model, property.ty, old, new),
            _ => {}
        }
    }
}

fn merge(kept: &mut Map<String, Value>, sent: &Map<String, Value>) {
    for (name, value) in sent {
        kept.insert(name.clone(), value.clone());
    }
}

fn refuse_create_only(set: &Set, old: &Properties, sent: &Properties) -> Outcome<()> {
    let unchanged = |name: &str, value: &Value| {
        old.get(name)
            .map_or_else(|| is_nothing(value) || *value == Value::Bool(false), |old| old == value)
    };
    let changed = sent
        .iter()
        .find(|(name, value)| set.create_only.contains(&name.as_str()) && !unchanged(name, value));
    let Some((name, _)) = changed else { return Ok(()) };
    let message = format!("Property '{name}' cannot be changed after the object was created.");
    Err(match set.service {
        Service::Directory => Refusal::directory(message),
        _ => Refusal::bad_request(message),
    })
}

pub(crate) fn delete(cx: &mut Context, set: &'static Set, id: &str) -> Outcome<Reply> {
    allow(cx, set, set.delete.ok_or_else(Refusal::method_not_allowed)?)?;
    let object = cx.find(set, id)?;
    let old = object.current().ok_or_else(|| not_found(set, id))?.clone();
    (set.on_delete)(cx, &old)?;
    let parent = cx.parent.clone();
    let place = Place { set: set.ty, parent: &parent };
    cx.state.remove(place, text(&old, "id"), (set.is_kept)(&old));
    Ok(Reply::empty(204))
}

pub(crate) fn restore(cx: &mut Context, set: &'static Set, id: &str) -> Outcome<Reply> {
    let bin = cx.state.bin(set.ty).and_then(|b| b.get(id)).ok_or_else(|| not_found(set, id))?;
    let name = text(&bin.properties, "userPrincipalName").to_owned();
    if !name.is_empty() && cx.state.user_named(&name).is_some() {
        return Err(Refusal::taken("userPrincipalName"));
    }
    let ty = bin.ty;
    let restored = cx.state.take_deleted(set.ty, id, true).ok_or_else(|| not_found(set, id))?;
    let mut told = entity(cx, set, ty, &restored, &Query::default())?;
    told["@odata.type"] = format!("#microsoft.graph.{ty}").into();
    Ok(Reply::json(200, told))
}

pub(crate) fn add_reference(
    cx: &mut Context,
    set: &'static Set,
    id: &str,
    navigation: &'static Navigation,
    body: &Value,
) -> Outcome<Reply> {
    allow(cx, set, navigation.write.ok_or_else(Refusal::method_not_allowed)?)?;
    let relation = relation(navigation)?;
    let from = current(cx, set, id)?;
    let target = target(cx, navigation, address(body)?)?;
    add_check(cx, navigation, &from, &target)?;
    cx.link(relation, &key(text(&from, "id")), &target, navigation.name)?;
    Ok(Reply::empty(204))
}

pub(crate) fn set_reference(
    cx: &mut Context,
    set: &'static Set,
    id: &str,
    navigation: &'static Navigation,
    body: &Value,
) -> Outcome<Reply> {
    allow(cx, set, navigation.write.ok_or_else(Refusal::method_not_allowed)?)?;
    let relation = relation(navigation)?;
    let from = current(cx, set, id)?;
    let target = target(cx, navigation, address(body)?)?;
    add_check(cx, navigation, &from, &target)?;
    let from = key(text(&from, "id"));
    for old in held(cx, relation, &from) {
        if old == target {
            return Ok(Reply::empty(204));
        }
        cx.unlink(relation, &from, &old)?;
    }
    cx.link(relation, &from, &target, navigation.name)?;
    Ok(Reply::empty(204))
}

pub(crate) fn remove_reference(
    cx: &mut Context,
    set: &'static Set,
    id: &str,
    navigation: &'static Navigation,
    target: Option<&str>,
) -> Outcome<Reply> {
    allow(cx, set, navigation.write.ok_or_else(Refusal::method_not_allowed)?)?;
    let relation = relation(navigation)?;
    let from = current(cx, set, id)?;
    let own = key(text(&from, "id"));
    let target = match target {
        Some(target) => key(target),
        None => held(cx, relation, &own)
            .pop()
            .ok_or_else(|| Refusal::no_such_object(navigation.name))?,
    };
    if !cx.state.links.holds(relation, &own, &target) {
        return Err(Refusal::no_such_object(&target));
    }
    let object = cx.directory_object(&target).map(|(_, o)| o.clone()).unwrap_or_default();
    (navigation.on_remove)(cx, &from, &object)?;
    cx.unlink(relation, &own, &target)?;
    Ok(Reply::empty(204))
}

fn held(cx: &Context, relation: Relation, from: &Key) -> Vec<Key> {
    let late = cx.now + cx.state.lag;
    cx.state.links.targets(relation, from, 0, late).map(|(_, k)| k.clone()).collect()
}

fn current(cx: &Context, set: &'static Set, id: &str) -> Outcome<Properties> {
    let object = cx.find(set, id)?;
    object.current().cloned().ok_or_else(|| not_found(set, id))
}

fn add_check(
    cx: &mut Context,
    navigation: &Navigation,
    from: &Properties,
    target: &Key,
) -> Outcome<()> {
    let target = cx.directory_object(target).map(|(_, t)| t.clone()).unwrap_or_default();
    (navigation.on_add)(cx, from, &target)
}

fn address(body: &Value) -> Outcome<&str> {
    let object = body.as_object();
    if object.is_some_and(|o| o.len() != 1) {
        return Err(Refusal::bad_request(
            "The body of a reference holds '@odata.id' and nothing else.",
        ));
    }
    body.get("@odata.id")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::bad_request("The body of a reference must hold '@odata.id'."))
}
