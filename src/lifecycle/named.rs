//! Objects that a resource refers to by their name for people: custom roles.
//!
//! Built-in roles are known by name without asking. A name that is not one of those is looked up when
//! it is planned (Terraform plans again before it applies what was not known at first); what Graph is
//! told and what the state is known by is the id.

use serde_json::Value as Json;

use super::inquiry;
use super::session::Session;
use super::write::with;
use crate::declare::{Finding, Named, Read};
use crate::engine::{Model, names, plan};
use crate::terraform::{Diagnostic, Path, Value};

/// The configuration with the id of what it names, and the state before with the name where that is
/// all that it lacks: an import knows ids only.
///
/// # Errors
///
/// Why the name says nothing.
pub(super) async fn at_plan(
    session: &Session,
    model: &Model,
    prior: &Value,
    config: Value,
) -> Result<(Value, Value), Diagnostic> {
    let Some(named) = &model.resource.named else { return Ok((prior.clone(), config)) };
    let asked = config.get(named.name).as_str().filter(|_| config.get(named.id).is_null());
    let Some(name) = asked.filter(|name| (named.known)(name).is_none()) else {
        return Ok((prior.clone(), config));
    };
    let before = prior.get(named.id);
    let id = match before.as_str().filter(|_| prior.get(named.name).as_str() == Some(name)) {
        Some(id) => id.to_owned(),
        None => look_up(session, named, name).await?,
    };
    let is_same = before.as_str().is_some_and(|before| before.eq_ignore_ascii_case(&id));
    let prior = match is_same && prior.get(named.name).is_null() {
        true => with(prior, named.name, name.into()),
        false => prior.clone(),
    };
    let id = if is_same { before.clone() } else { id.as_str().into() };
    Ok((prior, with(&config, named.id, id)))
}

async fn look_up(session: &Session, named: &Named, name: &str) -> Result<String, Diagnostic> {
    let read = Read::all(named.path, named.permission)
        .filter(format!("displayName eq {}", names::literal(name)))
        .select("id,displayName");
    let found = inquiry::conclude(session, Json::Null, |_, answers| {
        let ask = answers.asking();
        let found = ask.objects(&read).map(<[Json]>::to_vec);
        ask.conclude_from_all(found.unwrap_or_default())
    });
    let found = match found.await {
        Ok(found) => found,
        Err(unread) => return Err(inquiry::unread(named.what, &unread)),
    };
    let ids: Vec<&str> = found.iter().filter_map(|one| one["id"].as_str()).collect();
    let wrong = |summary: String, detail: String| {
        plan::diagnostic(Finding::error(Path::attribute(named.name), summary, detail))
    };
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(wrong(
            format!("There is no {} {name:?}", named.what),
            format!(
                "Did you mean {:?}? Refer to one that is made in the same configuration by its id \
                 ({}).",
                (named.nearest)(name),
                named.id
            ),
        )),
        several => Err(wrong(
            format!("{} {}s are called {name:?}", several.len(), named.what),
            format!("Say which is meant in {}: {}.", named.id, several.join(", ")),
        )),
    }
}
