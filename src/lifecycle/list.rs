//! Finding what can be imported (`terraform query`).

use jiff::Timestamp;

use super::explain::{self, Doing};
use super::session::Session;
use super::write::with;
use super::{Listed, find};
use crate::engine::{Model, decode, import, schedule};
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// The objects of a collection, at most `limit`, each with its state where `whole` asks for it.
///
/// # Errors
///
/// Graph's refusal.
pub(super) async fn list(
    session: &Session,
    model: &Model,
    config: &Value,
    whole: bool,
    limit: usize,
) -> Result<Vec<Listed>, Diagnostic> {
    if model.resource.requests.is_some() {
        return schedules(session, model, config, whole, limit).await;
    }
    let filter = config.get("filter").as_str().map(str::to_owned);
    let found = find::filtered(session, model, filter).await;
    let found = found.map_err(|error| explain::resource(model, Doing::Reading, &error))?;
    let tenant = session.tenant().await;
    let listed = found.iter().take(limit).map(|remote| {
        let state = decode::state(model, remote, &Value::Null);
        let name = remote["displayName"].as_str().or(remote["id"].as_str());
        Listed {
            identity: import::identity(tenant, &state).unwrap_or_default(),
            display_name: name.unwrap_or_default().to_owned(),
            state: whole.then_some(state),
            diagnostics: Diagnostics::new(),
        }
    });
    Ok(listed.collect())
}

/// The schedules that can be imported: those that were assigned, and not those that follow from them.
async fn schedules(
    session: &Session,
    model: &Model,
    config: &Value,
    whole: bool,
    limit: usize,
) -> Result<Vec<Listed>, Diagnostic> {
    let found = session.list(&schedule::list_all(model, config)).await;
    let found = found.map_err(|error| explain::resource(model, Doing::Reading, &error))?;
    let tenant = session.tenant().await;
    let now = Timestamp::now();
    let listed = found.iter().filter(|remote| schedule::is_own(remote)).filter_map(|remote| {
        let shown = schedule::shown(remote, &Value::Null, now)?;
        let state = decode::state(model, &shown, &Value::Null);
        let id = import::made_up_id(model, &state)?;
        let state = with(&state, "id", id);
        Some(Listed {
            identity: import::identity(tenant, &state).unwrap_or_default(),
            display_name: schedule::called(model, remote, &state),
            state: whole.then_some(state),
            diagnostics: Diagnostics::new(),
        })
    });
    Ok(listed.take(limit).collect())
}
