//! Making an object, and saying what was reached wherever it stops.

use std::time::Duration;

use serde_json::Value as Json;

use super::explain::{self, Doing};
use super::note::Note;
use super::read::{self, How};
use super::session::{Session, VISIBLE};
use super::write::{self, ReadBack, known, with};
use super::{Applied, Apply, act, files, parts, schedule, update};
use crate::declare::{Keeps, Method, Mode};
use crate::engine::{
    Model, Request, contained, decode, import, model, patch, plan, request, stream,
};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Path, Severity, Value};

/// Makes an object. Once it exists, every way out of here has its id in the state.
pub(super) async fn create(session: &Session, model: &Model, apply: Apply) -> Applied {
    match model.resource.keeps {
        Keeps::Singleton | Keeps::Part => adopt(session, model, apply).await,
        Keeps::Member | Keeps::Reference => make(session, model, apply).await,
        Keeps::Slot | Keeps::Element => occupy(session, model, apply).await,
        Keeps::Request => schedule::create(session, model, apply).await,
        Keeps::Act => act::carry_out(session, model, apply).await,
    }
}

/// Writes an object where there is none. The write would change one that is there just the same,
/// so it is looked for first: what somebody else made is imported, not overwritten.
async fn occupy(session: &Session, model: &Model, apply: Apply) -> Applied {
    let Apply { planned, config, .. } = apply;
    let id = import::made_up_id(model, &planned).unwrap_or_default();
    let planned = with(&planned, "id", id);
    let refused =
        |diagnostic: Diagnostic| Applied { diagnostics: diagnostic.into(), ..Applied::default() };
    match read::remote(session, model, &planned, How::Whole).await {
        Ok(None) => {}
        Ok(Some(_)) => return refused(occupied(model, &planned)),
        Err(error) => return refused(explain::resource(model, Doing::Creating, &error)),
    }
    if let Err(diagnostic) = files::read(model, &Value::Null, &planned, &config).await {
        return refused(diagnostic);
    }
    let request = request::create(model, &planned, &config, session.base());
    let sent = session.write(&request, model.resource.retry_on).await;
    match sent {
        Ok(_) => {
            session.made(planned.get("id").as_str().unwrap_or_default());
            // What is written below its place waits until the place is known.
            session.made(&request::object_path(model.resource, &planned));
            uploaded(session, model, &planned, &config).await
        }
        Err(error) if error.answer_lost() => {
            let told = explain::resource(model, Doing::Creating, &error);
            reached(session, known(&planned), Note::default(), told.into()).await
        }
        Err(error) => refused(explain::resource(model, Doing::Creating, &error)),
    }
}

async fn make(session: &Session, model: &Model, apply: Apply) -> Applied {
    let Apply { planned, config, .. } = apply;
    if let Some(diagnostic) = taken(session, model, &planned).await {
        return Applied { diagnostics: diagnostic.into(), ..Applied::default() };
    }
    // Its place is not known before it has an id: read now, and again when it has one.
    if let Err(diagnostic) = files::read(model, &Value::Null, &planned, &config).await {
        return Applied { diagnostics: diagnostic.into(), ..Applied::default() };
    }
    let request = request::create(model, &planned, &config, session.base());
    let created = match post(session, model, &request, &planned).await {
        Ok(created) => created,
        Err(diagnostic) => {
            return Applied { diagnostics: diagnostic.into(), ..Applied::default() };
        }
    };
    let id = match import::made_up_id(model, &planned) {
        Some(id) => id,
        None => match (created[id_property(model)].as_str(), planned.get("id")) {
            (Some(id), _) => id.into(),
            (None, chosen @ Value::String(_)) => chosen.clone(),
            (None, _) => return Applied { diagnostics: no_id(model).into(), ..Applied::default() },
        },
    };
    if let Some(id) = id.as_str() {
        session.made(id);
    }
    let planned = with(&planned, "id", id);
    if contained::missing(model, &planned)
        && let Err(error) = parts::make(session, model, &planned).await
    {
        let told = explain::resource(model, Doing::Creating, &error);
        return reached(session, known(&planned), Note::default(), told.into()).await;
    }
    let links = remaining_links(model, &planned);
    let path = request::object_path(model.resource, &planned);
    if let Err(error) = write::relate(session, model, &path, &links).await {
        let told = explain::resource(model, Doing::Creating, &error);
        return reached(session, known(&planned), Note::default(), told.into()).await;
    }
    uploaded(session, model, &planned, &config).await
}

/// Writes the streams of an object that was just made, switches on what shall be on, and says where
/// it stands.
async fn uploaded(session: &Session, model: &Model, planned: &Value, config: &Value) -> Applied {
    let failed = match files::read(model, &Value::Null, planned, config).await {
        Err(diagnostic) => Some(diagnostic),
        Ok(files) => {
            let written = match files::write(session, files).await {
                Ok(()) => update::switch(session, model, &Value::Null, planned).await,
                Err(error) => Err(error),
            };
            written.err().map(|error| explain::resource(model, Doing::Creating, &error))
        }
    };
    match failed {
        None => finish(session, model, planned, Note::default(), Doing::Creating).await,
        Some(told) => reached(session, known(planned), Note::default(), told.into()).await,
    }
}

