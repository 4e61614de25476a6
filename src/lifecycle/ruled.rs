//! Objects that are lists of rules, found by what they are about.

use serde_json::Value as Json;

use super::read::How;
use super::session::{Session, VISIBLE};
use crate::declare::Ruled;
use crate::engine::{Model, Request, ruled as rules};
use crate::graph::Error;
use crate::terraform::Value;

/// The settings as Graph has them; `None` where there is nothing that they are of.
pub(super) async fn remote(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    let policy = find(session, model, ruled, state, how).await?;
    Ok(policy.map(|policy| rules::settings(model, ruled, &policy, state)))
}

/// Writes the rules that must change so that the settings are as `planned`.
pub(super) async fn change(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    planned: &Value,
) -> Result<(), Error> {
    put(session, model, ruled, planned, &rules::wanted(model, planned)).await
}

/// Puts the settings back that were found, and waits until they are there.
pub(super) async fn restore(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    found: &Json,
) -> Result<Restored, Error> {
    let mut wait = session.wait(format!("{} to be as it was found", model.name), VISIBLE);
    let mut tries = 0;
    let mut left = Vec::new();
    loop {
        let policy = match find(session, model, ruled, state, How::Anew).await {
            Ok(Some(policy)) => policy,
            // What it was of is gone, and so is the policy.
            Ok(None) => return Ok(Restored::Yes),
            Err(error) if error.is_not_found() => return Ok(Restored::Yes),
            // The time ran out while looking once more.
            Err(_) if tries > 0 && !session.is_live() => return Ok(Restored::Not(left)),
            Err(error) => return Err(error),
        };
        let requests = rules::change(ruled, &policy, found);
        if requests.is_empty() {
            return Ok(Restored::Yes);
        }
        if tries % AGAIN == 0 {
            send(session, model, &requests).await?;
        }
        tries += 1;
        let ids = requests.iter().filter_map(|one| one.path.rsplit('/').next());
        left = ids.map(str::to_owned).collect();
        if !wait.again().await {
            return Ok(Restored::Not(left));
        }
    }
}

/// Whether settings are as they were found.
pub(super) enum Restored {
    /// They are.
    Yes,
    /// Graph accepted these rules, and still shows them as they were before.
    Not(Vec<String>),
}

/// After how many looks a rule is written again that Graph accepted and does not show: it answers
/// success to some changes of policies and keeps none of them (public reports of other providers,
/// where a second apply helped). To write a rule twice is to write it once.
pub(super) const AGAIN: usize = 4;

/// Writes the rules that must change so that the settings are as `wanted`.
async fn put(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    wanted: &Json,
) -> Result<(), Error> {
    let Some(policy) = find(session, model, ruled, state, How::Anew).await? else { return Ok(()) };
    send(session, model, &rules::change(ruled, &policy, wanted)).await
}

async fn send(session: &Session, model: &Model, requests: &[Request]) -> Result<(), Error> {
    for request in requests {
        session.touched_all(model.resource.path);
        session.write(request, model.resource.retry_on).await?;
    }
    Ok(())
}

async fn find(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    let request = rules::find(model, ruled, state);
    let listed = match how {
        How::Gathered => session.gather_list(model.resource.path, &request).await?,
        How::Anew | How::Whole => Some(session.list(&request).await?),
    };
    Ok(rules::policy(listed.unwrap_or_default()))
}
