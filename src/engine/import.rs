//! States of objects that Terraform did not make: what the user typed becomes enough of a state
//! for a read to complete it.

use crate::declare::{Attribute, Form, Keeps, Requests, Resource, Ruled};
use crate::engine::{Model, encode, equal, names, plan};
use crate::terraform::{Diagnostic, Object, Value};

/// What the user typed, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Enough of a state to read the object.
    State(Value),
    /// A natural key, to be looked up: the attribute and its value.
    Key(&'static str, String),
    /// The id of a schedule, to be looked up: states know schedules by what they are of.
    Schedule(String),
}

/// Understands an import id: an object id, a Graph path or `key=value`.
///
/// # Errors
///
/// What the id should look like for this resource.
pub fn parse(model: &Model, id: &str) -> Result<Wanted, Diagnostic> {
    let id = id.trim();
    if id.is_empty() {
        return Err(wrong(model, id));
    }
    if let Some((key, value)) = id.split_once('=') {
        let known = model.resource.keys.iter().find(|known| **known == key.trim());
        if let (Some(key), true) = (known, model.resource.ruled.is_some()) {
            let mut state = empty(model);
            state.insert((*key).to_owned(), value.trim().trim_matches('"').into());
            let mut state = plan::derived(model, &Value::Object(state));
            let own = made_up_id(model, &state).ok_or_else(|| wrong(model, id))?;
            if let Value::Object(state) = &mut state {
                state.insert("id".into(), own);
            }
            return Ok(Wanted::State(state));
        }
        if let Some(key) = known {
            return Ok(Wanted::Key(key, value.trim().trim_matches('"').to_owned()));
        }
    }
    let resource = model.resource;
    if let Some(requests) = resource.requests {
        return schedule(model, &requests, id).ok_or_else(|| wrong(model, id));
    }
    let named = |ruled: &Ruled| {
        let (path, id) = id.rsplit_once('/')?;
        if path == resource.path { (ruled.named)(id) } else { None }
    };
    let parts = match id.strip_prefix('/') {
        Some(_) if resource.ruled.is_some() => {
            resource.ruled.as_ref().and_then(named).ok_or_else(|| wrong(model, id))?
        }
        Some(path) => from_path(resource, path).ok_or_else(|| wrong(model, id))?,
        None => id.split('/').map(str::to_owned).collect(),
    };
    let mut state = empty(model);
    match (resource.keeps, parts.as_slice()) {
        (Keeps::Singleton, parts) if resource.ruled.is_some() => {
            let of = resource.ruled.map_or(&[][..], |ruled| ruled.of);
            if parts.len() != of.len() {
                return Err(wrong(model, id));
            }
            for (name, part) in of.iter().zip(parts) {
                state.insert((*name).to_owned(), part.as_str().into());
            }
            state.insert("id".into(), parts.join("/").into());
        }
        (Keeps::Singleton, parts) if resource.is_one_of_many() => {
            let placeholders = names::of_many(resource);
            if placeholders.len() != parts.len() {
                return Err(wrong(model, id));
            }
            for (name, part) in placeholders.iter().zip(parts) {
                state.insert((*name).to_owned(), part.as_str().into());
            }
            state.insert("id".into(), parts.join("/").into());
        }
        (Keeps::Singleton, _) => {
            state.insert("id".into(), resource.name.into());
        }
        (Keeps::Member, parts) => {
            let placeholders = names::placeholders(resource.path);
            let Some((last, rest)) = parts.split_last() else { return Err(wrong(model, id)) };
            if rest.len() != placeholders.len() {
                return Err(wrong(model, id));
            }
            for (name, part) in placeholders.iter().zip(rest) {
                state.insert((*name).to_owned(), part.as_str().into());
            }
            state.insert("id".into(), last.as_str().into());
        }
        (Keeps::Slot, parts) => {
            let placeholders = names::placeholders(resource.path);
            let by_name = placeholders.is_empty() && id == resource.name;
            if !by_name && parts.len() != placeholders.len() {
                return Err(wrong(model, id));
            }
            for (name, part) in placeholders.iter().zip(parts) {
                state.insert((*name).to_owned(), part.as_str().into());
            }
            let id = made_up_id(model, &Value::Object(state.clone()));
            state.insert("id".into(), id.unwrap_or_default());
        }
        (Keeps::Reference, [near, far]) => {
            let names = reference_names(model);
            state.insert(names.0, near.as_str().into());
            state.insert(names.1, far.as_str().into());
            state.insert("id".into(), format!("{near}/{far}").into());
        }
        (Keeps::Element, parts) => {
            let names = element_names(model);
            if names.len() != parts.len() {
                return Err(wrong(model, id));
            }
            for (name, part) in names.into_iter().zip(parts) {
                state.insert(name.to_owned(), part.as_str().into());
            }
            state.insert("id".into(), parts.join("/").into());
        }
        (Keeps::Part | Keeps::Act, [whole]) => {
            for name in names::placeholders(resource.path) {
                state.insert(name.to_owned(), whole.as_str().into());
            }
            state.insert("id".into(), whole.as_str().into());
        }
        _ => return Err(wrong(model, id)),
    }
    Ok(Wanted::State(Value::Object(state)))
}

