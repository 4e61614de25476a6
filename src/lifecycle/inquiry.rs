//! Carrying inquiries out: reading what they need, and judging plans by them.
//!
//! What a round needs is read in one request (`$batch`), and each fact once in a process, whoever
//! asks: a plan of a hundred policies asks for the holders of a role once. A write of this process
//! drops what it may have changed. What is judged right before a write is read anew, but for what
//! somebody else read in the last seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::watch;
use tokio::time::Instant;

use super::directory::Directory;
use super::session::Session;
use crate::declare::{
    Answer, Answers, Concluded, Elsewhere, Finding, Inquiry, Question, Read, Unread,
};
use crate::engine::{Model, model, plan, shape};
use crate::graph::{self, Error, Graph};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// How often a function may ask for more. A trail of facts is a few steps long; one that goes on is a
/// mistake in the function.
const ROUNDS: usize = 8;
/// How old a fact may be on which a write is let through.
const FRESH: Duration = Duration::from_secs(10);

/// What inquiries of a session share.
#[derive(Default)]
pub(super) struct Inquiries {
    facts: Mutex<HashMap<Read, Fact>>,
    /// What was planned, and what was written.
    planned: Mutex<Elsewhere>,
    written: Mutex<Elsewhere>,
    /// What was said of no object in particular, and about which object it was said.
    told: Mutex<HashMap<String, String>>,
    directory: Directory,
}

/// A fact: being read, or read.
enum Fact {
    Coming(watch::Receiver<Option<Arc<Answer>>>),
    Here(Arc<Answer>, Instant),
}

/// A poisoned lock holds nothing half done: every change under it is one assignment.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When something is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Planning,
    Writing,
}

/// What inquiries find in a plan. It is remembered for those about other objects.
pub(super) async fn at_plan(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
    is_replaced: bool,
) -> Diagnostics {
    let resource = model.resource;
    // An object whose id is chosen can be referred to before it is made.
    let is_referred_to = model::names_itself(resource);
    if resource.guard.is_none() && resource.inquiries.is_empty() && !is_referred_to {
        return Diagnostics::new();
    }
    let (prior, planned) = (shape::of(model, prior), shape::of(model, planned));
    let name = remember(&session.inquiries().planned, model, &prior, &planned);
    let plan = Plan { prior, planned, is_replaced, when: When::Planning };
    let mut found = Diagnostics::new();
    for inquire in resource.inquiries.iter().chain(&resource.guard) {
        let conclude = |question: &Question<'_>, answers: &Answers| inquire(question, answers);
        let concluded = conclude_with(session, &plan, conclude).await;
        found.extend(judged(session, model, concluded, Some(&name)));
    }
    found
}

