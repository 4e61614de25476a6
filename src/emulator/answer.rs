//! Answering one request to Graph against the state of the tenant.

use serde_json::{Value, json};

use super::context::{Context, not_found};
use super::query::Query;
use super::refusal::{Outcome, Refusal};
use super::route::{self, Parent, Related, Target};
use super::set::{Permissions, Service, Set};
use super::store::{DIRECTORY, Object, text};
use super::{list, sets, streams, tell, write};

/// A request, as far as the tenant is concerned.
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    /// The path after the version.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: Option<&'a Value>,
    /// The media type and the content, as they came.
    pub(crate) raw: (&'a str, &'a [u8]),
    /// `Accept-Language`
    pub(crate) language: Option<&'a str>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Body,
    pub(crate) location: Option<String>,
}

#[derive(Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    Text(String),
    Bytes(Vec<u8>),
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, body: Body::None, location: None }
    }

    pub(crate) fn json(status: u16, body: Value) -> Reply {
        Reply { status, body: Body::Json(body), location: None }
    }
}

/// What a request is about, for those who count requests.
pub(crate) fn service(path: &str) -> Service {
    let Ok(segments) = route::segments(path) else { return Service::Other };
    match route::resolve(&segments) {
        Ok(
            Target::Collection { set, .. }
            | Target::Count { set, .. }
            | Target::Object { set, .. }
            | Target::Related { set, .. }
            | Target::Act { set, .. }
            | Target::Stream { set, .. }
            | Target::Deleted { set: Some(set), .. },
        ) => set.service,
        Ok(_) => Service::Directory,
        Err(_) => Service::Other,
    }
}

pub(crate) fn answer(cx: &mut Context, ask: &Ask) -> Outcome<Reply> {
    let segments = route::segments(ask.path)?;
    let target = route::resolve(&segments)?;
    let query = Query::parse(ask.query)?;
    let body =
        || ask.body.ok_or_else(|| Refusal::bad_request("Empty Payload. JSON content expected."));
    match target {
        Target::Collection { set, parent } => {
            enter(cx, parent)?;
            match ask.method {
                "GET" => {
                    allow(cx, set, set.read)?;
                    must_filter(set, &query)?;
                    (set.on_read)(cx);
                    list::collection(cx, set, &query, ask.path)
                }
                "POST" => write::create(cx, set, body()?),
                _ => Err(Refusal::method_not_allowed()),
            }
        }
        Target::Count { set, parent } => {
            enter(cx, parent)?;
            only(ask, "GET")?;
            allow(cx, set, set.read)?;
            list::count(cx, set, &query)
        }
        Target::Object { set, parent, id } => {
            enter(cx, parent)?;
            if set.speaks && ask.language.is_none() {
                return Err(Refusal::bad_request("The header 'Accept-Language' is required."));
            }
            let id = id.map_or_else(|| the_one(cx, set), Ok)?;
            match ask.method {
                "PUT" if set.put => write::put(cx, set, &id, body()?),
                "GET" => {
                    allow(cx, set, set.read)?;
                    (set.on_read)(cx);
                    one(cx, set, &id, &query)
                }
                "PATCH" if set.patches => write::update(cx, set, &id, body()?),
                "DELETE" => write::delete(cx, set, &id),
                _ => Err(Refusal::method_not_allowed()),
            }
        }
        Target::Related { set, id, navigation, what } => match (ask.method, what) {
            ("GET", what) => {
                allow(cx, set, navigation.read)?;
                list::related(cx, set, &id, navigation, &what, &query, ask.path)
            }
            ("POST", Related::References) if !navigation.single => {
                write::add_reference(cx, set, &id, navigation, body()?)
            }
            ("PUT", Related::References) if navigation.single => {
                write::set_reference(cx, set, &id, navigation, body()?)
            }
            ("DELETE", Related::References) if navigation.single => {
                write::remove_reference(cx, set, &id, navigation, None)
            }
            ("DELETE", Related::Reference(target)) if !navigation.single => {
                write::remove_reference(cx, set, &id, navigation, Some(&target))
            }
            _ => Err(Refusal::method_not_allowed()),
        },
        Target::Act { set, parent, id, action } => {
            enter(cx, parent)?;
            only(ask, action.method)?;
            allow(cx, set, action.permissions)?;
            let object = cx.find(set, &id)?.seen(cx.now).cloned().unwrap_or_default();
            let empty = json!({});
            let sent = ask.body.unwrap_or(&empty).as_object().cloned().unwrap_or_default();
            let (status, told) = (action.run)(cx, &object, &sent)?;
            Ok(told.map_or_else(|| Reply::empty(status), |told| Reply::json(status, told)))
        }
        Target::Stream { set, parent, id, stream } => {
            enter(cx, parent)?;
            let id = id.map_or_else(|| the_one(cx, set), Ok)?;
            streams::answer(cx, ask, set, &id, stream)
        }
        Target::DirectoryObject(id) => directory_object(cx, ask, &id, &query),
        Target::GetByIds => {
            only(ask, "POST")?;
            get_by_ids(cx, body()?, &query)
        }
        Target::Deleted { set, id, restore } => deleted(cx, ask, set, id, restore, &query),
    }
}

