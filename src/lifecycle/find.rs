//! Finding objects by their natural keys, or by a filter that somebody wrote.

use serde_json::Value as Json;

use super::session::Session;
use crate::engine::{Model, Request, request};
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

/// The objects that `filter` lets through, or all of them.
///
/// Much that a filter may say (`ne`, `not`, `endsWith`, counts, `startsWith` on some properties) the
/// directory answers only out of an index, which has to be asked for. The index lags behind and knows
/// no relationships, so it is asked where the directory itself refuses.
pub(super) async fn filtered(
    session: &Session,
    model: &Model,
    filter: Option<String>,
) -> Result<Vec<Json>, Error> {
    let has_filter = filter.is_some();
    let plain = request::list(model, &Value::Null, filter);
    match session.list(&plain).await {
        Err(error) if has_filter && is_query_refused(&error) => {
            let mut found = session.list(&request::indexed(plain)).await?;
            for (property, link) in request::expanded_links(model) {
                relate(session, &property, link, &mut found).await?;
            }
            Ok(found)
        }
        told => told,
    }
}

/// Whether the directory does not answer a query so; other services have other codes.
fn is_query_refused(error: &Error) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| refusal.status == 400 && refusal.code.starts_with("Request_"))
}

/// Adds the object at the far end of a relationship to each object.
async fn relate(
    session: &Session,
    property: &str,
    link: impl Fn(&str) -> Request,
    objects: &mut [Json],
) -> Result<(), Error> {
    let ids = objects.iter().map(|object| object["id"].as_str().unwrap_or_default());
    let links: Vec<Request> = ids.map(link).collect();
    for (object, far) in objects.iter_mut().zip(session.get_all(&links).await) {
        object[property] = far?.unwrap_or_default();
    }
    Ok(())
}
