//! Schedules, which only requests change: assigning, changing, ending, and finding one again.
//!
//! A request is carried out some time after it was answered, and refused for reasons that pass: what
//! it refers to is not known everywhere yet, or the schedule is younger than five minutes. Both are
//! waited out here, for a bounded time. Somebody else may have made the same assignment in the
//! portal; it is taken over rather than failing on it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::create::{finish, reached};
use super::explain::{self, Doing};
use super::note::Note;
use super::read::How;
use super::session::{Session, VISIBLE};
use super::write::{differing, known, with};
use super::{Applied, Apply};
use crate::declare::{Attribute, Requests};
use crate::engine::schedule::{self as schedules, Action};
use crate::engine::{Model, Request, decode, import};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// A schedule can neither be changed nor ended in its first five minutes (Entra documentation,
/// "Assign roles in PIM": it cannot be removed within five minutes of being assigned).
const YOUNG: Duration = Duration::from_secs(6 * 60);

/// How long a request is given to be carried out, which mostly takes seconds. One that is under way
/// after that is in the state as what it will become.
const PROVISIONED: Duration = Duration::from_secs(120);

/// What is there.
enum Found {
    /// A schedule, in effect, to come, or over and shown still.
    Schedule(Json),
    /// A request that has not become a schedule.
    Pending(Json),
}

impl Found {
    fn json(&self) -> &Json {
        match self {
            Self::Schedule(json) | Self::Pending(json) => json,
        }
    }
}

/// The schedule as Graph has it, or the request that will become it; `None` where there is neither,
/// or it is over.
pub(super) async fn remote(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
) -> Result<Option<Json>, Error> {
    let shown = match find(session, model, state, how).await? {
        Some(found) => {
            let mut json = found.json().clone();
            if how == How::Whole {
                reasons(session, model, &mut json).await?;
            }
            schedules::shown(&json, state, Timestamp::now())
        }
        None => None,
    };
    Ok(shown.or_else(|| schedules::ended(model, state, Timestamp::now())))
}

async fn find(
    session: &Session,
    model: &Model,
    state: &Value,
    how: How,
) -> Result<Option<Found>, Error> {
    let Some(requests) = model.resource.requests else { return Ok(None) };
    let list = async |path: &str| {
        if how == How::Gathered {
            // All of one principal or group come with the first that is asked for.
            let first = &requests.filters[..1];
            let listed = schedules::list(model, path, state, first);
            return Ok(session.gather_list(path, &listed).await?.unwrap_or_default());
        }
        session.list(&schedules::list(model, path, state, requests.filters)).await
    };
    let now = Timestamp::now();
    let listed = list(model.resource.path).await?;
    let schedule = schedules::pick(model, state, &listed).cloned();
    let current = schedule.as_ref().is_some_and(|schedule| !schedules::is_over(schedule, now));
    if current {
        return Ok(schedule.map(Found::Schedule));
    }
    let listed = list(requests.path).await?;
    let pending = schedules::pick_pending(model, state, &listed, now);
    Ok(pending.cloned().map(Found::Pending).or(schedule.map(Found::Schedule)))
}

/// Adds why it was asked for, as long as Graph keeps the request that made it.
async fn reasons(session: &Session, model: &Model, schedule: &mut Json) -> Result<(), Error> {
    let Some(requests) = model.resource.requests else { return Ok(()) };
    let Some(made_by) = schedule["createdUsing"].as_str() else { return Ok(()) };
    if let Some(request) = session.get(&schedules::request(&requests, made_by)).await? {
        for name in ["justification", "ticketInfo"] {
            schedule[name] = request[name].clone();
        }
    }
    Ok(())
}

/// What a schedule with this id is of, as a state that a read completes; `None` where there is none.
pub(super) async fn by_id(
    session: &Session,
    model: &Model,
    id: &str,
) -> Result<Option<Value>, Error> {
    let Some(schedule) = session.get(&schedules::by_id(model, id)).await? else { return Ok(None) };
    let shown = schedules::shown(&schedule, &Value::Null, Timestamp::now());
    Ok(shown.and_then(|shown| {
        let state = decode::state(model, &shown, &Value::Object(import::empty(model)));
        let id = import::made_up_id(model, &state)?;
        Some(with(&state, "id", id))
    }))
}

/// Makes a schedule.
pub(super) async fn create(session: &Session, model: &Model, apply: Apply) -> Applied {
    let id = import::made_up_id(model, &apply.planned).unwrap_or_default();
    let planned = with(&apply.planned, "id", id);
    match assign(session, model, &planned).await {
        Ok(told) => {
            let mut applied =
                finish(session, model, &planned, Note::default(), Doing::Creating).await;
            applied.diagnostics.extend(told);
            applied
        }
        // A schedule that may be there is in the state: the next refresh tells whether it is.
        Err(Failed { told, may_exist: true }) => {
            reached(session, known(&planned), Note::default(), told.into()).await
        }
        Err(Failed { told, may_exist: false }) => {
            Applied { diagnostics: told.into(), ..Applied::default() }
        }
    }
}