/// Understands an identity: its `id` is the id of the state.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_identity(model: &Model, identity: &Value) -> Result<Wanted, Diagnostic> {
    parse(model, identity.get("id").as_str().unwrap_or_default())
}

/// The identity of an object: the tenant, and the id of the state.
pub fn identity(tenant: Option<&str>, state: &Value) -> Option<Value> {
    let id = state.get("id");
    let known = !id.is_null() && !id.is_unknown();
    known.then(|| {
        let tenant = tenant.map_or(Value::Null, Value::from);
        Value::from([("tenant_id", tenant), ("id", id.clone())])
    })
}

/// The id of an object of a kind whose id is not a property: from what it refers to.
pub fn made_up_id(model: &Model, state: &Value) -> Option<Value> {
    let text = |name: &str| state.get(name).as_str().map(str::to_owned);
    match model.resource.keeps {
        Keeps::Member => None,
        Keeps::Request => {
            let requests = model.resource.requests?;
            let (last, rest) = requests.of.split_last()?;
            let mut parts = rest.iter().map(|name| text(name)).collect::<Option<Vec<String>>>()?;
            match requests.instead.and_then(|name| Some((name, text(name)?))) {
                Some((name, value)) => parts.push(format!("{name}={value}")),
                // What the end is by default goes without saying: the whole tenant.
                None => {
                    let end = Value::from(text(last)?);
                    if usual(model, last).as_ref() != Some(&end) {
                        parts.extend(end.as_str().map(str::to_owned));
                    }
                }
            }
            Some(parts.join("/").into())
        }
        Keeps::Singleton => match model.resource.ruled {
            None if model.resource.is_one_of_many() => {
                let parts = names::of_many(model.resource);
                let parts: Option<Vec<String>> = parts.iter().map(|name| text(name)).collect();
                Some(parts?.join("/").into())
            }
            None => Some(model.resource.name.into()),
            Some(ruled) => {
                let parts: Option<Vec<String>> = ruled.of.iter().map(|name| text(name)).collect();
                Some(parts?.join("/").into())
            }
        },
        Keeps::Slot => {
            let names = names::placeholders(model.resource.path);
            let parts = names.into_iter().map(text).collect::<Option<Vec<String>>>()?;
            let id = if parts.is_empty() { model.resource.name.into() } else { parts.join("/") };
            Some(id.into())
        }
        Keeps::Element => {
            let parts = element_names(model).into_iter().map(text).collect::<Option<Vec<_>>>()?;
            Some(parts.join("/").into())
        }
        Keeps::Part | Keeps::Act => {
            text(names::placeholders(model.resource.path).first()?).map(Value::from)
        }
        Keeps::Reference => {
            let (near, far) = reference_names(model);
            Some(format!("{}/{}", text(&near)?, text(&far)?).into())
        }
    }
}

/// A state with nothing in it yet.
pub fn empty(model: &Model) -> Object {
    model.attributes.iter().map(|attribute| (attribute.name.to_owned(), Value::Null)).collect()
}

/// What an attribute is where nothing is set.
fn usual(model: &Model, name: &str) -> Option<Value> {
    let attribute = model.attribute(name)?;
    let derived = || attribute.derive.and_then(|derive| derive(&Value::Null));
    attribute.default.map(encode::literal).or_else(derived)
}

/// A part of an import id as the attribute has it: where the same property has a name for people,
/// such as a role's, that name is understood too.
fn understood(model: &Model, name: &str, part: &str) -> Option<Value> {
    let property = |attribute: &Attribute| names::location(attribute);
    let own = property(model.attribute(name)?);
    let named = model.attributes.iter().find(|one| one.name != name && property(one) == own);
    let codec = named.and_then(|named| named.via);
    let translated = codec.map(|codec| (codec.encode)(part.into()));
    Some(translated.as_ref().and_then(|json| json.as_str()).unwrap_or(part).into())
}

/// `<principal>/<role>/<scope>`, the end of which may have a default or be `name=value` of what
/// stands in its place; the path or the id of a schedule.
fn schedule(model: &Model, requests: &Requests, id: &str) -> Option<Wanted> {
    let of = requests.of;
    if let Some(path) = id.strip_prefix('/') {
        let own = path.strip_prefix(model.resource.path.trim_start_matches('/'))?;
        return Some(Wanted::Schedule(own.strip_prefix('/')?.to_owned()));
    }
    if !id.contains('/') {
        return Some(Wanted::Schedule(id.to_owned()));
    }
    let mut parts = id.splitn(of.len(), '/').filter(|part| !part.is_empty());
    let mut state = empty(model);
    for name in of {
        let part = parts.next();
        let instead = part.and_then(|part| {
            let (given, value) = part.split_once('=')?;
            (of.last() == Some(name) && requests.instead == Some(given)).then_some((given, value))
        });
        match (instead, part) {
            (Some((given, value)), _) => state.insert(given.to_owned(), value.into()),
            (None, Some(part)) => state.insert((*name).to_owned(), understood(model, name, part)?),
            (None, None) => state.insert((*name).to_owned(), usual(model, name)?),
        };
    }
    let id = made_up_id(model, &Value::Object(state.clone()))?;
    state.insert("id".into(), id);
    Some(Wanted::State(Value::Object(state)))
}