/// What is wrong where a create would change an object that is there: where whoever makes an object
/// chooses its id, Graph does not tell making from changing (an upsert).
async fn taken(session: &Session, model: &Model, planned: &Value) -> Option<Diagnostic> {
    let upserts = model.resource.create.is_some_and(|call| call.method == Method::Patch);
    if !upserts {
        return None;
    }
    match session.get(&request::read(model, planned)).await {
        Ok(None) => None,
        Ok(Some(_)) => {
            let id = planned.get("id").as_str().unwrap_or_default().to_owned();
            let told = Diagnostic::error(
                format!("{} {id} exists already", model.name),
                format!(
                    "Creating it would change what is there. Take it over with an import block \
                     (id = {id:?}), or choose another id."
                ),
            );
            Some(told.at(Path::attribute("id")))
        }
        Err(error) => Some(explain::resource(model, Doing::Creating, &error)),
    }
}

fn id_property(model: &Model) -> &'static str {
    model.resource.create.map_or("id", |call| call.id_from)
}

/// How often a create is sent whose answer is lost every time.
const TRIES: usize = 5;
/// How long an object may take to show that a create made whose answer was lost. Sending the create
/// again sooner would make two; Graph's documentation gives no bound, and mostly it takes seconds.
const SHOWN: Duration = Duration::from_secs(10);

/// Sends a create. Where its answer was lost, the object is looked up before it is sent again, so
/// that nothing is made twice.
async fn post(
    session: &Session,
    model: &Model,
    request: &Request,
    planned: &Value,
) -> Result<Json, Diagnostic> {
    let mut request = request.clone();
    let mut tries = 0;
    loop {
        let error = match session.write(&request, model.resource.retry_on).await {
            Ok(created) if tells_id(model, planned, &created) => return Ok(created),
            Ok(_) => {
                let found = made_after_all(session, model, planned).await.ok().flatten();
                return found.ok_or_else(|| no_id(model));
            }
            Err(error) if write::is_done(&request, &error) => return Ok(Json::Null),
            // What v1.0 takes for a preview.
            Err(error) if !request.beta && read::wants_beta(model, &error) => {
                request = request.in_beta();
                continue;
            }
            Err(error) => error,
        };
        tries += 1;
        // After a lost answer, what has the name is what that made, and shows late.
        let is_own = tries > 1 && tries < TRIES && explain::is_name_taken(&error);
        if !error.answer_lost() && !is_own {
            return Err(explain::resource(model, Doing::Creating, &error));
        }
        match made_after_all(session, model, planned).await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if tries < TRIES && session.is_live() => {}
            _ => return Err(explain::uncertain(model, &error)),
        }
    }
}

/// Whether the answer to a create says which object that is, as far as anybody needs to be told.
fn tells_id(model: &Model, planned: &Value, created: &Json) -> bool {
    import::made_up_id(model, planned).is_some()
        || planned.get("id").as_str().is_some()
        || created[id_property(model)].is_string()
}

/// Waits for the object that a lost create may have made. An operation that was stopped, or whose
/// time is up, looks once more, so that what exists gets into the state.
async fn made_after_all(
    session: &Session,
    model: &Model,
    planned: &Value,
) -> Result<Option<Json>, Error> {
    if !session.is_live() {
        return look_up(&session.last_look(), model, planned).await;
    }
    let name = &model.name;
    let mut wait =
        session.wait(format!("{name} to show: the answer to its create was lost"), SHOWN);
    loop {
        // Not at once: one that is just like it may be on its way for another resource, which
        // claims it when its answer arrives.
        let more = wait.again().await;
        let found = look_up(session, model, planned).await?;
        if found.is_some() || !more {
            return Ok(found);
        }
    }
}

/// The object that a lost create may have made: the one that has the planned natural key, or,
/// where people may give several objects one name, one that is as planned and that this process
/// did not make for another resource.
async fn look_up(session: &Session, model: &Model, planned: &Value) -> Result<Option<Json>, Error> {
    if model.resource.keeps == Keeps::Reference || model::names_itself(model.resource) {
        return read::remote(session, model, planned, How::Anew).await;
    }
    let key = model.resource.keys.iter().find_map(|key| {
        let value = planned.get(key).as_str()?;
        request::by_keys(model, &[(*key, value)])
    });
    let found = session.list(&request::list(model, planned, key)).await?;
    let mut twins = found.into_iter().filter(|remote| {
        let state = decode::state(model, remote, planned);
        let mut attributes = model.attributes.iter();
        let alike = attributes.all(|attribute| {
            let planned = planned.get(attribute.name);
            // What is written after the create is not there yet.
            let made_later = attribute.contained.is_some_and(|how| !how.with_create)
                || attribute.stream.is_some()
                || attribute.switch.is_some();
            patch::is_link(attribute)
                || made_later
                || !planned.is_wholly_known()
                || crate::engine::equal::same(attribute, planned, state.get(attribute.name))
        });
        alike && remote[id_property(model)].as_str().is_none_or(|id| session.claim(id))
    });
    Ok(twins.next())
}

