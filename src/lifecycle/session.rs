//! The tenant that is signed in to, and what this process made in it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bulk::Bulk;
use super::inquiry::Inquiries;
use super::wait::Wait;
use crate::engine::names::TENANT;
use crate::engine::{Request, Verb};
use crate::graph::{self, Content, Error, Graph, Method};

/// A configured provider, bound to the operation that uses it.
#[derive(Clone)]
pub(super) struct Session {
    shared: Arc<Shared>,
    /// Bound to the operation's time and name.
    graph: Graph,
    until: Instant,
}

/// What all operations share.
struct Shared {
    graph: Graph,
    base: String,
    stop: CancellationToken,
    /// The ids that this process made: Graph may not know them everywhere yet.
    fresh: Mutex<HashSet<String>>,
    bulk: Bulk,
    inquiries: Inquiries,
    /// The provider block in Graph's shape, secrets left out.
    provider: Json,
    told: OnceCell<Json>,
    /// The tenant as Graph tells it, where the access token does not.
    asked: OnceCell<Option<String>>,
    /// Settings that this process planned, by resource and id.
    planned: Mutex<HashMap<String, Json>>,
}

/// How long a write is given to become visible. Graph's documentation gives no bound; public
/// reports speak of some minutes at worst.
pub(super) const VISIBLE: Duration = Duration::from_secs(300);

/// How often an addition to a relationship is sent again whose answer was lost.
const LOST: usize = 8;

/// What is bound to no operation ends some day all the same.
const DAY: Duration = Duration::from_secs(86_400);

impl Session {
    /// A session in the tenant that `graph` is signed in to. `base` is where Graph is, for references
    /// to objects: `https://graph.microsoft.com/v1.0`. `provider` is the provider block without secrets.
    pub(super) fn new(graph: Graph, base: String, provider: Json, stop: CancellationToken) -> Self {
        let shared = Shared {
            graph: graph.clone(),
            base,
            stop,
            fresh: Mutex::default(),
            bulk: Bulk::default(),
            inquiries: Inquiries::default(),
            provider,
            told: OnceCell::new(),
            asked: OnceCell::new(),
            planned: Mutex::default(),
        };
        Self { shared: Arc::new(shared), graph, until: Instant::now() + DAY }
    }

    /// The same session for one operation, which may take `time` and is called `what` in logs.
    pub(super) fn within(&self, time: Duration, what: &str) -> Self {
        let shared = Arc::clone(&self.shared);
        let graph = self.shared.graph.within(time, what);
        Self { shared, graph, until: Instant::now() + time }
    }

    /// The same session for a last question about an operation that was stopped, or whose time is
    /// up: Terraform waits for it, so it is short.
    pub(super) fn last_look(&self) -> Self {
        let time = Duration::from_millis(300);
        let graph = self.graph.cancelled_by(CancellationToken::new());
        let graph = graph.within(time, "looking for what was made");
        Self { shared: Arc::clone(&self.shared), graph, until: Instant::now() + time }
    }

    /// Whether the operation has time left, and nobody asked to stop.
    pub(super) fn is_live(&self) -> bool {
        !self.shared.stop.is_cancelled() && Instant::now() < self.until
    }

    /// Where Graph is, for references to objects.
    pub(super) fn base(&self) -> &str {
        &self.shared.base
    }

    /// A wait for what Graph replicates, no longer than `limit` or than the operation may take.
    pub(super) fn wait(&self, what: String, limit: Duration) -> Wait {
        let left = self.until.saturating_duration_since(Instant::now());
        Wait::new(what, limit.min(left), &self.shared.stop)
    }

    /// Sends a request, once.
    pub(super) async fn send(&self, request: &Request) -> Result<Json, Error> {
        let sent = self.graph.send(&self.addressed(request).await).await;
        if request.verb != Verb::Get {
            self.shared.inquiries.touched(&request.path);
        }
        Ok(sent?.body)
    }

