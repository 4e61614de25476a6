//! Objects that are lists of rules: found by what they are about, read as settings, and written one
//! rule at a time.

use serde_json::Value as Json;

use super::read::How;
use super::session::Session;
use crate::declare::Ruled;
use crate::engine::{Model, Request, Verb, encode, names};
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
    Ok(policy.map(|policy| {
        let mut settings = (ruled.read)(rules(&policy));
        for attribute in ruled.of.iter().filter_map(|name| model.attribute(name)) {
            let (property, _) = names::location(attribute);
            settings[property] = state.get(attribute.name).as_str().into();
        }
        settings
    }))
}

/// Writes the rules that must change so that the settings are as `planned`.
pub(super) async fn change(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    planned: &Value,
) -> Result<(), Error> {
    let wanted = Json::Object(encode::body(model, planned, &Value::Null));
    put(session, model, ruled, planned, &wanted).await
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
    let id = policy["id"].as_str().unwrap_or_default();
    for rule in (ruled.write)(rules(&policy), wanted) {
        let own = rule["id"].as_str().unwrap_or_default();
        let path = format!("/policies/roleManagementPolicies/{id}/rules/{own}");
        let request = Request { body: Some(rule.clone()), ..Request::new(Verb::Patch, path) };
        session.touched_all(model.resource.path);
        session.write(&request, &[], model.resource.retry_on).await?;
    }
    Ok(())
}

fn rules(policy: &Json) -> &[Json] {
    policy["rules"].as_array().map(Vec::as_slice).unwrap_or_default()
}

async fn find(
    session: &Session,
    model: &Model,
    ruled: &Ruled,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    let text = |name: &str| state.get(name).as_str().unwrap_or_default().to_lowercase();
    let request = Request {
        query: vec![
            ("$filter", names::fill(ruled.filter, text)),
            ("$expand", "policy($expand=rules)".to_owned()),
        ],
        ..Request::new(Verb::Get, model.resource.path)
    };
    let listed = match how {
        How::Gathered => session.gather_list(model.resource.path, &request).await?,
        How::Anew | How::Whole => Some(session.list(&request).await?),
    };
    Ok(listed.unwrap_or_default().into_iter().next().map(|mut one| one["policy"].take()))
}