/// The relationships that did not fit into the create itself.
fn remaining_links(model: &Model, planned: &Value) -> Vec<patch::LinkChange> {
    let mut changes = patch::links(model, &Value::Null, planned);
    for change in changes.iter_mut().filter(|change| change.bound) {
        change.add.drain(..change.add.len().min(request::BIND_LIMIT));
    }
    changes.retain(|change| !change.add.is_empty());
    changes
}

/// Takes over what is there already, and changes it to what is planned.
async fn adopt(session: &Session, model: &Model, apply: Apply) -> Applied {
    let Apply { planned, config, .. } = apply;
    let id = import::made_up_id(model, &planned).unwrap_or_default();
    let planned = with(&planned, "id", id);
    // What the plan read of it is about to be old.
    session.touched(planned.get("id").as_str().unwrap_or_default());
    let refused =
        |diagnostic: Diagnostic| Applied { diagnostics: diagnostic.into(), ..Applied::default() };
    // What belongs to an object that this process made comes to be a moment after it.
    let is_new = session.is_fresh(planned.get("id").as_str().unwrap_or_default());
    let mut wait = session.wait(format!("{} to be there", model.name), VISIBLE);
    let remote = loop {
        match read::remote(session, model, &planned, How::Whole).await {
            Ok(Some(remote)) => break remote,
            Ok(None) if is_new && wait.again().await => {}
            Ok(None) => return refused(nothing_to_adopt(model)),
            Err(error) if error.is_not_found() && is_new && wait.again().await => {}
            Err(error) => return refused(explain::resource(model, Doing::Creating, &error)),
        }
    };
    let found = decode::state(model, &remote, &known(&planned));
    let note = match model.resource.keeps {
        Keeps::Singleton => Note { found: remote, ..Note::default() },
        _ => Note::default(),
    };
    // What is not configured stays as it was found.
    let planned = update::filled(&planned, &as_configured(model, &planned, &found));
    // What was found may contradict what is configured; it was not known at plan.
    let judged = model.resource.judge.map(|judge| judge(&planned)).unwrap_or_default();
    let stuck = plan::one_way(model, &found, &planned).into_iter();
    let stuck = stuck.filter(|finding| finding.severity == Severity::Error);
    let judged: Diagnostics = judged.into_iter().chain(stuck).map(plan::diagnostic).collect();
    if judged.has_errors() {
        return Applied { diagnostics: judged, ..Applied::default() };
    }
    match update::change(session, model, (&found, &planned), &config, &note.found).await {
        Ok(()) => finish(session, model, &planned, note, Doing::Creating).await,
        Err(error) => {
            let told = explain::resource(model, Doing::Creating, &error);
            match read::remote(session, model, &planned, How::Whole).await {
                // Refused before anything changed: nothing was taken over.
                Ok(Some(now)) if decode::state(model, &now, &known(&found)) == found => {
                    refused(told)
                }
                Ok(Some(now)) => {
                    let now = decode::state(model, &now, &known(&planned));
                    reached(session, now, note, told.into()).await
                }
                _ => reached(session, known(&planned), note, told.into()).await,
            }
        }
    }
}

/// What was found, but for what Graph decides: that may follow from what changes.
pub(super) fn as_configured(model: &Model, planned: &Value, found: &Value) -> Value {
    let decided = model.attributes.iter().filter(|one| one.mode == Mode::Computed);
    decided.fold(found.clone(), |found, one| match one.name {
        "id" => found,
        name => with(&found, name, planned.get(name).clone()),
    })
}

/// Reads back and says where it stands.
pub(super) async fn finish(
    session: &Session,
    model: &Model,
    planned: &Value,
    note: Note,
    doing: Doing,
) -> Applied {
    match write::read_back(session, model, planned, doing).await {
        ReadBack::There(state, remote) => {
            let note = Note { streams: stream::addresses(model, &remote), ..note };
            reached(session, state, note, Diagnostics::new()).await
        }
        ReadBack::Missing(state, told) => reached(session, state, note, told.into()).await,
    }
}

/// The answer about an object that exists.
pub(super) async fn reached(
    session: &Session,
    state: Value,
    note: Note,
    diagnostics: Diagnostics,
) -> Applied {
    let identity = import::identity(session.tenant().await, &state);
    Applied { state, identity, private: note.write(), diagnostics }
}

fn occupied(model: &Model, planned: &Value) -> Diagnostic {
    let name = &model.name;
    let id = planned.get("id").as_str().unwrap_or_default();
    Diagnostic::error(
        format!("{name} exists already"),
        format!(
            "Graph keeps one of it, and there is one that this configuration did not make. To manage \
             it, import it: terraform import {name}.<name> {id}"
        ),
    )
}

fn no_id(model: &Model) -> Diagnostic {
    Diagnostic::error(
        format!("Creating {} failed", model.name),
        "Graph answered success without the id of the new object. It may exist: look for it in the \
         portal, and import it.",
    )
}

fn nothing_to_adopt(model: &Model) -> Diagnostic {
    Diagnostic::error(
        format!("Creating {} failed", model.name),
        "The object that it is part of does not exist in this tenant.",
    )
}
