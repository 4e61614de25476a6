//! Settings that are as their template says until somebody changes them.

use serde_json::Value as Json;

use super::read::How;
use super::session::{Session, VISIBLE};
use crate::declare::{Rewrite, Template, Whole};
use crate::engine::{Model, Verb, shape, template as engine};
use crate::graph::Error;
use crate::terraform::Value;

/// The settings as they hold.
///
/// # Errors
///
/// Those of Graph; and that there is no such template.
pub(super) async fn settings(
    session: &Session,
    model: &Model,
    template: &Template,
    state: &Value,
    how: How,
) -> Result<Json, Error> {
    let (all, changed) = (engine::templates(template), engine::changed(model.resource));
    let templates = session.gather_list(template.path, &all);
    let changed = async {
        match how {
            How::Gathered => session.gather_list(model.resource.path, &changed).await,
            How::Anew | How::Whole => session.list(&changed).await.map(Some),
        }
    };
    let (templates, changed) = tokio::try_join!(templates, changed)?;
    let both = (&templates.unwrap_or_default()[..], &changed.unwrap_or_default()[..]);
    engine::settings(template, state, both).map_err(Error::Lacking)
}

/// Makes the settings as `planned`; null puts back what was `found` of all that was managed.
///
/// There is one object for each template, and Graph refuses a second: so what a lost answer leaves open is
/// looked up, and written again where it is not there.
pub(super) async fn change(
    session: &Session,
    model: &Model,
    (whole, template): (&Whole, &Template),
    (prior, planned): (&Value, &Value),
    found: &Json,
) -> Result<(), Error> {
    let of = if planned.is_null() { prior } else { planned };
    let (was, is) = (shape::of(model, prior), shape::of(model, planned));
    let what = format!("{} to show: the answer to its create was lost", model.name);
    let mut wait = session.wait(what, VISIBLE);
    let mut lost = false;
    loop {
        let object = settings(session, model, template, of, How::Anew).await?;
        let rewrite = Rewrite { object: &object, found, prior: &was, planned: &is };
        let wanted = (whole.write)(&rewrite, &[]).map_err(Error::Lacking)?;
        let Some(request) = engine::change(model.resource, &object, &wanted) else {
            return Ok(());
        };
        session.touched_all(model.resource.path);
        let error = match session.write(&request, model.resource.retry_on).await {
            Ok(_) => return Ok(()),
            // Somebody else made it what the template says.
            Err(error) if request.verb == Verb::Delete && error.is_not_found() => return Ok(()),
            Err(error) => error,
        };
        // A second create of what the first one made is refused as long as that does not show.
        let again = request.verb == Verb::Post && (error.answer_lost() || lost);
        lost |= error.answer_lost();
        if !again || !wait.again().await {
            return Err(error);
        }
    }
}
