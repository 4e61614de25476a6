//! Removing an object, or putting back what was found.

use serde_json::{Map, Value as Json};

use super::explain::{self, Doing};
use super::note::Note;
use super::read::{self, How};
use super::ruled::{self, Restored};
use super::session::{Session, VISIBLE};
use super::{Applied, Apply, files, schedule, whole, write};
use crate::declare::Keeps;
use crate::engine::{Model, decode, encode, patch, plan, request, stream};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Object, Value};

/// Removes an object. What is gone already is removed.
pub(super) async fn delete(session: &Session, model: &Model, apply: Apply) -> Applied {
    let Apply { prior, private, identity, .. } = apply;
    let note = Note::read(&private);
    session.touched(prior.get("id").as_str().unwrap_or_default());
    let removed = match (model.resource.keeps, &model.resource.ruled) {
        (Keeps::Singleton, Some(ruled)) => match found(&prior, &note) {
            Some(found) => match ruled::restore(session, model, ruled, &prior, found).await {
                Ok(Restored::Yes) => Ok(()),
                Ok(Restored::Not(rules)) => {
                    return Applied {
                        state: prior,
                        identity,
                        private,
                        diagnostics: not_restored(model, &rules).into(),
                    };
                }
                Err(error) => Err(error),
            },
            None => Ok(()),
        },
        (Keeps::Singleton, None) => restore(session, model, &prior, &note).await,
        (Keeps::Part, _) => clear(session, model, &prior).await,
        (Keeps::Member | Keeps::Slot | Keeps::Reference | Keeps::Element, _) => {
            remove(session, model, &prior).await
        }
        (Keeps::Request, _) => schedule::delete(session, model, &prior).await,
        // What was done stays done.
        (Keeps::Act, _) => Ok(()),
    };
    match removed {
        Ok(()) => Applied::default(),
        Err(error) => {
            let mut told = explain::resource(model, Doing::Deleting, &error);
            told.detail += &holders(session, model, &prior, &error).await.unwrap_or_default();
            Applied { state: prior, identity, private, diagnostics: told.into() }
        }
    }
}

/// What was found when a setting was taken over, unless it is to stay as it is.
fn found<'a>(state: &Value, note: &'a Note) -> Option<&'a Json> {
    let keep = state.get("on_destroy").as_str() == Some("keep");
    (!keep && note.found.is_object()).then_some(&note.found)
}

fn not_restored(model: &Model, rules: &[String]) -> Diagnostic {
    Diagnostic::error(
        format!("{} is not as it was found", model.name),
        format!(
            "Graph accepted that these rules be put back, and still shows them as they were: {}. \
             Destroy again, or put them back in the portal and set on_destroy to keep.",
            rules.join(", ")
        ),
    )
}

/// What a plan says about a destroy, where it is more than "the object goes".
pub(super) fn foretell(model: &Model, prior: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    if model.resource.keeps == Keeps::Singleton {
        let what = match prior.get("on_destroy").as_str() {
            Some("keep") => "it stays as it is, and is no longer managed",
            _ => "the values that were found when Terraform took it over are put back",
        };
        found.push(Diagnostic::warning(
            format!("{} cannot be deleted", model.name),
            format!("The setting is always there. On destroy {what} (on_destroy)."),
        ));
    }
    if model.resource.keeps == Keeps::Act {
        found.push(Diagnostic::warning(
            format!("{} cannot be undone", model.name),
            "Destroy changes nothing in Graph: what was done stays done, and is no longer managed.",
        ));
    }
    found
}

/// How many of the objects in the way are named.
const NAMED: usize = 10;

/// The objects that keep Graph from removing this one, where it refused and a list of them says so.
async fn holders(session: &Session, model: &Model, state: &Value, error: &Error) -> Option<String> {
    let request = request::holders(model, state)?;
    error.refusal().filter(|refusal| refusal.status != 403)?;
    let listed = session.list(&request).await.ok().filter(|listed| !listed.is_empty())?;
    let names: Vec<String> = listed.iter().take(NAMED).map(named).collect();
    let more = match listed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!(
        "\n\nThese refer to it, and must be changed or removed first: {}{more}.",
        names.join(", ")
    ))
}

