//! Objects that are lists of rules, found by what they are about.

use serde_json::Value as Json;

use super::read::How;
use super::session::Session;
use crate::declare::Ruled;
use crate::engine::{Model, ruled as rules};
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

/// Writes the rules that must change so that the settings are as `wanted`.
pub(super) async fn put(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    wanted: &Json,
) -> Result<(), Error> {
    let Some(policy) = find(session, model, ruled, state, How::Anew).await? else { return Ok(()) };
    for request in rules::change(ruled, &policy, wanted) {
        session.touched_all(model.resource.path);
        session.write(&request, &[], model.resource.retry_on).await?;
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
