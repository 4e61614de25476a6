//! What create and update share: relationships, and reading back what was written.

use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::explain::{self, Doing};
use super::read::{self, How};
use super::ruled;
use super::session::{Session, VISIBLE};
use crate::engine::patch::LinkChange;
use crate::engine::{Model, Verb, decode, equal, request};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Value};

/// Changes relationships, one request after the other: Graph refuses concurrent writes to one
/// object.
pub(super) async fn relate(
    session: &Session,
    model: &Model,
    path: &str,
    changes: &[LinkChange],
) -> Result<(), Error> {
    // To bind is to write the object, which whoever may write its relationships need not be allowed.
    let mut may_bind = true;
    for request in changes.iter().flat_map(|change| request::relate(path, change, session.base())) {
        let binds = request.verb == Verb::Patch;
        if binds && !may_bind {
            one_by_one(session, model, path, &request).await?;
            continue;
        }
        match link(session, model, &request).await {
            Ok(()) => {}
            Err(error) if binds && (error.is_forbidden() || exist_already(&error)) => {
                may_bind = !error.is_forbidden();
                one_by_one(session, model, path, &request).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Adds what a request binds one by one: Graph refuses all of it where some is there already, as
/// after a repetition whose first answer was lost.
async fn one_by_one(
    session: &Session,
    model: &Model,
    path: &str,
    request: &request::Request,
) -> Result<(), Error> {
    let body = request.body.as_ref().and_then(Json::as_object).into_iter().flatten();
    for (name, addresses) in body {
        let Some(property) = name.strip_suffix("@odata.bind") else { continue };
        for address in addresses.as_array().into_iter().flatten() {
            let add = request::add_reference(&format!("{path}/{property}"), address.clone());
            link(session, model, &add).await?;
        }
    }
    Ok(())
}

/// Sends a change of relationships, and again where its answer was lost: what is done already is
/// refused as such.
async fn link(session: &Session, model: &Model, request: &request::Request) -> Result<(), Error> {
    let passing = model.resource.retry_on;
    let mut sent = session.write(request, passing).await;
    if sent.as_ref().is_err_and(Error::answer_lost) {
        sent = session.write(request, passing).await;
    }
    match sent {
        Ok(_) => Ok(()),
        Err(error) if is_done(request, &error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether a refusal says that the relationship already is as it should be.
pub(super) fn is_done(request: &request::Request, error: &Error) -> bool {
    match request.verb {
        Verb::Delete => error.is_not_found(),
        Verb::Post => exist_already(error),
        _ => false,
    }
}

/// Whether Graph refuses to add what is there.
fn exist_already(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| {
        refusal.status == 400 && refusal.message.contains("object references already exist")
    })
}

/// What reading back came to.
pub(super) enum ReadBack {
    /// What was written is there: the state, and the object as Graph shows it.
    There(Value, Json),
    /// It is not all there: the state as far as it is known, and what to tell.
    Missing(Value, Diagnostic),
}

/// Reads until what was planned is there, with what Graph decided filled in.
pub(super) async fn read_back(
    session: &Session,
    model: &Model,
    planned: &Value,
    doing: Doing,
) -> ReadBack {
    let name = &model.name;
    let mut wait = session.wait(format!("{name} to show what was written"), VISIBLE);
    let since = Instant::now();
    let mut last = None;
    let mut looks = 0;
    loop {
        let remote = match read::remote(session, model, planned, How::Anew).await {
            Ok(remote) => remote,
            // The time ran out while looking once more.
            Err(_) if last.is_some() && !session.is_live() => {
                return gave_up(model, planned, last, since.elapsed());
            }
            Err(error) => {
                let told = explain::resource(model, doing, &error);
                return ReadBack::Missing(known(planned), told);
            }
        };
        if let Some(remote) = remote {
            let state = decode::state(model, &remote, planned);
            let differing = differing(model, planned, &state);
            if differing.is_empty() {
                return ReadBack::There(state, remote);
            }
            last = Some((state, differing));
        }
        if !wait.again().await {
            return gave_up(model, planned, last, since.elapsed());
        }
        looks += 1;
        if let Some(ruled) = &model.resource.ruled
            && looks % ruled::AGAIN == 0
            && let Err(error) = ruled::change(session, model, ruled, planned).await
        {
            return ReadBack::Missing(known(planned), explain::resource(model, doing, &error));
        }
    }
}

/// The planned attributes that Graph does not show as planned.
pub(super) fn differing(model: &Model, planned: &Value, state: &Value) -> Vec<&'static str> {
    let differing = model.attributes.iter().filter(|attribute| {
        let planned = planned.get(attribute.name);
        planned.is_wholly_known() && !equal::same(attribute, planned, state.get(attribute.name))
    });
    differing.map(|attribute| attribute.name).collect()
}

fn gave_up(
    model: &Model,
    planned: &Value,
    last: Option<(Value, Vec<&'static str>)>,
    waited: Duration,
) -> ReadBack {
    let waited = match waited.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    };
    match last {
        Some((state, differing)) => {
            let path = crate::terraform::Path::attribute(differing[0]);
            let told = Diagnostic::error(
                format!("{} does not show what was written", model.name),
                format!(
                    "Graph accepted the write, and after {waited} still answers with another \
                     value of {}. The state has what Graph answers; plan again to see the difference.",
                    differing.join(", ")
                ),
            );
            ReadBack::Missing(known(&state), told.at(path))
        }
        None => ReadBack::Missing(
            known(planned),
            Diagnostic::error(
                format!("{} does not appear", model.name),
                format!(
                    "Graph accepted the write, and after {waited} still answers that the \
                     object does not exist. The state has its id; plan again to see where it stands."
                ),
            ),
        ),
    }
}

/// A plan as a state: what is unknown is null until a read fills it in.
pub(super) fn known(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::Null,
        Value::Object(attributes) => Value::Object(
            attributes.iter().map(|(name, value)| (name.clone(), known(value))).collect(),
        ),
        Value::Set(elements) => Value::Set(elements.iter().map(known).collect()),
        Value::List(elements) => Value::List(elements.iter().map(known).collect()),
        other => other.clone(),
    }
}

/// The value with one attribute set.
pub(super) fn with(value: &Value, name: &str, attribute: Value) -> Value {
    let mut attributes = value.as_object().cloned().unwrap_or_default();
    attributes.insert(name.to_owned(), attribute);
    Value::Object(attributes)
}
