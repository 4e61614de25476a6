//! Sets whose elements are objects of their own, contained in the object: making, changing and
//! removing them one by one.
//!
//! Their ids are not in the state; which of them is meant is read from Graph each time. So a request
//! whose answer was lost is never sent blindly again: what is there is looked at first.

use std::time::Duration;

use serde_json::Value as Json;

use super::session::Session;
use crate::engine::contained::{self, Changes};
use crate::engine::{Model, Request, request};
use crate::graph::Error;
use crate::terraform::Value;

/// How long an element may take to show that a request made whose answer was lost.
const SHOWN: Duration = Duration::from_secs(10);
/// How often is begun again where answers are lost.
const TRIES: usize = 5;

/// Makes the elements of a new object.
pub(super) async fn make(session: &Session, model: &Model, planned: &Value) -> Result<(), Error> {
    let nothing = Json::Null;
    let first = contained::changes(model, &nothing, &Value::Null, planned).additions;
    send(session, model, &Value::Null, planned, first, |changes| changes.additions).await
}

/// Sends what removes the elements that are no longer planned.
pub(super) async fn remove(
    session: &Session,
    model: &Model,
    (prior, planned): (&Value, &Value),
    removals: Vec<Request>,
) -> Result<(), Error> {
    send(session, model, prior, planned, removals, |changes| changes.removals).await
}

/// Sends what changes the elements that changed, and makes those that came.
pub(super) async fn add(
    session: &Session,
    model: &Model,
    (prior, planned): (&Value, &Value),
    additions: Vec<Request>,
) -> Result<(), Error> {
    send(session, model, prior, planned, additions, |changes| changes.additions).await
}

/// What has to change, after what Graph has. Asks nothing where nothing changes.
pub(super) async fn changes(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> Result<Changes, Error> {
    if !contained::differ(model, prior, planned) {
        return Ok(Changes::default());
    }
    let remote = session.get(&request::read(model, planned)).await?.unwrap_or_default();
    Ok(contained::changes(model, &remote, prior, planned))
}

/// Sends requests one after the other. Where an answer was lost, what is left to do is worked out
/// anew, as soon as what was sent shows or has had the time to.
async fn send(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
    mut requests: Vec<Request>,
    of: fn(Changes) -> Vec<Request>,
) -> Result<(), Error> {
    let mut tries = 0;
    'again: loop {
        for request in &requests {
            let error = match session.write(request, model.resource.retry_on).await {
                Ok(_) => continue,
                Err(error) if super::write::is_done(request, &error) => continue,
                Err(error) => error,
            };
            tries += 1;
            if !error.answer_lost() || tries >= TRIES {
                return Err(error);
            }
            let what = format!("{} to show a change whose answer was lost", model.name);
            let mut wait = session.wait(what, SHOWN);
            loop {
                let more = wait.again().await;
                let left = of(changes(session, model, prior, planned).await?);
                if !left.contains(request) || !more {
                    requests = left;
                    continue 'again;
                }
            }
        }
        return Ok(());
    }
}
