//! Taking over an object that exists: by id, Graph path, natural key or identity.

use super::explain::{self, Doing};
use super::note::Note;
use super::session::Session;
use super::{Import, Imported, find, schedule};
use crate::engine::Model;
use crate::engine::import::{self as ids, Wanted};
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// `ImportResourceState`: a state with the id in it, which the read that follows completes.
pub(super) async fn import(session: &Session, model: &Model, import: Import) -> Imported {
    let wanted = match &import.identity {
        Some(identity) if import.id.is_empty() => ids::parse_identity(model, identity),
        _ => ids::parse(model, &import.id),
    };
    let state = match wanted {
        Ok(Wanted::State(state)) => Ok(state),
        Ok(Wanted::Key(key, value)) => by_key(session, model, key, &value).await,
        Ok(Wanted::Schedule(id)) => by_schedule(session, model, &id).await,
        Err(diagnostic) => Err(diagnostic),
    };
    match state {
        Ok(state) => Imported {
            identity: ids::identity(session.tenant().await, &state),
            state,
            private: Note { importing: true, ..Note::default() }.write(),
            diagnostics: Diagnostics::new(),
        },
        Err(diagnostic) => Imported { diagnostics: diagnostic.into(), ..Imported::default() },
    }
}

async fn by_schedule(session: &Session, model: &Model, id: &str) -> Result<Value, Diagnostic> {
    match schedule::by_id(session, model, id).await {
        Ok(Some(state)) => Ok(state),
        Ok(None) => Err(Diagnostic::error(
            format!("Cannot import {}: there is no schedule {id}", model.name),
            "Graph does not know it in this tenant, or it is over. Check the id, and that the \
             provider signs in to the right tenant.",
        )),
        Err(error) => Err(explain::resource(model, Doing::Importing, &error)),
    }
}

async fn by_key(
    session: &Session,
    model: &Model,
    key: &str,
    value: &str,
) -> Result<Value, Diagnostic> {
    let mut state = ids::empty(model);
    let found = find::by_keys(session, model, &[(key, value)]).await;
    let found = found.map_err(|error| explain::resource(model, Doing::Importing, &error))?;
    let ids: Vec<&str> = found.iter().filter_map(|one| one["id"].as_str()).collect();
    match ids.as_slice() {
        [id] => {
            state.insert("id".into(), (*id).into());
            Ok(Value::Object(state))
        }
        [] => Err(Diagnostic::error(
            format!("Cannot import {}: there is none with {key} {value:?}", model.name),
            "Check the spelling, and that the provider signs in to the right tenant.",
        )),
        several => Err(Diagnostic::error(
            format!("Cannot import {}: {} have {key} {value:?}", model.name, several.len()),
            format!("Import the one that is meant by its id: {}.", several.join(", ")),
        )),
    }
}
