//! Objects that Graph replaces as a whole, and of which a part is managed: read, changed in that part,
//! and sent back.

use serde_json::Value as Json;

use super::session::Session;
use super::template;
use crate::declare::{Rewrite, Whole};
use crate::engine::{Model, Request, Verb, request, shape};
use crate::graph::Error;
use crate::terraform::Value;

/// What a state names of an object as Graph told it.
pub(super) fn view(model: &Model, whole: &Whole, object: &Json, state: &Value) -> Json {
    (whole.view)(object, &shape::of(model, state))
}

/// Makes the object as `planned`; null puts back what was `found` of all that was managed. Writes
/// nothing where it is so already.
///
/// # Errors
///
/// Those of Graph, and what the object lacks.
pub(super) async fn change(
    session: &Session,
    model: &Model,
    whole: &Whole,
    (prior, planned): (&Value, &Value),
    found: &Json,
) -> Result<(), Error> {
    if let Some(template) = &whole.template {
        return template::change(session, model, (whole, template), (prior, planned), found).await;
    }
    let of = if planned.is_null() { prior } else { planned };
    let place = request::object_path(model.resource, of);
    let Some(mut object) = session.get(&request::read(model, of)).await? else {
        // What it was of is gone, and with it what was to be put back.
        return match planned.is_null() {
            true => Ok(()),
            false => Err(Error::Lacking(format!("{} is not there", model.name))),
        };
    };
    for part in whole.parts {
        if object.get(*part).is_some() {
            continue;
        }
        let listed = session.list(&Request::new(Verb::Get, format!("{place}/{part}"))).await?;
        object[*part] = Json::Array(listed);
    }
    let (prior, planned) = (shape::of(model, prior), shape::of(model, planned));
    let rewrite = Rewrite { object: &object, found, prior: &prior, planned: &planned };
    let mut answers = Vec::new();
    for ask in (whole.asks)(&rewrite) {
        let request = Request::new(Verb::Post, format!("{place}/{}", ask.action));
        answers.push(asked(session, &Request { body: Some(ask.body), ..request }).await?);
    }
    let wanted = (whole.write)(&rewrite, &answers).map_err(Error::Lacking)?;
    if is_so(&object, &wanted) {
        return Ok(());
    }
    session.touched(of.get("id").as_str().unwrap_or_default());
    let request = Request::new(Verb::Put, place);
    let request = Request { body: Some(without_contexts(wanted)), ..request };
    session.write(&request, model.resource.retry_on).await.map(|_| ())
}

/// Whether the object is as it is to be: what is told and not taken is no part of that.
fn is_so(object: &Json, wanted: &Json) -> bool {
    let wanted = wanted.as_object().into_iter().flatten();
    wanted.into_iter().all(|(property, value)| object[property] == *value)
}

/// Asks, and again where the answer was lost: a question changes nothing.
async fn asked(session: &Session, request: &Request) -> Result<Json, Error> {
    let mut answer = session.send(request).await;
    if answer.as_ref().is_err_and(Error::answer_lost) {
        answer = session.send(request).await;
    }
    answer
}

/// What Graph says of where a value comes from is no part of it.
fn without_contexts(json: Json) -> Json {
    match json {
        Json::Object(object) => {
            let own = object.into_iter().filter(|(name, _)| !name.ends_with("@odata.context"));
            own.map(|(name, value)| (name, without_contexts(value))).collect()
        }
        Json::Array(elements) => elements.into_iter().map(without_contexts).collect(),
        other => other,
    }
}