/// Why a schedule was not made, or not seen to be there.
struct Failed {
    told: Diagnostic,
    may_exist: bool,
}

/// Changes a schedule.
pub(super) async fn update(session: &Session, model: &Model, apply: Apply) -> Applied {
    let Apply { prior, planned, private, .. } = apply;
    let note = Note::read(&private);
    // What is over has nothing in Graph that could be changed, or read back; what is there for
    // longer than it is to be ends.
    if schedules::has_ended(&planned, Timestamp::now()) {
        let is_over = prior.get("has_ended").as_bool() == Some(true);
        let ended = if is_over { Ok(()) } else { delete(session, model, &prior).await };
        return match ended {
            Ok(()) => reached(session, known(&planned), note, Diagnostics::new()).await,
            Err(error) => {
                let told = explain::resource(model, Doing::Updating, &error);
                reached(session, known(&prior), note, told.into()).await
            }
        };
    }
    // A name is told by the id beside it.
    let to_tell = |one: &&Attribute| {
        !one.local && one.via.is_none() && planned.get(one.name) != prior.get(one.name)
    };
    if !model.attributes.iter().any(|one| to_tell(&one)) {
        return finish(session, model, &planned, note, Doing::Updating).await;
    }
    match change(session, model, &planned).await {
        Ok(()) => finish(session, model, &planned, note, Doing::Updating).await,
        Err(diagnostic) => reached(session, known(&prior), note, diagnostic.into()).await,
    }
}

async fn assign(session: &Session, model: &Model, planned: &Value) -> Result<Diagnostics, Failed> {
    let failed = |error: &Error, may_exist: bool| Failed {
        told: explain::resource(model, Doing::Creating, error),
        may_exist,
    };
    let name = &model.name;
    let mut wait = session.wait(format!("{name} to make way"), VISIBLE);
    let mut lost = false;
    let mut action = Action::Assign;
    loop {
        let error = match ask(session, model, planned, action).await {
            Ok(request) => {
                let arrived = arrive(session, model, planned, &request).await;
                return arrived
                    .map(|()| Diagnostics::new())
                    .map_err(|told| Failed { told, may_exist: true });
            }
            Err(error) => error,
        };
        lost |= unsure(&error);
        if !exists(&error) && !unsure(&error) {
            return Err(failed(&error, lost));
        }
        let found = find(session, model, planned, How::Anew).await;
        let found = found.map_err(|_| failed(&error, lost))?;
        let now = Timestamp::now();
        let shown = found.as_ref().and_then(|found| schedules::shown(found.json(), planned, now));
        match shown {
            // It was made by a request whose answer never came.
            Some(_) if lost => return Ok(Diagnostics::new()),
            Some(shown) => {
                let there = decode::state(model, &shown, planned);
                if !differing(model, planned, &there).is_empty() {
                    // It is somebody else's as long as it is not as planned.
                    let changed = change(session, model, planned).await;
                    changed.map_err(|told| Failed { told, may_exist: false })?;
                }
                return Ok(taken_over(model, planned).into());
            }
            // One that has ended is in the way.
            None if found.is_some() && action == Action::Assign => action = Action::Renew,
            // Graph knows of one that it does not show: one that is just going, or just coming.
            None if wait.again().await => {}
            None => return Err(failed(&error, lost)),
        }
    }
}

async fn change(session: &Session, model: &Model, planned: &Value) -> Result<(), Diagnostic> {
    let failed = |error: &Error| explain::resource(model, Doing::Updating, error);
    let found = find(session, model, planned, How::Anew).await.map_err(|error| failed(&error))?;
    let action = match (&found, model.resource.requests) {
        (Some(Found::Schedule(one)), _) if schedules::is_over(one, Timestamp::now()) => {
            Action::Renew
        }
        (Some(Found::Schedule(_)), _) => Action::Update,
        (Some(Found::Pending(request)), Some(requests)) => {
            take_back(session, &requests, request).await.map_err(|error| failed(&error))?;
            Action::Assign
        }
        _ => Action::Assign,
    };
    let request = ask(session, model, planned, action).await.map_err(|error| failed(&error))?;
    arrive(session, model, planned, &request).await
}

