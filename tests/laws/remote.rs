//! An object as it is in the tenant, and changes that somebody else makes to it.

use jiff::Timestamp;
use m365::catalogue;
use m365::declare::{Keeps, Kind, Mode, Replace, Rewrite, Ruled};
use m365::engine::schedule::{self, Action};
use m365::engine::{
    Model, Request, Verb, contained, decode, element, equal, names, patch, request, ruled, shape,
    stream, template,
};
use m365::terraform::Value;
use serde_json::{Value as Json, json};

use super::tenant::Tenant;
use super::values::{self, World};
use super::{Outcome, ensure};

/// Objects that others can refer to: some of each collection that the catalogue knows, and
/// applications.
pub(crate) async fn world(tenant: &Tenant) -> Outcome<World> {
    let own = catalogue::ALL.iter().filter(|one| one.keeps == Keeps::Member);
    let own = own.map(|one| one.path).filter(|path| names::placeholders(path).is_empty());
    let mut ids = Vec::new();
    // Three, since two of them may be those that the example made.
    for collection in own.chain(["/servicePrincipals"]) {
        let told = tenant.outside_ok("GET", collection, None).await?;
        let some = told["value"].as_array().into_iter().flatten().take(3);
        let named = some.flat_map(|one| [one["appId"].as_str(), one["id"].as_str()]);
        // What is named by its id, such as a domain, is referred to by name.
        ids.extend(named.flatten().filter(|id| !id.contains('.')).map(str::to_owned));
    }
    Ok(World { ids })
}

/// Sends a request of the engine's from outside.
pub(crate) async fn send(tenant: &Tenant, request: &Request) -> (u16, Json) {
    let method = match request.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Patch => "PATCH",
        Verb::Put => "PUT",
        Verb::Delete => "DELETE",
    };
    let query: Vec<String> =
        request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let path = match query.is_empty() {
        true => request.path.clone(),
        false => format!("{}?{}", request.path, query.join("&").replace(' ', "%20")),
    };
    let version = if request.beta { "/beta" } else { "/v1.0" };
    tenant.outside(method, &format!("{version}{path}"), request.body.as_ref()).await
}

/// The object as Graph has it, with its relationships; none where it is gone.
pub(crate) async fn object(tenant: &Tenant, model: &Model, state: &Value) -> Outcome<Option<Json>> {
    if let Some(requests) = model.resource.requests {
        let list = schedule::list(model, model.resource.path, state, requests.of);
        let (status, told) = send(tenant, &list).await;
        ensure(status == 200, || format!("reading schedules outside: {status} {told}"))?;
        let listed = told["value"].as_array().cloned().unwrap_or_default();
        let found = schedule::pick(model, state, &listed);
        return Ok(found.and_then(|one| schedule::shown(one, state, Timestamp::now())));
    }
    if let Some(ruled) = &model.resource.ruled {
        let policy = policy(tenant, model, ruled, state).await?;
        return Ok(policy.map(|policy| ruled::settings(model, ruled, &policy, state)));
    }
    if let Some(whole) = &model.resource.whole
        && whole.template.is_some()
    {
        let settings = settings(tenant, model, state).await?;
        return Ok(Some((whole.view)(&settings, &shape::of(model, state))));
    }
    let path = request::object_path(model.resource, state);
    if model.resource.keeps == Keeps::Reference {
        let far = request::far_end(model, state);
        let (status, told) = send(tenant, &request::references(model, state)).await;
        if status == 404 {
            return Ok(None);
        }
        let there =
            told["value"].as_array().into_iter().flatten().any(|one| one["id"] == far.as_str());
        return Ok(there.then(|| json!({})));
    }
    let read = match model.resource.keeps {
        Keeps::Part => Request::new(Verb::Get, path.clone()),
        _ => request::read(model, state),
    };
    let (status, mut told) = send(tenant, &read).await;
    if status == 404 {
        return Ok(None);
    }
    ensure(status == 200, || format!("reading {path} outside: {status} {told}"))?;
    if let Some(of) = &model.resource.element {
        return Ok(element::pick(model, of, state, &told));
    }
    if model.resource.act.is_some_and(|act| !(act.done)(&told)) {
        return Ok(None);
    }
    if let Some(whole) = &model.resource.whole {
        return Ok(Some((whole.view)(&told, &shape::of(model, state))));
    }
    for (property, request) in request::besides(model, state) {
        let (_, listed) = send(tenant, &request).await;
        told[property] = listed["value"].clone();
    }
    let links = model.attributes.iter().filter(|one| matches!(one.kind, Kind::Links));
    for attribute in links.filter(|one| !one.expanded) {
        let (property, _) = names::location(attribute);
        let (_, listed) = send(tenant, &request::list_links(&path, &property)).await;
        told[property] = listed["value"].clone();
    }
    Ok(Some(told))
}

