//! Reading an object as Graph has it, whatever its kind.

use serde_json::{Map, Value as Json};

use super::explain::{self, Doing};
use super::note::Note;
use super::session::Session;
use super::{Read, ReadBack, inquiry, ruled, schedule, template, whole};
use crate::declare::{Keeps, Kind};
use crate::engine::{Model, Request, decode, element, import, names, request, stream, version};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// `ReadResource`: the state as it is now; null where the object is gone.
pub(super) async fn refresh(session: &Session, model: &Model, read: Read) -> ReadBack {
    let Read { state: before, identity, private, .. } = read;
    let mut note = Note::read(&private);
    let how = if note.importing { How::Whole } else { How::Gathered };
    match remote(session, model, &before, how).await {
        Ok(Some(remote)) => {
            note.importing = false;
            let state = decode::state(model, &remote, &before);
            let state = stream::drifted(model, state, &remote, &note.streams);
            ReadBack {
                identity: import::identity(session.tenant().await, &state).or(identity),
                state,
                private: note.write(),
                diagnostics: Diagnostics::new(),
            }
        }
        Ok(None) if note.importing => {
            ReadBack { diagnostics: not_there(model, &before).into(), ..ReadBack::default() }
        }
        Ok(None) => ReadBack::default(),
        Err(error) => ReadBack {
            state: before,
            identity,
            private,
            diagnostics: explain::resource(model, Doing::Reading, &error).into(),
        },
    }
}

fn not_there(model: &Model, state: &Value) -> Diagnostic {
    let id = state.get("id").as_str().unwrap_or_default();
    Diagnostic::error(
        format!("Cannot import {}: there is none with id {id}", model.name),
        "Graph does not know it in this tenant. Check the id, and that the provider signs in to the \
         right tenant.",
    )
}

/// How an object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// For a refresh: together with what else is being read.
    Gathered,
    /// After a write: anew.
    Anew,
    /// Anew, with all relationships, whatever the state says.
    Whole,
}

/// The object as Graph shows it, its managed relationships included; `None` where it is gone.
/// Relationships are read where the state has
/// them.
pub(super) async fn remote(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    match model.resource.keeps {
        Keeps::Reference => reference(session, model, state, how).await,
        Keeps::Part => {
            let object = Map::new();
            relationships(session, model, state, how, object).await
        }
        Keeps::Request => schedule::remote(session, model, state, how).await,
        Keeps::Act => {
            let remote = one(session, model, state, how).await?;
            Ok(remote.filter(|remote| model.resource.act.is_some_and(|act| (act.done)(remote))))
        }
        Keeps::Member | Keeps::Singleton | Keeps::Slot | Keeps::Element => {
            let Some(remote) = one(session, model, state, how).await? else { return Ok(None) };
            let Json::Object(mut object) = remote else { return Ok(None) };
            unset_links(model, &mut object);
            if !besides(session, model, state, how, &mut object).await? {
                return Ok(None);
            }
            if let Some(concluded) = &model.resource.concluded {
                let told = inquiry::of_object(session, model, state, &object, concluded).await;
                object.extend(told);
            }
            relationships(session, model, state, how, object).await
        }
    }
}

