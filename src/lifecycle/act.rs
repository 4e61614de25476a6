//! Doing something to an object, once: an action that Graph refuses until the world is ready for it.

use std::time::Duration;

use super::create::finish;
use super::explain::{self, Doing};
use super::note::Note;
use super::read::{self, How};
use super::session::Session;
use super::write::with;
use super::{Applied, Apply};
use crate::engine::{Model, import, request};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Value};

/// How long the world may take at most; the operation's own time is less, unless configured.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Does it, again and again until it is done or the time is up. What is done already stays done.
pub(super) async fn carry_out(session: &Session, model: &Model, apply: Apply) -> Applied {
    let id = import::made_up_id(model, &apply.planned).unwrap_or_default();
    let planned = with(&apply.planned, "id", id);
    session.touched(planned.get("id").as_str().unwrap_or_default());
    match until_done(session, model, &planned).await {
        Ok(()) => finish(session, model, &planned, Note::default(), Doing::Creating).await,
        Err(diagnostic) => Applied { diagnostics: diagnostic.into(), ..Applied::default() },
    }
}

async fn until_done(session: &Session, model: &Model, planned: &Value) -> Result<(), Diagnostic> {
    let Some(act) = model.resource.act else { return Ok(()) };
    let request = request::act(&act, planned);
    let failed = |error: &Error| explain::resource(model, Doing::Creating, error);
    let mut wait = session.wait(act.until.to_owned(), LONGEST).patient();
    loop {
        let error = match session.write(&request, model.resource.retry_on).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let not_yet = error.refusal().is_some_and(|refusal| refusal.status == 400);
        if !(not_yet || error.answer_lost()) {
            return Err(failed(&error));
        }
        // Graph refuses to do again what is done.
        let done = read::remote(session, model, planned, How::Anew).await;
        if done.map_err(|error| failed(&error))?.is_some() {
            return Ok(());
        }
        if !wait.again().await {
            let mut told = failed(&error);
            told.detail = format!("{}\n\n{}", act.otherwise, told.detail);
            return Err(told);
        }
    }
}