/// Ends a schedule, or takes back the request for one. What is gone is ended.
pub(super) async fn delete(session: &Session, model: &Model, state: &Value) -> Result<(), Error> {
    let name = &model.name;
    let mut wait = session.wait(format!("{name} to end"), VISIBLE);
    let mut asked = false;
    loop {
        let Some(requests) = model.resource.requests else { return Ok(()) };
        match find(session, model, state, How::Anew).await? {
            None => return Ok(()),
            Some(found) if schedules::shown(found.json(), state, Timestamp::now()).is_none() => {
                return Ok(());
            }
            Some(_) if asked => {}
            Some(Found::Pending(request)) => {
                asked = take_back(session, &requests, &request).await?;
            }
            Some(Found::Schedule(_)) => {
                asked = match ask(session, model, state, Action::Remove).await {
                    Ok(_) => true,
                    // Graph says so of what it has just ended, too: the next look tells.
                    Err(error) if error.has_code("RoleAssignmentDoesNotExist") => {
                        cancel_pending(session, model, state, &requests).await?
                    }
                    Err(error) => return Err(error),
                };
            }
        }
        if !wait.again().await {
            return Ok(());
        }
    }
}

/// A schedule to come may still be a request that can be taken back.
async fn cancel_pending(
    session: &Session,
    model: &Model,
    state: &Value,
    requests: &Requests,
) -> Result<bool, Error> {
    let listed = schedules::list(model, requests.path, state, requests.filters);
    let listed = session.list(&listed).await?;
    match schedules::pick_pending(model, state, &listed, Timestamp::now()) {
        Some(request) => take_back(session, requests, request).await,
        None => Ok(true),
    }
}

/// Whether the request is known to be taken back.
async fn take_back(session: &Session, requests: &Requests, request: &Json) -> Result<bool, Error> {
    let id = request["id"].as_str().unwrap_or_default();
    match session.send(&schedules::cancel(requests, id)).await {
        Err(error) if unsure(&error) => Ok(false),
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(true),
    }
}

/// Sends a request, and waits where Graph says that the schedule is too young for it.
async fn ask(
    session: &Session,
    model: &Model,
    state: &Value,
    action: Action,
) -> Result<Json, Error> {
    let what = format!("{} to be five minutes old", model.name);
    let mut wait = session.wait(what, YOUNG);
    loop {
        // Anew each time: it says when it begins.
        let Some(request) = schedules::change(model, state, action, Timestamp::now()) else {
            return Ok(Json::Null);
        };
        session.touched_all(model.resource.path);
        session.touched_all(&request.path);
        match session.write(&request, model.resource.retry_on).await {
            Err(error) if error.has_code("ActiveDurationTooShort") && wait.again().await => {}
            // To change or to end twice is to do it once; what is made is looked for first.
            Err(error) if action != Action::Assign && unsure(&error) && wait.again().await => {}
            answer => return answer,
        }
    }
}

/// Waits until what was asked for is there, and says why where it will not be.
async fn arrive(
    session: &Session,
    model: &Model,
    planned: &Value,
    request: &Json,
) -> Result<(), Diagnostic> {
    let name = &model.name;
    let failed = |error: &Error| explain::resource(model, Doing::Creating, error);
    let mut wait = session.wait(format!("{name} to be provisioned"), PROVISIONED);
    let mut request = request.clone();
    loop {
        if schedules::has_failed(&request) {
            return Err(came_to_nothing(model, &request));
        }
        let found = find(session, model, planned, How::Anew).await;
        match found.map_err(|error| failed(&error))? {
            Some(Found::Pending(pending))
                if schedules::is_being_provisioned(&pending) && wait.again().await => {}
            // In effect, to come, or waiting for somebody's approval.
            Some(_) => return Ok(()),
            None if wait.again().await => {}
            // What to say of it is for the reading back.
            None => return Ok(()),
        }
        let (Some(requests), Some(id)) = (model.resource.requests, request["id"].as_str()) else {
            continue;
        };
        let again: Request = schedules::request(&requests, id);
        if let Some(now) = session.get(&again).await.map_err(|error| failed(&error))? {
            request = now;
        }
    }
}

/// Whether it is not known if the request was carried out, or it was not and may be sent again.
fn unsure(error: &Error) -> bool {
    error.answer_lost() || error.is_transient()
}

/// Whether a refusal says that there is such an assignment, or a request for one.
fn exists(error: &Error) -> bool {
    ["RoleAssignmentExists", "RoleAssignmentRequestExists", "PendingRoleAssignmentRequest"]
        .iter()
        .any(|code| error.has_code(code))
}

fn taken_over(model: &Model, planned: &Value) -> Diagnostic {
    let id = planned.get("id").as_str().unwrap_or_default();
    Diagnostic::warning(
        format!("{} was there already, and is now managed", model.name),
        format!(
            "The assignment {id} was made outside of this configuration. Terraform has taken it over, \
             changed it to what is configured where it differed, and will end it on destroy."
        ),
    )
}

fn came_to_nothing(model: &Model, request: &Json) -> Diagnostic {
    let text = |name: &str| request[name].as_str().unwrap_or("?").to_owned();
    Diagnostic::error(
        format!("{} was not provisioned", model.name),
        format!(
            "Graph accepted the request {} and then ended it with the status {}. The audit log of \
             Privileged Identity Management says why.",
            text("id"),
            text("status")
        ),
    )
}