async fn one(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    if let Some(ruled) = &model.resource.ruled {
        return ruled::remote(session, model, ruled, state, how).await;
    }
    if let Some(whole) = &model.resource.whole
        && let Some(template) = &whole.template
    {
        let settings = template::settings(session, model, template, state, how).await?;
        return Ok(Some(whole::view(model, whole, &settings, state)));
    }
    let request = request::read(model, state);
    let id = state.get("id").as_str().unwrap_or_default();
    let found = match how {
        // What is one of its kind in each place is in no collection that could be listed; several
        // resources may be at one path, each with properties of its own.
        How::Gathered if is_alone(model) => session.gather(&model.name, id, &request, None).await,
        How::Gathered if model.resource.keeps != Keeps::Singleton => {
            let mut collection = request::collection_path(model.resource, state);
            let mut listing = request::list(model, state, None);
            if request.beta {
                collection.insert_str(0, "beta");
                listing = listing.in_beta();
            }
            session.gather(&collection, id, &request, Some(&listing)).await
        }
        _ => session.get(&request).await,
    };
    if let Some(of) = &model.resource.element {
        return found.map(|found| element::pick(model, of, state, &found?));
    }
    let other =
        |told: &Json| !request.beta && how == How::Whole && version::hides_in_beta(model, told);
    if let Some(whole) = &model.resource.whole {
        return found.map(|found| found.map(|one| whole::view(model, whole, &one, state)));
    }
    match found {
        Err(error) if wants_beta(model, &error) => session.get(&request.in_beta()).await,
        // Nothing says yet whether what is taken over has what only the beta knows.
        Ok(found) if other(found.as_ref().unwrap_or(&Json::Null)) => {
            let whole = session.get(&request.clone().in_beta()).await;
            Ok(whole.ok().flatten().or(found))
        }
        found => found,
    }
}

/// Whether Graph refuses a request to v1.0 about an object that uses what only the beta knows.
pub(super) fn wants_beta(model: &Model, error: &Error) -> bool {
    let says_so = error.refusal().is_some_and(|refusal| {
        refusal.status == 400 && refusal.message.to_lowercase().contains("beta")
    });
    says_so && version::knows_beta(model)
}

/// Whether it is in no collection, and there are others of its kind elsewhere.
fn is_alone(model: &Model) -> bool {
    match model.resource.keeps {
        Keeps::Slot | Keeps::Element | Keeps::Act => true,
        Keeps::Singleton => model.resource.is_one_of_many(),
        _ => false,
    }
}

/// Adds what is read besides an object; false where the object is gone.
async fn besides(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
    object: &mut Map<String, Json>,
) -> Result<bool, Error> {
    for (property, request) in request::besides(model, state) {
        let kind = format!("{}/{property}", model.resource.path);
        match ids(session, &kind, &request, how).await? {
            Some(listed) => object.insert(property.to_owned(), Json::Array(listed)),
            None => return Ok(false),
        };
    }
    Ok(true)
}

/// The objects in a collection; `None` where what it belongs to is not there.
async fn ids(
    session: &Session,
    kind: &str,
    request: &Request,
    how: How,
) -> Result<Option<Vec<Json>>, Error> {
    if how == How::Gathered {
        return session.gather_list(kind, request).await;
    }
    match session.list(request).await {
        Ok(listed) => Ok(Some(listed)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A single relationship that is not there is left out of the answer by Graph; it was asked for,
/// so its absence says that it is not set.
fn unset_links(model: &Model, object: &mut Map<String, Json>) {
    for attribute in
        model.attributes.iter().filter(|attribute| matches!(attribute.kind, Kind::Link))
    {
        object.entry(names::location(attribute).0).or_insert(Json::Null);
    }
}

/// Whether the object at the far end is in the relationship.
async fn reference(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    let request = request::references(model, state);
    let listed = ids(session, model.resource.path, &request, how).await?;
    let far = request::far_end(model, state);
    let mut found = listed.iter().flatten().filter_map(|one| one["id"].as_str());
    let there = found.any(|id| import::same_id(id, &far));
    Ok(there.then(|| Json::Object(Map::new())))
}

/// Adds the relationships to an object; `None` where the object is gone.
async fn relationships(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
    mut object: Map<String, Json>,
) -> Result<Option<Json>, Error> {
    let path = request::object_path(model.resource, state);
    let all = how == How::Whole || model.resource.keeps == Keeps::Part;
    for attribute in
        model.attributes.iter().filter(|attribute| matches!(attribute.kind, Kind::Links))
    {
        if attribute.expanded || !all && state.get(attribute.name).is_null() {
            continue;
        }
        let (property, _) = names::location(attribute);
        let kind = format!("{}/{property}", model.resource.path);
        match ids(session, &kind, &request::list_links(&path, &property), how).await? {
            Some(listed) => object.insert(property, Json::Array(listed)),
            None => return Ok(None),
        };
    }
    Ok(Some(Json::Object(object)))
}