/// The settings of a template as they hold.
async fn settings(tenant: &Tenant, model: &Model, state: &Value) -> Outcome<Json> {
    let of = model.resource.template().ok_or("it comes from no template")?;
    let (_, templates) = send(tenant, &template::templates(&of)).await;
    let (_, changed) = send(tenant, &template::changed(model.resource)).await;
    let listed = |json: &Json| json["value"].as_array().cloned().unwrap_or_default();
    template::settings(&of, state, (&listed(&templates), &listed(&changed)))
}

async fn policy(
    tenant: &Tenant,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
) -> Outcome<Option<Json>> {
    let (status, mut told) = send(tenant, &ruled::find(model, ruled, state)).await;
    ensure(status == 200, || format!("reading rules outside: {status} {told}"))?;
    Ok(ruled::policy(serde_json::from_value(told["value"].take()).unwrap_or_default()))
}

/// Whether an attribute can be changed in place, at least sometimes.
pub(crate) fn is_changeable(model: &Model, attribute: &m365::declare::Attribute) -> bool {
    attribute.mode != Mode::Computed
        && !attribute.local
        && !attribute.write_only
        && !attribute.not_returned
        && attribute.one_way.is_none()
        && !matches!(attribute.replace, Replace::Always(_))
        && !model.in_path(attribute)
}

/// Changes what can be changed of an object in place, as somebody in the portal would; the names
/// of the attributes that others changed. Values that Graph refuses are left.
pub(crate) async fn change(
    tenant: &Tenant,
    model: &Model,
    state: &Value,
) -> Outcome<Vec<&'static str>> {
    let world = world(tenant).await?;
    let mut changed = Vec::new();
    let mut now = state.clone();
    let mut refused = Vec::new();
    for attribute in model.attributes.iter().filter(|one| is_changeable(model, one)) {
        if matches!(attribute.kind, Kind::Variant(..)) && state.get(attribute.name).is_null() {
            continue;
        }
        for value in
            values::others(attribute, state.get(attribute.name), &world).into_iter().take(64)
        {
            let wanted = values::set(&now, std::slice::from_ref(attribute), value.clone(), &world);
            match changed_to(tenant, model, &now, &wanted).await? {
                Ok(()) => {}
                Err(said) => {
                    refused.push(format!("{}: {said}", attribute.name));
                    continue;
                }
            }
            let remote = object(tenant, model, state).await?.ok_or("the object is gone")?;
            let is = decode::state(model, &remote, state);
            if !equal::same(attribute, is.get(attribute.name), state.get(attribute.name)) {
                changed.push(attribute.name);
                now = wanted;
                break;
            }
        }
    }
    let any = model.attributes.iter().any(|one| is_changeable(model, one));
    ensure(!any || !changed.is_empty(), || {
        format!("no attribute could be changed outside: {refused:?}")
    })?;
    Ok(changed)
}