/// What an object is called, its kind and its id.
fn named(object: &Json) -> String {
    let kind = object["@odata.type"].as_str().unwrap_or("object");
    let kind = kind.trim_start_matches("#microsoft.graph.");
    let id = object["id"].as_str().unwrap_or_default();
    let names = ["userPrincipalName", "displayName"];
    match names.iter().find_map(|name| object[*name].as_str()) {
        Some(name) => format!("{kind} {name} ({id})"),
        None => format!("{kind} {id}"),
    }
}

async fn remove(session: &Session, model: &Model, state: &Value) -> Result<(), Error> {
    let resource = model.resource;
    let mut remote = Json::Null;
    if stream::all(model).next().is_some() {
        match session.get(&request::read(model, state)).await? {
            Some(there) => files::clear(session, model, state, &there).await?,
            None => return Ok(()),
        }
    }
    if resource.before_delete.is_some() || resource.remove.is_some() {
        match prepared(session, model, state).await? {
            Some(prepared) => remote = prepared,
            None => return Ok(()),
        }
    }
    let request = request::delete(model, state, &remote);
    match session.send(&request).await {
        Ok(_) => {}
        Err(error) if error.is_not_found() => {}
        // An action that takes away what is not there is refused, whoever took it.
        Err(error) if resource.element.is_some() && error.refusal().is_some() => {
            if read::remote(session, model, state, How::Whole).await?.is_some() {
                return Err(error);
            }
        }
        Err(error) => return Err(error),
    }
    match state.get("purge_on_destroy").as_bool() {
        Some(true) => purge(session, model, state).await,
        _ => Ok(()),
    }
}

/// Does what Graph wants done before it removes the object, and waits until that shows. `None`
/// where the object is gone.
async fn prepared(session: &Session, model: &Model, state: &Value) -> Result<Option<Json>, Error> {
    let mut wait = session.wait(format!("{} to be ready for removal", model.name), VISIBLE);
    let mut sent = false;
    loop {
        let Some(remote) = session.get(&request::read(model, state)).await? else {
            return Ok(None);
        };
        let Some(request) = request::before_delete(model, state, &remote) else {
            return Ok(Some(remote));
        };
        if !sent {
            session.send(&request).await?;
            sent = true;
        } else if !wait.again().await {
            return Ok(Some(remote));
        }
    }
}

/// How long a deleted object may take to show among the deleted items.
const DELETED: std::time::Duration = std::time::Duration::from_secs(30);

/// Removes a deleted object for good. It shows among the deleted items after a moment, or never
/// where Graph keeps none of its kind.
async fn purge(session: &Session, model: &Model, state: &Value) -> Result<(), Error> {
    let Some(request) = request::purge(model, state) else { return Ok(()) };
    let what = format!("{} to show among the deleted items", model.name);
    let mut wait = session.wait(what, DELETED);
    loop {
        match session.send(&request).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_not_found() => {
                if !wait.again().await {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes out of the parent what this part put there.
async fn clear(session: &Session, model: &Model, state: &Value) -> Result<(), Error> {
    let Some(remote) = read::remote(session, model, state, How::Whole).await? else {
        return Ok(());
    };
    let now = decode::state(model, &remote, state);
    let links = model.attributes.iter().filter(|attribute| patch::is_link(attribute));
    let mut empty = now.as_object().cloned().unwrap_or_default();
    let mut managed = empty.clone();
    for attribute in links {
        empty.insert(attribute.name.to_owned(), Value::Null);
        managed.insert(attribute.name.to_owned(), state.get(attribute.name).clone());
    }
    // Only what is managed goes; what others added since stays.
    let changes = patch::links(model, &Value::Object(managed), &Value::Object(empty));
    let path = request::object_path(model.resource, state);
    write::relate(session, model, &path, &changes).await
}

/// Puts back what was found.
async fn restore(
    session: &Session,
    model: &Model,
    state: &Value,
    note: &Note,
) -> Result<(), Error> {
    let Some(found) = found(state, note) else { return Ok(()) };
    if let Some(whole) = &model.resource.whole {
        return whole::change(session, model, whole, (state, &Value::Null), found).await;
    }
    let found = decode::state(model, found, &Value::Object(Object::new()));
    let found = plan::reachable(model, state, &found);
    let body: Map<String, Json> = patch::body(model, state, &found, &Value::Null);
    if body.is_empty() || !encode::has_body(model.resource.keeps) {
        return Ok(());
    }
    session.send(&request::update(model, state, body)).await?;
    Ok(())
}
