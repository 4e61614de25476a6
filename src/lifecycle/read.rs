//! Reading an object as Graph has it, whatever its kind.

use serde_json::{Map, Value as Json};

use super::explain::{self, Doing};
use super::note::Note;
use super::session::Session;
use super::{Read, ReadBack};
use crate::declare::{Keeps, Kind};
use crate::engine::{Model, decode, import, names, request};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// `ReadResource`: the state as it is now; null where the object is gone.
pub(super) async fn refresh(session: &Session, model: &Model, read: Read) -> ReadBack {
    let Read { state: before, identity, private, .. } = read;
    let mut note = Note::read(&private);
    match remote(session, model, &before, note.importing).await {
        Ok(Some(remote)) => {
            note.importing = false;
            let state = decode::state(model, &remote, &before);
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

/// The object as Graph shows it, its managed relationships included; `None` where it is gone.
/// Relationships are read where the state has them, or all of them where `whole` says so.
pub(super) async fn remote(
    session: &Session,
    model: &Model,
    state: &Value,
    whole: bool,
) -> Result<Option<Json>, Error> {
    match model.resource.keeps {
        Keeps::Reference => reference(session, model, state).await,
        Keeps::Part => {
            let object = Map::new();
            relationships(session, model, state, true, object).await
        }
        Keeps::Member | Keeps::Singleton | Keeps::Request => {
            let Some(remote) = session.get(&request::read(model, state)).await? else {
                return Ok(None);
            };
            let Json::Object(mut object) = remote else { return Ok(None) };
            unset_links(model, &mut object);
            relationships(session, model, state, whole, object).await
        }
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
async fn reference(session: &Session, model: &Model, state: &Value) -> Result<Option<Json>, Error> {
    let path = request::collection_path(model.resource, state);
    let listed = match session.list(&request::list_ids(&path)).await {
        Ok(listed) => listed,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let far = request::far_end(model, state);
    let there =
        listed.iter().filter_map(|one| one["id"].as_str()).any(|id| import::same_id(id, &far));
    Ok(there.then(|| Json::Object(Map::new())))
}

/// Adds the relationships to an object; `None` where the object is gone.
async fn relationships(
    session: &Session,
    model: &Model,
    state: &Value,
    whole: bool,
    mut object: Map<String, Json>,
) -> Result<Option<Json>, Error> {
    let path = request::object_path(model.resource, state);
    for attribute in
        model.attributes.iter().filter(|attribute| matches!(attribute.kind, Kind::Links))
    {
        if !whole && state.get(attribute.name).is_null() {
            continue;
        }
        let (property, _) = names::location(attribute);
        match session.list(&request::list_links(&path, &property)).await {
            Ok(listed) => object.insert(property, Json::Array(listed)),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
    }
    Ok(Some(Json::Object(object)))
}
