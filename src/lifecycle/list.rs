//! Finding what can be imported (`terraform query`).

use super::Listed;
use super::explain::{self, Doing};
use super::session::Session;
use crate::engine::{Model, decode, import, request};
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// The objects of a collection, at most `limit`, each with its state where `whole` asks for it.
///
/// # Errors
///
/// Graph's refusal.
pub(super) async fn list(
    session: &Session,
    model: &Model,
    filter: Option<String>,
    whole: bool,
    limit: usize,
) -> Result<Vec<Listed>, Diagnostic> {
    let found = session.list(&request::list(model, &Value::Null, filter)).await;
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
