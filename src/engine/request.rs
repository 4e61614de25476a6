//! Requests as values: what each operation on each kind asks of Graph. Building is pure, and
//! compared in tests; sending is the lifecycle's.

use serde_json::{Map, Value as Json, json};

use crate::declare::{Act, Call, Form, Keeps, Kind, Method, Resource, Target};
use crate::engine::{Model, element, encode, equal, model, names, patch, version};
use crate::terraform::Value;

/// A request to Graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub verb: Verb,
    /// The path below the version, filled in and escaped.
    pub path: String,
    /// Query options, not escaped.
    pub query: Vec<(&'static str, String)>,
    /// Headers beside those of all requests.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body.
    pub body: Option<Json>,
    /// Whether it goes to the beta version of Graph.
    pub beta: bool,
    /// Whether it says how things are to be, so that sending it twice is sending it once. Of other
    /// methods than POST that goes without saying.
    pub repeatable: bool,
}

/// The HTTP methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the methods are what HTTP says they are")]
pub enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Request {
    /// A request without query and body.
    pub fn new(verb: Verb, path: impl Into<String>) -> Self {
        Self {
            verb,
            path: path.into(),
            query: Vec::new(),
            headers: &[],
            body: None,
            beta: false,
            repeatable: false,
        }
    }

    /// The same request to the beta version of Graph.
    #[must_use]
    pub fn in_beta(self) -> Self {
        Self { beta: true, ..self }
    }

    /// The same request, sending which twice is sending it once.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    fn in_beta_if(self, beta: bool) -> Self {
        Self { beta, ..self }
    }

    pub(super) fn with_body(self, body: impl Into<Json>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    pub(super) fn with_query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// The most relationships that one request may carry (Graph, "Use the `@odata.bind` annotation").
pub const BIND_LIMIT: usize = 20;

/// A request about an object of `resource`, with the headers that Graph wants with those.
fn about(resource: &Resource, verb: Verb, path: String) -> Request {
    Request { headers: resource.headers, ..Request::new(verb, path) }
}

/// Where an object is: its collection and id, or the path of a kind that has no collection.
pub fn object_path(resource: &Resource, state: &Value) -> String {
    let base = names::fill(resource.path, |name| text(state, name));
    match resource.keeps {
        Keeps::Member => format!("{base}/{}", names::segment(&text(state, "id"))),
        _ => base,
    }
}

/// The requests for what is read besides an object, each with the property that its answer becomes.
pub fn besides(model: &Model, state: &Value) -> Vec<(&'static str, Request)> {
    let also = model.resource.also.iter();
    also.map(|also| {
        let path = names::fill(also.path, |name| text(state, name));
        (also.property, Request::new(Verb::Get, path))
    })
    .collect()
}

/// The request that does what an act is.
pub fn act(act: &Act, state: &Value) -> Request {
    Request::new(Verb::Post, names::fill(act.path, |name| text(state, name)))
}

/// The request for what keeps Graph from removing an object.
pub fn holders(model: &Model, state: &Value) -> Option<Request> {
    let path = names::fill(model.resource.held_by?, |name| text(state, name));
    Some(Request::new(Verb::Get, path))
}

/// The collection that an object is, or will be, in.
pub fn collection_path(resource: &Resource, state: &Value) -> String {
    names::fill(resource.path, |name| text(state, name))
}

/// The request that makes an object, for the kinds that are made. `base` is where Graph is, for
/// references to other objects (`https://graph.microsoft.com/v1.0`).
pub fn create(model: &Model, planned: &Value, config: &Value, base: &str) -> Request {
    let resource = model.resource;
    if let Some(of) = &resource.element {
        return element::put(model, of, planned);
    }
    let path = collection_path(resource, planned);
    if resource.keeps == Keeps::Reference {
        return add_link(&path, &far_end(model, planned), base);
    }
    let mut body = encode::body(model, planned, config);
    let beta = version::needs_beta(model, planned);
    if let Some(call) = resource.create {
        return fixed(model, &call, planned, &body).in_beta_if(beta);
    }
    if model::names_itself(resource) {
        body.insert("id".into(), text(planned, "id").into());
    }
    for change in patch::links(model, &Value::Null, planned).iter().filter(|change| change.bound) {
        let bound = change.add.iter().take(BIND_LIMIT).map(|id| reference(base, id));
        body.insert(format!("{}@odata.bind", change.property), bound.collect());
    }
    about(resource, Verb::Post, path).with_body(body).in_beta_if(beta)
}

/// The request that reads an object.
pub fn read(model: &Model, state: &Value) -> Request {
    if model.resource.element.is_some() {
        return element::read(model, state);
    }
    let request = about(model.resource, Verb::Get, object_path(model.resource, state));
    shaped(model, request).in_beta_if(version::needs_beta(model, state))
}

/// The request for a collection, or for the objects in it that `filter` lets through.
pub fn list(model: &Model, state: &Value, filter: Option<String>) -> Request {
    let request = about(model.resource, Verb::Get, collection_path(model.resource, state));
    let mut request = shaped(model, request);
    if model.resource.page > 0 {
        request = request.with_query("$top", model.resource.page.to_string());
    }
    match filter {
        Some(filter) => request.with_query("$filter", filter),
        None => request,
    }
}

/// The same request to the index of the directory, which answers more filters than the directory does
/// and follows no relationship (Graph, "Advanced query capabilities on directory objects").
pub fn indexed(mut listing: Request) -> Request {
    listing.query.retain(|(name, _)| *name != "$expand");
    Request { headers: INDEXED, ..listing.with_query("$count", "true") }
}

/// What asks for the index.
const INDEXED: &[(&str, &str)] = &[("ConsistencyLevel", "eventual")];

/// The single relationships that lists tell, each with the request for the one of an object.
pub fn expanded_links(model: &Model) -> Vec<(String, impl Fn(&str) -> Request)> {
    let links = model.attributes.iter().filter(|link| matches!(link.kind, Kind::Link));
    links
        .map(|link| {
            let (property, _) = names::location(link);
            let collection = model.resource.path;
            let path = property.clone();
            let read = move |id: &str| {
                let path = format!("{collection}/{}/{path}", names::segment(id));
                Request::new(Verb::Get, path).with_query("$select", "id")
            };
            (property, read)
        })
        .collect()
}

/// The filter that finds an object by natural keys; `None` where Graph does not filter by them.
pub fn by_keys(model: &Model, keys: &[(&str, &str)]) -> Option<String> {
    let filters = keys.iter().map(|(key, value)| {
        let attribute = model.attribute(key)?;
        Some(format!("{} eq {}", names::location(attribute).0, names::literal(value)))
    });
    let filters = filters.collect::<Option<Vec<_>>>()?;
    model.resource.filters.then(|| filters.join(" and "))
}

/// Whether an object has the natural keys, as Graph compares names: without regard to letter case.
pub fn has_keys(model: &Model, remote: &Json, keys: &[(&str, &str)]) -> bool {
    keys.iter().all(|(key, value)| {
        let property = model.attribute(key).map(|attribute| names::location(attribute).0);
        let found = property.and_then(|property| remote[property].as_str());
        found.is_some_and(|found| found.to_lowercase() == value.to_lowercase())
    })
}

/// `$select` of what is managed and `$expand` of single relationships.
fn shaped(model: &Model, mut request: Request) -> Request {
    let mut select = vec!["id".to_owned()];
    for attribute in &model.attributes {
        let (property, _) = names::location(attribute);
        let concluded = model.resource.concluded.map_or(&[][..], |concluded| concluded.attributes);
        let besides = model.resource.also.iter().any(|also| also.property == property)
            || concluded.contains(&attribute.name);
        let told =
            !attribute.local && !attribute.not_returned && !model.in_path(attribute) && !besides;
        match attribute.kind {
            Kind::Link => {
                request = request.with_query("$expand", format!("{property}($select=id)"));
            }
            Kind::Links if attribute.expanded => {
                request = request.with_query("$expand", property);
            }
            Kind::Links => {}
            _ if attribute.contained.is_some() => {
                let expand = attribute.contained.is_some_and(|how| how.expanded);
                let asked = ("$expand", property);
                if expand && !request.query.contains(&asked) {
                    request.query.push(asked);
                }
            }
            _ if told && !select.contains(&property) && !secret_only(model, &property) => {
                select.push(property);
            }
            _ => {}
        }
    }
    if model.resource.selects {
        request.query.insert(0, ("$select", select.join(",")));
    }
    request
}

/// Whether all that a property holds is write-only, so that there is nothing to read.
fn secret_only(model: &Model, property: &str) -> bool {
    let mut parts =
        model.attributes.iter().filter(|attribute| names::location(attribute).0 == property);
    parts.all(|attribute| attribute.write_only || attribute.not_returned)
}

/// The request that changes properties.
pub fn update(model: &Model, planned: &Value, body: Map<String, Json>) -> Request {
    if let Some(of) = &model.resource.element {
        return element::put(model, of, planned);
    }
    let beta = version::needs_beta(model, planned) || version::mentions_beta(model, &body);
    let request = match model.resource.update {
        Some(call) => fixed(model, &call, planned, &body),
        None => {
            about(model.resource, Verb::Patch, object_path(model.resource, planned)).with_body(body)
        }
    };
    request.in_beta_if(beta)
}

/// The requests that change what only actions change.
pub fn actions(model: &Model, prior: &Value, planned: &Value) -> Vec<Request> {
    let path = object_path(model.resource, planned);
    let actions = patch::actions(model, prior, planned).into_iter();
    actions
        .map(|(action, body)| {
            Request::new(Verb::Post, format!("{path}/{action}")).with_body(body).repeatable()
        })
        .collect()
}

/// The requests that switch something on or off; in a new object, everything is off.
pub fn switches(model: &Model, prior: &Value, planned: &Value) -> Vec<Request> {
    let path = object_path(model.resource, planned);
    let changes = model.attributes.iter().filter_map(|attribute| {
        let (on, off) = attribute.switch?;
        let before = prior.get(attribute.name).as_bool().unwrap_or(false);
        let after = planned.get(attribute.name).as_bool()?;
        let action = if after { on } else { off };
        let request = Request::new(Verb::Post, format!("{path}/{action}")).repeatable();
        (before != after).then_some(request)
    });
    changes.collect()
}

/// The requests that change a relationship, in order: what comes first, then what goes, so that
/// an owner is there before the last one leaves.
pub fn relate(path: &str, change: &patch::LinkChange, base: &str) -> Vec<Request> {
    let property = &change.property;
    if change.single {
        return vec![match change.add.first() {
            Some(id) => Request::new(Verb::Put, format!("{path}/{property}/$ref"))
                .with_body(json!({ "@odata.id": reference(base, id) })),
            None => Request::new(Verb::Delete, format!("{path}/{property}/$ref")),
        }];
    }
    // Only `members` can be bound by PATCH; other relationships grow one by one.
    let added: Vec<Request> = if property == "members" && change.add.len() > 1 {
        let chunks = change.add.chunks(BIND_LIMIT).map(|ids| {
            let bound: Vec<Json> = ids.iter().map(|id| reference(base, id)).collect();
            Request::new(Verb::Patch, path).with_body(json!({ "members@odata.bind": bound }))
        });
        chunks.collect()
    } else {
        let path = format!("{path}/{property}");
        change.add.iter().map(|id| add_link(&path, id, base)).collect()
    };
    let removed = change.remove.iter().map(|id| remove_link(&format!("{path}/{property}"), id));
    added.into_iter().chain(removed).collect()
}

/// The request for the ids in a relationship.
pub fn list_links(path: &str, property: &str) -> Request {
    list_ids(&format!("{path}/{property}"))
}

/// The request for the ids in a collection.
pub fn list_ids(path: &str) -> Request {
    Request::new(Verb::Get, path).with_query("$select", "id").with_query("$top", "999")
}

/// The request for the ids at the far ends of the references that a resource is one of.
pub fn references(model: &Model, state: &Value) -> Request {
    let path = collection_path(model.resource, state);
    match model.resource.selects {
        true => list_ids(&path),
        false => Request::new(Verb::Get, path),
    }
}

/// The request that adds one object to a relationship.
pub fn add_link(collection: &str, id: &str, base: &str) -> Request {
    add_reference(collection, reference(base, id))
}

/// The request that adds the object at an address to a relationship.
pub fn add_reference(collection: &str, address: Json) -> Request {
    Request::new(Verb::Post, format!("{collection}/$ref"))
        .with_body(json!({ "@odata.id": address }))
}

/// The request that takes one object out of a relationship. Without `$ref` it would delete the
/// object itself.
pub fn remove_link(collection: &str, id: &str) -> Request {
    let id = equal::canonical(Form::Id, id);
    Request::new(Verb::Delete, format!("{collection}/{}/$ref", names::segment(&id)))
}

/// The request that removes an object.
pub fn delete(model: &Model, state: &Value, remote: &Json) -> Request {
    let resource = model.resource;
    if resource.keeps == Keeps::Reference {
        return remove_link(&collection_path(resource, state), &far_end(model, state));
    }
    if let Some(of) = &resource.element {
        return element::remove(model, of, state);
    }
    match resource.remove {
        Some(remove) => fixed_remote(model, &remove(remote), state, remote),
        None => about(resource, Verb::Delete, object_path(resource, state)),
    }
}

/// What Graph wants done before it removes an object.
pub fn before_delete(model: &Model, state: &Value, remote: &Json) -> Option<Request> {
    let call = (model.resource.before_delete?)(remote)?;
    Some(fixed_remote(model, &call, state, remote))
}

/// The request that removes a softly deleted object for good.
pub fn purge(model: &Model, state: &Value) -> Option<Request> {
    let path = model.resource.soft_delete?;
    Some(Request::new(Verb::Delete, names::fill(path, |name| text(state, name))))
}

/// The id at the far end of a reference: the last attribute.
pub fn far_end(model: &Model, state: &Value) -> String {
    model.resource.attributes.last().map(|last| text(state, last.name)).unwrap_or_default()
}

/// A fixed call, its body taken from what would be sent.
fn fixed(model: &Model, call: &Call, state: &Value, body: &Map<String, Json>) -> Request {
    let mut body = match call.only {
        Some(properties) => encode::only(body, properties),
        None => body.clone(),
    };
    for (name, value) in call.with {
        body.insert((*name).to_owned(), encode::literal_json(*value));
    }
    let path = match call.target {
        Target::Itself => object_path(model.resource, state),
        Target::Collection => collection_path(model.resource, state),
        Target::Path(path) => names::fill(path, |name| text(state, name)),
    };
    let verb = match call.method {
        Method::Post => Verb::Post,
        Method::Patch => Verb::Patch,
        Method::Put => Verb::Put,
        Method::Delete => Verb::Delete,
    };
    let request = about(model.resource, verb, path);
    if verb == Verb::Delete { request } else { request.with_body(body) }
}

/// A fixed call of a hook, its body taken from the object as Graph has it, its type included.
fn fixed_remote(model: &Model, call: &Call, state: &Value, remote: &Json) -> Request {
    let all = remote.as_object().cloned().unwrap_or_default();
    let call = Call { only: Some(call.only.unwrap_or(&["@odata.type"])), ..*call };
    fixed(model, &call, state, &all)
}

fn reference(base: &str, id: &str) -> Json {
    let id = equal::canonical(Form::Id, id);
    Json::from(format!("{base}/directoryObjects/{}", names::segment(&id)))
}

fn text(state: &Value, name: &str) -> String {
    state.get(name).as_str().unwrap_or_default().to_owned()
}