/// Whether two ids name the same object.
pub fn same_id(a: &str, b: &str) -> bool {
    equal::same_text(Form::Id, a, b)
}

/// The attributes at the near and the far end of a reference.
fn reference_names(model: &Model) -> (String, String) {
    let near = names::placeholders(model.resource.path).first().map(|name| (*name).to_owned());
    let far = model.resource.attributes.last().map(|last| last.name.to_owned());
    (near.unwrap_or_default(), far.unwrap_or_default())
}

/// The attributes that say where an element is, and which one it is.
fn element_names(model: &Model) -> Vec<&'static str> {
    let mut names = names::placeholders(model.resource.path);
    names.extend(model.resource.element.map(|element| element.key));
    names
}

/// The variable parts of a Graph path that follows `pattern`.
fn from_path(resource: &Resource, path: &str) -> Option<Vec<String>> {
    let pattern: Vec<&str> = resource.path.trim_start_matches('/').split('/').collect();
    let path: Vec<&str> = path.trim_end_matches("/$ref").split('/').collect();
    let fixed = matches!(resource.keeps, Keeps::Singleton | Keeps::Slot | Keeps::Part | Keeps::Act);
    // What comes from a template is in a collection as well, once it was changed.
    let own = usize::from(!fixed || resource.template().is_some());
    if path.len() != pattern.len() + own {
        return None;
    }
    let mut parts = Vec::new();
    for (expected, found) in pattern.iter().zip(&path) {
        match expected.starts_with('{') {
            _ if *expected == names::TENANT => {}
            true => parts.push((*found).to_owned()),
            false if expected.eq_ignore_ascii_case(found) => {}
            false => return None,
        }
    }
    parts.extend(path[pattern.len()..].iter().map(|part| (*part).to_owned()));
    Some(parts)
}

/// What an import id of this resource does not look like, and what it does.
fn wrong(model: &Model, id: &str) -> Diagnostic {
    let Forms { plain, path, keys } = Forms::of(model);
    let keys: String = keys.iter().map(|key| format!(", or {key}")).collect();
    Diagnostic::error(
        format!("{id:?} is not an import id of {}", model.name),
        format!("Import {} by {plain}, by its Graph path {path}{keys}.", model.name),
    )
}

/// What the import ids of a resource look like, variable parts in angle brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// The id in the state, such as `<id>` or `<group_id>/<member_id>`.
    pub plain: String,
    /// The path in Graph, such as `/groups/<id>`.
    pub path: String,
    /// The natural keys, such as `display_name=<display_name>`.
    pub keys: Vec<String>,
}

impl Forms {
    /// Those of `model`.
    pub fn of(model: &Model) -> Self {
        let resource = model.resource;
        let placeholders = names::placeholders(resource.path);
        let path = resource.path.replace('{', "<").replace('}', ">");
        let (plain, path) = match resource.keeps {
            Keeps::Singleton => match resource.ruled {
                None if resource.is_one_of_many() => {
                    let parts: Vec<_> =
                        names::of_many(resource).iter().map(|name| format!("<{name}>")).collect();
                    let own = if resource.template().is_some() { "/<id>" } else { "" };
                    (parts.join("/"), format!("{path}{own}"))
                }
                None => (resource.name.to_owned(), path),
                Some(ruled) => {
                    let parts: Vec<_> = ruled.of.iter().map(|name| format!("<{name}>")).collect();
                    (parts.join("/"), format!("{path}/<id>"))
                }
            },
            Keeps::Slot if placeholders.is_empty() => (resource.name.to_owned(), path),
            Keeps::Slot => {
                let parts: Vec<_> = placeholders.iter().map(|name| format!("<{name}>")).collect();
                (parts.join("/"), path)
            }
            Keeps::Element => {
                let parts: Vec<_> =
                    element_names(model).iter().map(|name| format!("<{name}>")).collect();
                let key = parts.last().cloned().unwrap_or_default();
                (parts.join("/"), format!("{path}/{key}"))
            }
            Keeps::Part | Keeps::Act => {
                (format!("<{}>", placeholders.first().unwrap_or(&"id")), path)
            }
            Keeps::Reference => {
                let (near, far) = reference_names(model);
                (format!("<{near}>/<{far}>"), format!("{path}/<{far}>"))
            }
            Keeps::Request => {
                let of = resource.requests.map_or(&[][..], |requests| requests.of);
                let parts: Vec<_> = of.iter().map(|name| format!("<{name}>")).collect();
                (parts.join("/"), format!("{path}/<id>"))
            }
            Keeps::Member => {
                let parts = placeholders.iter().map(|name| format!("<{name}>/"));
                (parts.collect::<String>() + "<id>", format!("{path}/<id>"))
            }
        };
        let keys = resource.keys.iter().map(|key| format!("{key}=<{key}>")).collect();
        Self { plain, path, keys }
    }
}