    /// Writes a stream, or a secret. The object that it belongs to may have been made by this process, and be
    /// known nowhere else yet.
    pub(super) async fn upload(
        &self,
        verb: Verb,
        path: &str,
        content: Content,
    ) -> Result<(), Error> {
        let place = self.addressed(&Request::new(verb, path)).await;
        let upload = graph::Request { content: Some(content), ..place };
        let mut wait = self.wait(format!("Graph to know what {path} belongs to"), VISIBLE);
        loop {
            match self.graph.send(&upload).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_not_found() && self.is_fresh(path) => {
                    if !wait.again().await {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads one object; `None` where it is not there.
    pub(super) async fn get(&self, request: &Request) -> Result<Option<Json>, Error> {
        found(self.send(request).await)
    }

    /// Reads many objects in few requests; `None` for each that is not there.
    pub(super) async fn get_all(&self, requests: &[Request]) -> Vec<Result<Option<Json>, Error>> {
        let requests = requests.iter().map(translated).collect();
        let answers = self.graph.batch(requests).await.into_iter();
        answers.map(|answer| found(answer.map(|answer| answer.body))).collect()
    }

    /// Reads one object together with what else is being read of its collection; `None` where it is
    /// not there. For a refresh only: after a write, [`Session::get`] asks anew.
    pub(super) async fn gather(
        &self,
        collection: &str,
        key: &str,
        request: &Request,
        listing: Option<&Request>,
    ) -> Result<Option<Json>, Error> {
        let listing = match listing {
            Some(listing) => Some(self.addressed(listing).await),
            None => None,
        };
        let request = self.addressed(request).await;
        let read = self.shared.bulk.read(&self.graph, collection, key, request, listing);
        found(read.await)
    }

    /// Reads a collection, all its pages, its first one together with what else is being read of
    /// its kind; `None` where what it belongs to is not there.
    pub(super) async fn gather_list(
        &self,
        kind: &str,
        request: &Request,
    ) -> Result<Option<Vec<Json>>, Error> {
        let options: Vec<_> =
            request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let key = format!("{}?{}", request.path, options.join("&"));
        let Some(mut first) = self.gather(kind, &key, request, None).await? else {
            return Ok(None);
        };
        let mut objects = match first["value"].take() {
            Json::Array(objects) => objects,
            _ => Vec::new(),
        };
        if let Some(next) = first["@odata.nextLink"].as_str() {
            objects.extend(self.graph.list(&graph::Request::get(next)).await?);
        }
        Ok(Some(objects))
    }

    /// Reads a collection, all its pages.
    pub(super) async fn list(&self, request: &Request) -> Result<Vec<Json>, Error> {
        self.graph.list(&self.addressed(request).await).await
    }

    /// The request as Graph takes it, the tenant's id in its path where that has a place for it.
    async fn addressed(&self, request: &Request) -> graph::Request {
        let mut translated = translated(request);
        if translated.path.contains(TENANT) {
            let tenant = self.tenant().await.unwrap_or_default();
            translated.path = translated.path.replace(TENANT, tenant);
        }
        translated
    }

    /// Writes. A refusal that can only mean that another replica does not know an object yet,
    /// because this process made that object, is waited out. An addition to a relationship whose
    /// answer was lost is sent again: Graph refuses to add what is there.
    pub(super) async fn write(&self, request: &Request, passing: &[&str]) -> Result<Json, Error> {
        let what = format!("{} to know what {} refers to", "Graph", request.path);
        let mut wait = self.wait(what, VISIBLE);
        let adds = request.verb == Verb::Post && request.path.ends_with("/$ref");
        let mut lost = 0;
        loop {
            let error = match self.send(request).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            if adds && error.answer_lost() && lost < LOST {
                lost += 1;
                if wait.again().await {
                    continue;
                }
                return Err(error);
            }
            let may_pass = error.is_not_found() || passing.iter().any(|code| error.has_code(code));
            if !(may_pass && self.mentions_fresh(request) && wait.again().await) {
                return Err(error);
            }
        }
    }

    /// Forgets what was read of the object `id`, which is about to change.
    pub(super) fn touched(&self, id: &str) {
        self.shared.bulk.forget(id);
    }

    /// Forgets all that was read of the collection `name`.
    pub(super) fn touched_all(&self, name: &str) {
        self.shared.bulk.forget_all(name);
    }

    /// What inquiries share.
    pub(super) fn inquiries(&self) -> &Inquiries {
        &self.shared.inquiries
    }

    /// The provider block in Graph's shape, secrets left out.
    pub(super) fn provider(&self) -> &Json {
        &self.shared.provider
    }

    /// The client, bound to the operation.
    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Remembers what is planned for the object called `name`, for what depends on it.
    pub(super) fn plans(&self, name: String, settings: Json) {
        if let Ok(mut planned) = self.shared.planned.lock() {
            planned.insert(name, settings);
        }
    }

    /// What is planned for the object called `name`.
    pub(super) fn planned(&self, name: &str) -> Option<Json> {
        self.shared.planned.lock().ok()?.get(name).cloned()
    }

    /// Remembers that this process made the object `id`.
    pub(super) fn made(&self, id: &str) {
        self.claim(id);
    }

    /// The ids of the objects that this process made.
    pub(super) fn made_so_far(&self) -> Vec<String> {
        self.shared.fresh.lock().map(|fresh| fresh.iter().cloned().collect()).unwrap_or_default()
    }

    /// Takes the object `id` for one that this process made; false where it was taken already.
    pub(super) fn claim(&self, id: &str) -> bool {
        self.shared.fresh.lock().is_ok_and(|mut fresh| fresh.insert(id.to_lowercase()))
    }

    /// Whether a request names an object that this process made.
    fn mentions_fresh(&self, request: &Request) -> bool {
        let body = request.body.as_ref().map(Json::to_string).unwrap_or_default();
        self.is_fresh(&request.path) || self.is_fresh(&body)
    }

    /// Whether a text names an object that this process made.
    pub(super) fn is_fresh(&self, text: &str) -> bool {
        let Ok(fresh) = self.shared.fresh.lock() else { return false };
        let text = text.to_lowercase();
        fresh.iter().any(|id| text.contains(id.as_str()))
    }

    /// The claims of the access token.
    pub(super) async fn claims(&self) -> Result<Json, Error> {
        self.graph.token_claims().await
    }

    /// The claims of the access token, null where signing in fails: whoever needs more than a word
    /// from them asks Graph next, and is told why.
    pub(super) async fn told(&self) -> &Json {
        let read = async || self.claims().await.unwrap_or_default();
        self.shared.told.get_or_init(read).await
    }

    /// The tenant's id, as the access token says it: the setting may be a domain. Graph is asked where
    /// the token is not legible, which is the right of whoever issues it.
    pub(super) async fn tenant(&self) -> Option<&str> {
        if let Some(told) = self.told().await["tid"].as_str() {
            return Some(told);
        }
        let organization = graph::Request::get("/organization").query("$select", "id");
        let ask = async || match self.graph.list(&organization).await {
            Ok(listed) => Ok(listed.first().and_then(|one| one["id"].as_str().map(str::to_owned))),
            // Asking again would be answered the same.
            Err(error) if error.is_forbidden() => Ok(None),
            Err(error) => Err(error),
        };
        self.shared.asked.get_or_try_init(ask).await.ok()?.as_deref()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("base", &self.shared.base).finish_non_exhaustive()
    }
}

/// What was read; `None` where it is not there.
fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(body) => Ok(Some(body)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn translated(request: &Request) -> graph::Request {
    let method = match request.verb {
        Verb::Get => Method::Get,
        Verb::Post => Method::Post,
        Verb::Patch => Method::Patch,
        Verb::Put => Method::Put,
        Verb::Delete => Method::Delete,
    };
    let empty = graph::Request::new(method, request.path.clone());
    let mut translated = request
        .query
        .iter()
        .fold(empty, |translated, (name, value)| translated.query(*name, value.clone()));
    translated = request
        .headers
        .iter()
        .fold(translated, |translated, (name, value)| translated.header(*name, *value));
    translated.body = request.body.clone();
    if request.beta {
        translated = translated.beta();
    }
    if request.repeatable {
        translated = translated.repeatable();
    }
    // Without it, Graph shows members of enums that are newer than the API version as
    // `unknownFutureValue`, and every plan would want to change them.
    if request.verb == Verb::Get {
        translated = translated.header("Prefer", "include-unknown-enum-members");
    }
    translated
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::fake::{Act, ruled, status};

    #[tokio::test]
    async fn a_token_that_is_not_legible_does_not_hide_the_tenant() {
        let told = json!({ "value": [{ "id": "the-tenant" }] });
        let (wire, graph) = ruled(
            move |target, _| match target.starts_with("/v1.0/organization") {
                true => Act::Answer(200, None, told.clone()),
                false => status(404),
            },
            |_| {},
        );
        let session = Session::new(graph, String::new(), Json::Null, CancellationToken::new());
        for _ in 0..2 {
            assert_eq!(session.tenant().await, Some("the-tenant"));
        }
        assert_eq!(wire.times().len(), 1);
    }
}
