//! Changing an object: only what changed is sent.

use super::create::{as_configured, finish, reached};
use super::explain::{self, Doing};
use super::note::Note;
use super::read::{self, How};
use super::session::Session;
use super::write::{self, known};
use super::{Applied, Apply, files, parts, ruled, schedule, whole};
use crate::declare::Keeps;
use crate::engine::contained::Changes;
use crate::engine::{Model, decode, patch, request, version};
use crate::graph::Error;
use crate::terraform::{Object, Value};

/// Changes an object from `prior` to `planned`.
pub(super) async fn update(session: &Session, model: &Model, apply: Apply) -> Applied {
    if model.resource.keeps == Keeps::Request {
        return schedule::update(session, model, apply).await;
    }
    let Apply { prior, planned, config, private, .. } = apply;
    let mut note = Note::read(&private);
    session.touched(prior.get("id").as_str().unwrap_or_default());
    let (from, planned) = match notice(session, model, (&prior, &planned), &mut note).await {
        Ok(both) => both,
        Err(error) => {
            let told = explain::resource(model, Doing::Updating, &error);
            let diagnostics = told.into();
            return Applied { state: prior, private, diagnostics, ..Applied::default() };
        }
    };
    let files = match files::read(model, &prior, &planned, &config).await {
        Ok(files) => files,
        Err(diagnostic) => return reached(session, prior, note, diagnostic.into()).await,
    };
    let changed = match change(session, model, (&from, &planned), &config, &note.found).await {
        Ok(()) => match files::write(session, files).await {
            Ok(()) => switch(session, model, &prior, &planned).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => finish(session, model, &planned, note, Doing::Updating).await,
        Err(error) => {
            // What was reached is not known without asking; where asking fails too, the state
            // stays as it was, and the next refresh tells.
            let told = explain::resource(model, Doing::Updating, &error);
            let state = match read::remote(session, model, &prior, How::Anew).await {
                Ok(Some(remote)) => decode::state(model, &remote, &prior),
                _ => prior,
            };
            reached(session, known(&state), note, told.into()).await
        }
    }
}

/// Notes what only the beta tells of a setting before that is changed for the first time: taking the
/// setting over asked v1.0, which does not say it. Answers with the state and the plan, where what nobody
/// configured is as it is there: a complex property is written whole.
async fn notice(
    session: &Session,
    model: &Model,
    (prior, planned): (&Value, &Value),
    note: &mut Note,
) -> Result<(Value, Value), Error> {
    let first = version::needs_beta(model, planned) && !version::needs_beta(model, prior);
    if !first || model.resource.keeps != Keeps::Singleton {
        return Ok((prior.clone(), planned.clone()));
    }
    let Some(told) = read::remote(session, model, planned, How::Whole).await? else {
        return Ok((prior.clone(), planned.clone()));
    };
    let found = decode::state(model, &told, &known(prior));
    if note.found.is_object() {
        note.learn(told);
    }
    let found = as_configured(model, planned, &found);
    Ok((unplanned(planned, prior, &found), filled(planned, &found)))
}

/// Sends what changed: contained objects that go, the properties, contained objects that come, then
/// the relationships.
pub(super) async fn change(
    session: &Session,
    model: &Model,
    both: (&Value, &Value),
    config: &Value,
    found: &serde_json::Value,
) -> Result<(), Error> {
    let (prior, planned) = both;
    if let Some(whole) = &model.resource.whole {
        return whole::change(session, model, whole, both, found).await;
    }
    if let Some(ruled) = &model.resource.ruled {
        return ruled::change(session, model, ruled, planned).await;
    }
    let Changes { removals, additions } = parts::changes(session, model, prior, planned).await?;
    parts::remove(session, model, both, removals).await?;
    let body = patch::body(model, prior, planned, config);
    if !body.is_empty() {
        let request = request::update(model, planned, body);
        // What only the beta knows may be cleared with all that it is part of.
        let request = if version::needs_beta(model, prior) { request.in_beta() } else { request };
        match session.write(&request, model.resource.retry_on).await {
            Err(error) if !request.beta && read::wants_beta(model, &error) => {
                session.write(&request.in_beta(), model.resource.retry_on).await?
            }
            sent => sent?,
        };
    }
    for request in request::actions(model, prior, planned) {
        session.write(&request, model.resource.retry_on).await?;
    }
    parts::add(session, model, both, additions).await?;
    let path = request::object_path(model.resource, planned);
    write::relate(session, model, &path, &patch::links(model, prior, planned)).await
}

/// Switches on and off.
pub(super) async fn switch(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> Result<(), Error> {
    for request in request::switches(model, prior, planned) {
        session.write(&request, model.resource.retry_on).await?;
    }
    Ok(())
}

/// What was before, where the parts that the plan does not know are as they were found.
fn unplanned(planned: &Value, prior: &Value, found: &Value) -> Value {
    match planned {
        Value::Unknown(_) => found.clone(),
        Value::Object(planned) if planned.values().any(|one| !one.is_wholly_known()) => {
            let attributes = planned.iter().map(|(name, planned)| {
                (name.clone(), unplanned(planned, prior.get(name), found.get(name)))
            });
            Value::Object(attributes.collect::<Object>())
        }
        _ => prior.clone(),
    }
}

/// A plan whose unknown parts are as they were found.
pub(super) fn filled(planned: &Value, found: &Value) -> Value {
    match (planned, found) {
        (Value::Unknown(_), found) => found.clone(),
        (Value::Object(planned), found) => {
            let attributes =
                planned.iter().map(|(name, value)| (name.clone(), filled(value, found.get(name))));
            Value::Object(attributes.collect::<Object>())
        }
        (planned, _) => planned.clone(),
    }
}