/// Some lists are too long to be told as a whole.
fn must_filter(set: &Set, query: &Query) -> Outcome<()> {
    let filtered = |name: &&str| {
        let paths = query.filter.iter().flat_map(|filter| filter.paths());
        paths
            .into_iter()
            .any(|path| path.first().is_some_and(|first| first.eq_ignore_ascii_case(name)))
    };
    if set.must_filter.is_empty() || set.must_filter.iter().any(filtered) {
        return Ok(());
    }
    let names = set.must_filter.join("' or '");
    Err(Refusal::bad_request(format!("The list must be filtered by '{names}'.")))
}

fn only(ask: &Ask, method: &str) -> Outcome<()> {
    if ask.method == method { Ok(()) } else { Err(Refusal::method_not_allowed()) }
}

/// Whether a path, version included, is that of a stream, whose content need not be JSON.
pub(crate) fn is_stream(path: &str) -> bool {
    let (_, unversioned) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let resolved = route::segments(unversioned).and_then(|segments| route::resolve(&segments));
    matches!(resolved, Ok(Target::Stream { .. }))
}

/// Refuses a caller that lacks all of the alternatives.
pub(crate) fn allow(cx: &Context, set: &Set, permissions: Permissions) -> Outcome<()> {
    if cx.model().structure(set.ty).is_none() {
        return Err(Refusal::no_such_segment(set.context()));
    }
    let Some(roles) = &cx.caller.roles else { return Ok(()) };
    let granted = |all: &&[&str]| all.iter().all(|p| roles.iter().any(|r| r == p));
    if permissions.is_empty() || permissions.iter().any(granted) {
        return Ok(());
    }
    Err(match set.service {
        Service::ConditionalAccess => Refusal::new(
            403,
            "AccessDenied",
            "You cannot perform the requested operation, required scopes are missing in the token.",
        ),
        _ => Refusal::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
    })
}

/// Goes into the object that a contained collection is part of.
fn enter(cx: &mut Context, parent: Option<Parent>) -> Outcome<()> {
    let Some(parent) = parent else { return Ok(()) };
    enter(cx, parent.of.map(|of| *of))?;
    let set = sets::of_type(parent.set).ok_or_else(|| Refusal::no_such_segment(parent.set))?;
    let id = cx.find(set, &parent.id)?.id().to_owned();
    cx.parent = id;
    Ok(())
}

fn the_one(cx: &Context, set: &'static Set) -> Outcome<String> {
    if !set.only.is_empty() {
        return Ok(set.only.to_owned());
    }
    let found = cx.state.all(set.ty).next().map(|(_, o)| text(o, "id").to_owned());
    found.ok_or_else(|| not_found(set, set.ty))
}

fn one(cx: &Context, set: &'static Set, id: &str, query: &Query) -> Outcome<Reply> {
    query.check(cx.model(), set, cx.eventual, true)?;
    refuse_listing(query)?;
    let object = cx.find(set, id)?;
    let seen = object.seen(cx.now).ok_or_else(|| not_found(set, id))?;
    Ok(Reply::json(200, entity(cx, set, object.ty, seen, query)?))
}

/// One object does not take what is asked of many.
pub(crate) fn refuse_listing(query: &Query) -> Outcome<()> {
    let wrong = if query.filter.is_some() {
        "$filter"
    } else if query.top.is_some() {
        "$top"
    } else if !query.order.is_empty() {
        "$orderby"
    } else if query.search.is_some() {
        "$search"
    } else {
        return Ok(());
    };
    Err(Refusal::bad_request(format!(
        "The query specified in the URI is not valid. Query option '{wrong}' cannot be applied to a single object."
    )))
}

/// An object as the whole of an answer.
pub(crate) fn entity(
    cx: &Context,
    set: &'static Set,
    ty: &'static str,
    seen: &super::set::Properties,
    query: &Query,
) -> Outcome<Value> {
    let suffix = if set.singleton { "" } else { "/$entity" };
    let mut told = serde_json::Map::new();
    told.insert("@odata.context".into(), context(cx, set.context(), query, suffix).into());
    told.extend(tell::object(cx, set, ty, seen, query)?);
    Ok(Value::Object(told))
}