/// Makes sure that there is something to do for who takes a setting over that is always there.
pub(crate) async fn unsettle(tenant: &Tenant, model: &Model) -> Outcome {
    // Settings of which there are many have no name before the configuration gives it.
    if model.resource.keeps != Keeps::Singleton || model.resource.is_one_of_many() {
        return Ok(());
    }
    let remote = object(tenant, model, &Value::Null).await?.ok_or("the setting is not there")?;
    change(tenant, model, &decode::state(model, &remote, &Value::Null)).await.map(|_| ())
}

/// Sends the difference; the inner result says why Graph refused it.
async fn changed_to(
    tenant: &Tenant,
    model: &Model,
    now: &Value,
    wanted: &Value,
) -> Outcome<Result<(), String>> {
    let body = patch::body(model, now, wanted, &Value::Null);
    let mut requests = Vec::new();
    if model.resource.requests.is_some() {
        requests.extend(schedule::change(model, wanted, Action::Update, Timestamp::now()));
    } else if let Some(ruled) = &model.resource.ruled {
        let policy = policy(tenant, model, ruled, now).await?.ok_or("the policy is gone")?;
        requests.extend(ruled::change(ruled, &policy, &ruled::wanted(model, wanted)));
    } else if let Some(whole) = &model.resource.whole {
        let object = match whole.template {
            Some(_) => settings(tenant, model, now).await?,
            None => send(tenant, &request::read(model, now)).await.1,
        };
        let (prior, planned) = (shape::of(model, now), shape::of(model, wanted));
        let rewrite = Rewrite { object: &object, found: &object, prior: &prior, planned: &planned };
        let place = request::object_path(model.resource, now);
        let mut answers = Vec::new();
        for ask in (whole.asks)(&rewrite) {
            let asked = Request::new(Verb::Post, format!("{place}/{}", ask.action));
            answers.push(send(tenant, &Request { body: Some(ask.body), ..asked }).await.1);
        }
        match (whole.write)(&rewrite, &answers) {
            Ok(body) if whole.template.is_some() => {
                requests.extend(template::change(model.resource, &object, &body));
            }
            Ok(body) => {
                requests.push(Request { body: Some(body), ..Request::new(Verb::Put, place) });
            }
            Err(why) => return Ok(Err(why)),
        }
    } else {
        let remote = object(tenant, model, now).await?.unwrap_or_default();
        let parts = contained::changes(model, &remote, now, wanted);
        requests.extend(parts.removals);
        if !body.is_empty() {
            requests.push(request::update(model, wanted, body));
        }
        requests.extend(request::actions(model, now, wanted));
        requests.extend(request::switches(model, now, wanted));
        requests.extend(parts.additions);
    }
    let path = request::object_path(model.resource, now);
    for change in patch::links(model, now, wanted) {
        requests.extend(request::relate(&path, &change, &tenant.base()));
    }
    for request in requests {
        let (status, told) = send(tenant, &request).await;
        if !(200..300).contains(&status) {
            return Ok(Err(format!("{status} {}", told["error"]["message"])));
        }
    }
    Ok(Ok(()))
}

/// Deletes an object, as somebody in the portal would; a part goes with what it is part of.
pub(crate) async fn delete(tenant: &Tenant, model: &Model, state: &Value) -> Outcome {
    let remote = object(tenant, model, state).await?.ok_or("there is nothing to delete")?;
    if let Some(end) = schedule::change(model, state, Action::Remove, Timestamp::now()) {
        return sent(tenant, &end).await;
    }
    for first in stream::removals(model, state, &remote) {
        sent(tenant, &first).await?;
    }
    if let Some(first) = request::before_delete(model, state, &remote) {
        sent(tenant, &first).await?;
    }
    sent(tenant, &request::delete(model, state, &remote)).await
}

/// Sends what must be accepted.
async fn sent(tenant: &Tenant, request: &Request) -> Outcome {
    let (status, told) = send(tenant, request).await;
    ensure((200..300).contains(&status), || {
        format!("{:?} {} outside: {status} {told}", request.verb, request.path)
    })
}
