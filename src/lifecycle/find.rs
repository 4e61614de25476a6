//! Finding objects by their natural keys.

use serde_json::Value as Json;

use super::session::Session;
use crate::engine::{Model, request};
use crate::graph::Error;
use crate::terraform::Value;

/// The objects that have the keys. Where Graph does not filter by them, all are read and searched.
pub(super) async fn by_keys(
    session: &Session,
    model: &Model,
    keys: &[(&str, &str)],
) -> Result<Vec<Json>, Error> {
    let filter = request::by_keys(model, keys);
    let filtered = filter.is_some();
    let mut found = session.list(&request::list(model, &Value::Null, filter)).await?;
    if !filtered {
        found.retain(|remote| request::has_keys(model, remote, keys));
    }
    Ok(found)
}