pub(crate) fn context(cx: &Context, name: &str, query: &Query, suffix: &str) -> String {
    let select = query.select.as_ref().map(|names| format!("({})", names.join(",")));
    format!(
        "{}/{}/$metadata#{name}{}{suffix}",
        cx.base,
        cx.version.as_str(),
        select.unwrap_or_default()
    )
}

const ANY_OBJECT: Permissions = &[
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
    &["User.Read.All"],
    &["Group.Read.All"],
    &["Application.Read.All"],
];

fn directory_object(cx: &mut Context, ask: &Ask, id: &str, query: &Query) -> Outcome<Reply> {
    let (set, object) = cx.state.directory_object(id).ok_or_else(|| Refusal::no_such_object(id))?;
    let set = sets::of_type(set).ok_or_else(|| Refusal::no_such_object(id))?;
    match ask.method {
        "GET" => {
            allow(cx, set, ANY_OBJECT)?;
            let seen = object.seen(cx.now).ok_or_else(|| Refusal::no_such_object(id))?;
            let mut told = serde_json::Map::new();
            told.insert(
                "@odata.context".into(),
                context(cx, "directoryObjects", query, "/$entity").into(),
            );
            told.extend(tell::any_object(cx, set.ty, object.ty, seen, query)?);
            Ok(Reply::json(200, Value::Object(told)))
        }
        "DELETE" => write::delete(cx, set, id),
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn get_by_ids(cx: &Context, body: &Value, query: &Query) -> Outcome<Reply> {
    let body = super::validate::parameters(body, &["ids", "types"])?;
    let body = Value::Object(body);
    let ids: Vec<&str> = super::store::texts(&body, "ids").collect();
    if ids.is_empty() || ids.len() > 1000 {
        return Err(Refusal::directory("The parameter 'ids' must hold 1 to 1000 ids."));
    }
    let types: Vec<&str> = super::store::texts(&body, "types").collect();
    if let Some(set) = sets::of_type("user") {
        allow(cx, set, ANY_OBJECT)?;
    }
    let mut value = Vec::new();
    for id in ids {
        let Some((set, object)) = cx.state.directory_object(id) else { continue };
        let Some(seen) = object.seen(cx.now) else { continue };
        if types.is_empty()
            || types.iter().any(|t| *t == "directoryObject" || t.eq_ignore_ascii_case(set))
        {
            value.push(Value::Object(tell::any_object(cx, set, object.ty, seen, query)?));
        }
    }
    let context = context(cx, "directoryObjects", query, "");
    Ok(Reply::json(200, json!({ "@odata.context": context, "value": value })))
}

fn deleted(
    cx: &mut Context,
    ask: &Ask,
    set: Option<&'static Set>,
    id: Option<String>,
    restore: bool,
    query: &Query,
) -> Outcome<Reply> {
    let Some(id) = id else {
        only(ask, "GET")?;
        let set = set.ok_or_else(Refusal::method_not_allowed)?;
        allow(cx, set, set.read)?;
        return list::deleted(cx, set, query, ask.path);
    };
    let holding = set.map_or(DIRECTORY.to_vec(), |s| vec![s.ty]);
    let holding =
        holding.into_iter().find(|ty| cx.state.bin(ty).and_then(|b| b.get(&id)).is_some());
    let set = holding.and_then(sets::of_type).ok_or_else(|| match set {
        Some(set) => not_found(set, &id),
        None => Refusal::no_such_object(&id),
    })?;
    match (ask.method, restore) {
        ("GET", false) => {
            allow(cx, set, set.read)?;
            let object =
                cx.state.bin(set.ty).and_then(|b| b.get(&id)).ok_or_else(|| not_found(set, &id))?;
            Ok(Reply::json(200, deleted_entity(cx, set, object, query)?))
        }
        ("DELETE", false) => {
            allow(cx, set, set.delete.unwrap_or(&[]))?;
            cx.state.take_deleted(set.ty, &id, false);
            Ok(Reply::empty(204))
        }
        ("POST", true) => {
            allow(cx, set, set.update.unwrap_or(&[]))?;
            write::restore(cx, set, &id)
        }
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn deleted_entity(
    cx: &Context,
    set: &'static Set,
    object: &Object,
    query: &Query,
) -> Outcome<Value> {
    let mut told = entity(cx, set, object.ty, &object.properties, query)?;
    if query.select.is_none() {
        told["@odata.type"] = format!("#microsoft.graph.{}", object.ty).into();
        told["deletedDateTime"] = text(&object.properties, "deletedDateTime").into();
    }
    Ok(told)
}