/// What forbids a write that is about to be sent.
pub(super) async fn before_write(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> Diagnostics {
    let Some(guard) = model.resource.guard else { return Diagnostics::new() };
    let (prior, planned) = (shape::of(model, prior), shape::of(model, planned));
    let plan = Plan { prior, planned, is_replaced: false, when: When::Writing };
    let concluded = conclude_with(session, &plan, guard).await;
    judged(session, model, concluded, None).into_iter().filter(Diagnostic::is_error).collect()
}

/// Remembers what was written, which Graph may show a moment later only.
pub(super) fn written(session: &Session, model: &Model, prior: &Value, planned: &Value) {
    if model.resource.guard.is_some() {
        let (prior, planned) = (shape::of(model, prior), shape::of(model, planned));
        remember(&session.inquiries().written, model, &prior, &planned);
    }
}

/// What a data source concludes, from its configuration in Graph's shape.
pub(super) async fn conclude<T>(
    session: &Session,
    configuration: Json,
    conclude: impl Fn(&Question<'_>, &Answers) -> Inquiry<T>,
) -> Result<T, Unread> {
    let plan = Plan {
        prior: Json::Null,
        planned: configuration,
        is_replaced: false,
        when: When::Planning,
    };
    conclude_with(session, &plan, conclude).await
}

/// What is concluded of an object besides what Graph tells of it; nothing where that takes a fact that
/// cannot be read.
pub(super) async fn of_object(
    session: &Session,
    model: &Model,
    state: &Value,
    object: &serde_json::Map<String, Json>,
    concluded: &Concluded,
) -> serde_json::Map<String, Json> {
    let plan = Plan {
        prior: Json::Object(object.clone()),
        planned: shape::of(model, state),
        is_replaced: false,
        when: When::Planning,
    };
    match conclude_with(session, &plan, concluded.conclude).await {
        Ok(Ok(Json::Object(told))) => told,
        _ => serde_json::Map::new(),
    }
}

/// A fact that is missing, as people should read it.
pub(super) fn unread(name: &str, unread: &Unread) -> Diagnostic {
    let Unread { read: Read { path, permission, .. }, why } = unread;
    Diagnostic::error(
        format!("Reading {name} failed"),
        format!(
            "{path} could not be read: {why}\n\nIt takes the application permission {permission}, \
             granted by an administrator's consent."
        ),
    )
}

/// A plan in Graph's shape.
struct Plan {
    prior: Json,
    planned: Json,
    is_replaced: bool,
    when: When,
}

async fn conclude_with<T>(
    session: &Session,
    plan: &Plan,
    conclude: impl Fn(&Question<'_>, &Answers) -> Inquiry<T>,
) -> Result<T, Unread> {
    let token = session.told().await;
    let mut answers = Answers::default().with_made(session.made_so_far());
    let mut wanted = Vec::new();
    for _ in 0..ROUNDS {
        for (read, answer) in session.inquiries().round(session.graph(), wanted, plan.when).await {
            answers.insert(read, answer);
        }
        let concluded = {
            let inquiries = session.inquiries();
            let elsewhere = lock(match plan.when {
                When::Planning => &inquiries.planned,
                When::Writing => &inquiries.written,
            });
            conclude(
                &Question {
                    prior: &plan.prior,
                    planned: &plan.planned,
                    is_replaced: plan.is_replaced,
                    is_writing: plan.when == When::Writing,
                    provider: session.provider(),
                    token,
                    elsewhere: &elsewhere,
                },
                &answers,
            )
        };
        match concluded {
            Inquiry::Concluded(concluded) => return Ok(concluded),
            Inquiry::Without(unread) => return Err(unread),
            Inquiry::Needs(further) => wanted = further,
        }
    }
    let read = wanted.into_iter().next().unwrap_or_else(|| Read::one("", ""));
    let why = format!("there is no conclusion after {ROUNDS} rounds. Please report this.");
    Err(Unread { read, why })
}

/// Findings as diagnostics. The same text, said of no attribute, is said once: of the object that it
/// was said of first.
fn judged(
    session: &Session,
    model: &Model,
    concluded: Result<Vec<Finding>, Unread>,
    object: Option<&str>,
) -> Diagnostics {
    let findings = match concluded {
        Ok(findings) => findings,
        Err(without) => return unread(&model.name, &without).into(),
    };
    let first = |finding: &Finding| {
        let Some(object) = object.filter(|_| finding.path == Path::root()) else { return true };
        let text = format!("{}\n{}", finding.summary, finding.detail);
        let mut told = lock(&session.inquiries().told);
        told.entry(text).or_insert_with(|| object.to_owned()) == object
    };
    findings.into_iter().filter(first).map(plan::diagnostic).collect()
}

/// Remembers an object, and answers what it is remembered by.
fn remember(all: &Mutex<Elsewhere>, model: &Model, prior: &Json, planned: &Json) -> String {
    let text = |name: &str| {
        let known = |json: &Json| Some(json[name].as_str()?.to_owned());
        known(prior).or_else(|| known(planned)).filter(|text| text != crate::declare::UNKNOWN)
    };
    let name = text("id").or_else(|| text("displayName"));
    // Some have no name as long as they have no id; two that are alike are one.
    let name = name.unwrap_or_else(|| planned.to_string());
    lock(all).insert((model.resource.name, name.to_lowercase()), planned.clone());
    format!("{}/{name}", model.name)
}

impl Inquiries {
    /// Drops the facts that a write to `path` may have changed.
    pub(super) fn touched(&self, path: &str) {
        let realm = realm(path);
        lock(&self.facts).retain(|read, _| self::realm(&read.path) != realm);
    }

    /// The answers to all of `reads`.
    async fn round(
        &self,
        graph: &Graph,
        mut reads: Vec<Read>,
        when: When,
    ) -> Vec<(Read, Arc<Answer>)> {
        let mut answered = Vec::new();
        while !reads.is_empty() {
            let (mut coming, mut mine) = (Vec::new(), Vec::new());
            {
                let mut facts = lock(&self.facts);
                for read in reads.drain(..) {
                    match facts.get(&read) {
                        Some(Fact::Here(answer, at))
                            if when == When::Planning || at.elapsed() < FRESH =>
                        {
                            answered.push((read, Arc::clone(answer)));
                        }
                        // Whoever began to read it may have been cancelled since.
                        Some(Fact::Coming(answer)) if answer.has_changed().is_ok() => {
                            coming.push((read, answer.clone()));
                        }
                        _ => {
                            let (tell, told) = watch::channel(None);
                            facts.insert(read.clone(), Fact::Coming(told));
                            mine.push((read, tell));
                        }
                    }
                }
            }
            answered.extend(self.read(graph, mine).await);
            for (read, mut answer) in coming {
                match answer.wait_for(Option::is_some).await.ok().and_then(|told| told.clone()) {
                    Some(answer) => answered.push((read, answer)),
                    None => reads.push(read),
                }
            }
        }
        answered
    }

    /// Reads, and tells those who wait.
    async fn read(&self, graph: &Graph, mine: Vec<Mine>) -> Vec<(Read, Arc<Answer>)> {
        if mine.is_empty() {
            return Vec::new();
        }
        let (objects, others): (Vec<_>, Vec<_>) =
            mine.into_iter().partition(|(read, _)| read.object_id().is_some());
        let (objects, others) =
            tokio::join!(self.look_up(graph, objects), self.send(graph, others));
        let mut answered = Vec::new();
        for ((read, tell), answer) in objects.into_iter().chain(others) {
            let answer = Arc::new(answer);
            let mut facts = lock(&self.facts);
            // A write may have made it old while it was on its way.
            if let Some(Fact::Coming(told)) = facts.get(&read)
                && told.same_channel(&tell.subscribe())
            {
                facts.insert(read.clone(), Fact::Here(Arc::clone(&answer), Instant::now()));
            }
            drop(facts);
            tell.send_replace(Some(Arc::clone(&answer)));
            answered.push((read, answer));
        }
        answered
    }
}

/// A read, and who waits for its answer.
type Mine = (Read, watch::Sender<Option<Arc<Answer>>>);

impl Inquiries {
    /// Objects of the directory, together.
    async fn look_up(&self, graph: &Graph, mine: Vec<Mine>) -> Vec<(Mine, Answer)> {
        if mine.is_empty() {
            return Vec::new();
        }
        let ids = mine.iter().filter_map(|(read, _)| read.object_id().map(str::to_owned));
        let found = self.directory.look_up(graph, &ids.collect::<Vec<_>>()).await;
        let answers = found.into_iter().map(|found| match found {
            Ok(Some(object)) => Answer::Found(object),
            Ok(None) => Answer::Absent,
            Err(error) => answer(Err(error)),
        });
        mine.into_iter().zip(answers).collect()
    }

    /// All else, in one request.
    async fn send(&self, graph: &Graph, mine: Vec<Mine>) -> Vec<(Mine, Answer)> {
        let requests: Vec<graph::Request> = mine.iter().map(|(read, _)| request(read)).collect();
        let sent = match requests.as_slice() {
            [] => Vec::new(),
            [only] => vec![graph.send(only).await],
            _ => graph.batch(requests).await,
        };
        let mut answered = Vec::new();
        for (mine, sent) in mine.into_iter().zip(sent) {
            let found = match sent {
                Ok(response) if mine.0.many => all(graph, response.body).await,
                Ok(response) => Ok(response.body),
                Err(error) => Err(error),
            };
            answered.push((mine, answer(found)));
        }
        answered
    }
}

/// All pages of a collection of which the first is here.
async fn all(graph: &Graph, mut first: Json) -> Result<Json, Error> {
    let mut objects = match first["value"].take() {
        Json::Array(objects) => objects,
        _ => Vec::new(),
    };
    if let Some(next) = first["@odata.nextLink"].as_str() {
        objects.extend(graph.list(&graph::Request::get(next)).await?);
    }
    Ok(objects.into())
}

fn request(read: &Read) -> graph::Request {
    let empty = graph::Request::get(read.path.clone());
    let whole =
        read.query.iter().fold(empty, |request, (name, value)| request.query(*name, value.clone()));
    let whole = whole.header("Prefer", "include-unknown-enum-members");
    if read.beta { whole.beta() } else { whole }
}

fn answer(found: Result<Json, Error>) -> Answer {
    match found {
        Ok(json) => Answer::Found(json),
        Err(error) if error.is_not_found() => Answer::Absent,
        Err(error) if error.is_forbidden() || error.refusal().is_some() => {
            Answer::Refused(error.to_string())
        }
        Err(error) => Answer::Failed(error.to_string()),
    }
}

/// What belongs together so that a write to one may change a read of the other: users, groups and
/// who is in them are one realm; of everything else, the first two steps of the path.
fn realm(path: &str) -> String {
    let mut steps = path.trim_start_matches('/').split(['/', '?']);
    match steps.next().unwrap_or_default() {
        "users" | "groups" | "directory" | "directoryObjects" => "directory".to_owned(),
        first => format!("{first}/{}", steps.next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_makes_old_what_it_may_have_changed() {
        let inquiries = Inquiries::default();
        let known = [
            "/identity/conditionalAccess/namedLocations",
            "/users/1/transitiveMemberOf",
            "/roleManagement/directory/roleAssignments",
        ];
        for path in known {
            let here = Fact::Here(Arc::new(Answer::Absent), Instant::now());
            lock(&inquiries.facts).insert(Read::all(path, ""), here);
        }
        let left = |touched: &str| {
            inquiries.touched(touched);
            let mut left: Vec<_> =
                lock(&inquiries.facts).keys().map(|read| read.path.clone()).collect();
            left.sort();
            left
        };
        assert_eq!(left("/policies/identitySecurityDefaultsEnforcementPolicy").len(), 3);
        assert_eq!(left("/groups/2/members/$ref"), [known[0], known[2]]);
        assert_eq!(left("/identity/conditionalAccess/policies/3"), [known[2]]);
    }
}
