//! Reading many objects in few requests.
//!
//! Terraform refreshes objects one by one, ten at a time, and does not say how many are to come. A
//! request for each makes a refresh of 500 groups 500 round trips; listing a collection at once
//! makes the refresh of three users in a tenant of 300,000 some 300. So reads of one collection
//! are gathered here, and answered by what has cost least so far:
//!
//! - The first read waits for the sign-in, as it must, and two milliseconds more: ten come at about
//!   the same time. Reads that arrive while a request is under way wait for it. What waits travels
//!   together in one `$batch` (20 at most).
//! - Whoever was answered tends to come back at once with the next object. So what comes next
//!   waits until as many came as were answered, or nobody more came for half of what the last
//!   request took.
//! - Every so many requests spent that way entitle to one page (999 objects) of the collection. What
//!   a page shows is remembered, so that reads to come cost nothing. The pages fetched never cost
//!   more than the reads did, which bounds the total to about twice the better of both ways,
//!   whatever the size of the tenant.
//! - An object that a complete listing did not show is still asked for: an index may lag.
//! - A page that fails costs nobody more than its time: reads go on one by one, and the page is
//!   asked for again after some more of them, later each time it fails.
//!
//! Each read has the time that its own operation has. What travels together is sent for as long as
//! the most patient of them waits; the others are told that their time is up when it is.
//!
//! What is remembered lives as long as the process, which Terraform starts anew for each walk. A
//! write drops what it touches, and what is read back after a write never comes from here.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::graph::{Error, Graph, Pages, Request};

/// The most requests in a `$batch` (Graph, "Combine multiple HTTP requests").
const BATCH: usize = 20;
/// Objects read one by one before a page is thought of.
const PATIENCE: usize = 10;
/// How long reads wait for company, at most.
const LONGEST_LINGER: Duration = Duration::from_millis(200);
/// How long the first reads wait for company.
const FIRST_LINGER: Duration = Duration::from_millis(2);
/// How many operations Terraform runs at a time unless told otherwise.
const AT_A_TIME: usize = 10;
/// How long a page may take; single reads do without it.
const LONGEST_PAGE: Duration = Duration::from_secs(30);
/// How many requests are spent on single reads before a page that failed is asked for again; twice
/// as many each time it fails again.
const PAUSE: usize = 4;

/// All gathered reads of a session.
#[derive(Default)]
pub(super) struct Bulk {
    collections: Mutex<HashMap<String, Arc<Collection>>>,
}

/// The reads of one collection.
struct Collection {
    name: String,
    graph: Graph,
    state: Mutex<State>,
    /// Somebody began to wait.
    came: Notify,
    listing: Option<Request>,
    /// How far the listing is read. Only the worker uses it.
    pages: tokio::sync::Mutex<Option<Pages>>,
}

#[derive(Default)]
struct State {
    known: HashMap<String, Json>,
    written: HashSet<String>,
    waiting: Vec<Waiting>,
    working: bool,
    /// Requests spent on single reads, and the objects read by them.
    spent: usize,
    read: usize,
    pages: usize,
    /// Whether there is a listing that is not complete.
    listable: bool,
    /// How often in a row a page failed, and how much is to be spent before the next.
    failures: u32,
    resumes: usize,
}

struct Waiting {
    key: String,
    request: Request,
    until: Instant,
    answer: oneshot::Sender<Result<Json, Error>>,
}

enum Job {
    Rest,
    Page,
    Batch(Vec<Waiting>),
}

impl Bulk {
    /// Reads the object `key` of `collection` by `request`, or out of `listing` where that has
    /// become cheaper, within the time that `graph` is bound to.
    pub(super) async fn read(
        &self,
        graph: &Graph,
        collection: &str,
        key: &str,
        request: Request,
        listing: Option<Request>,
    ) -> Result<Json, Error> {
        let collection = self.collection(graph, collection, listing);
        let (answer, answered) = oneshot::channel();
        let key = key.to_lowercase();
        {
            let mut state = collection.lock();
            if let Some(known) = state.known.get(&key) {
                return Ok(known.clone());
            }
            let until = Instant::now() + graph.time_left();
            state.waiting.push(Waiting { key, request: request.clone(), until, answer });
            if !state.working {
                state.working = true;
                tokio::spawn(Arc::clone(&collection).work());
            } else {
                collection.came.notify_one();
            }
        }
        match graph.awaiting(answered).await? {
            Ok(answer) => answer,
            // The worker is gone, which only a panic in it explains: ask without it.
            Err(_) => Ok(graph.send(&request).await?.body),
        }
    }

    /// Forgets what a write to the object `key` made old.
    pub(super) fn forget(&self, key: &str) {
        let key = key.to_lowercase();
        let collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        for collection in collections.values() {
            let mut state = collection.lock();
            state.known.remove(&key);
            state.written.insert(key.clone());
        }
    }

    /// Forgets all that was read of the collection `name`, whose objects are known by other lists.
    pub(super) fn forget_all(&self, name: &str) {
        let collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(collection) = collections.get(name) {
            collection.lock().known.clear();
        }
    }

    fn collection(&self, graph: &Graph, name: &str, listing: Option<Request>) -> Arc<Collection> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        let collection = collections.entry(name.to_owned()).or_insert_with(|| {
            let state = State { listable: listing.is_some(), ..State::default() };
            Arc::new(Collection {
                name: name.to_owned(),
                graph: graph.clone(),
                state: Mutex::new(state),
                came: Notify::new(),
                listing,
                pages: tokio::sync::Mutex::new(None),
            })
        });
        Arc::clone(collection)
    }
}

impl Collection {
    /// A poisoned lock holds nothing half done: every change under it is one assignment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what waits, until nothing does.
    async fn work(self: Arc<Self>) {
        // A failure to sign in is told to who reads, below.
        let _ = self.graph.token_claims().await;
        self.linger(AT_A_TIME, FIRST_LINGER).await;
        loop {
            let job = self.lock().next();
            let (began, many) = (Instant::now(), self.lock().expected(&job));
            match job {
                Job::Rest => return,
                Job::Page => self.page().await,
                Job::Batch(waiting) => self.batch(waiting).await,
            }
            self.linger(many, began.elapsed() / 2).await;
        }
    }

    /// Waits for company: until `many` wait, or nobody came for `limit`.
    async fn linger(&self, many: usize, limit: Duration) {
        let longest = Instant::now() + LONGEST_LINGER;
        while self.lock().waiting.len() < many {
            let until = longest.min(Instant::now() + limit);
            if tokio::time::timeout_at(until, self.came.notified()).await.is_err() {
                return;
            }
        }
    }

    /// The client, bound for `time`.
    fn within(&self, time: Duration) -> Graph {
        self.graph.within(time, format!("reading {}", self.name))
    }

    async fn page(&self) {
        // Half of what the least patient has left: should the page fail, a read of its own follows.
        let soonest = self.lock().waiting.iter().map(|one| one.until).min();
        let graph = self.within((left(soonest) / 2).min(LONGEST_PAGE));
        let mut open = self.pages.lock().await;
        let page = match (&mut *open, &self.listing) {
            (Some(pages), _) => pages.by(graph).next().await,
            (closed, Some(listing)) => closed.insert(graph.pages(listing)).next().await,
            (None, None) => None,
        };
        let mut state = self.lock();
        state.pages += 1;
        match page {
            Some(Ok(objects)) => {
                state.failures = 0;
                state.remember(objects);
            }
            Some(Err(error)) => {
                tracing::debug!(target: "m365", %error, "{} is not listed for now", self.name);
                state.resumes = state.spent + (PAUSE << state.failures.min(10));
                state.failures += 1;
                // What does not pass may be the fault of the address that Graph gave for this page.
                if !error.is_transient() {
                    *open = None;
                }
            }
            None => state.listable = false,
        }
    }

    async fn batch(&self, waiting: Vec<Waiting>) {
        let requests: Vec<Request> = waiting.iter().map(|one| one.request.clone()).collect();
        let graph = self.within(left(waiting.iter().map(|one| one.until).max()));
        let answers = match requests.as_slice() {
            [only] => vec![graph.send(only).await],
            _ => graph.batch(requests).await,
        };
        let mut state = self.lock();
        state.spent += 1;
        state.read += waiting.len();
        for (one, answer) in waiting.into_iter().zip(answers) {
            let answer = answer.map(|response| response.body);
            if let (Ok(body), false) = (&answer, state.written.contains(&one.key)) {
                state.known.insert(one.key, body.clone());
            }
            // Nobody listens any more where the operation was cancelled.
            let _ = one.answer.send(answer);
        }
    }
}

fn left(until: Option<Instant>) -> Duration {
    until.unwrap_or_else(Instant::now).saturating_duration_since(Instant::now())
}

impl State {
    /// What to do next; what is known by now is answered on the way, and who gave up is forgotten.
    fn next(&mut self) -> Job {
        self.waiting.retain(|one| !one.answer.is_closed());
        for one in std::mem::take(&mut self.waiting) {
            match self.known.get(&one.key) {
                Some(known) => {
                    let _ = one.answer.send(Ok(known.clone()));
                }
                None => self.waiting.push(one),
            }
        }
        if self.waiting.is_empty() {
            self.working = false;
            return Job::Rest;
        }
        let earned = self.read >= PATIENCE && self.spent > self.pages;
        if self.listable && earned && self.spent >= self.resumes {
            return Job::Page;
        }
        let many = self.waiting.len().min(BATCH);
        Job::Batch(self.waiting.drain(..many).collect())
    }

    /// How many reads may come once a job is done.
    fn expected(&self, job: &Job) -> usize {
        let answered = match job {
            Job::Rest | Job::Page => 0,
            Job::Batch(answered) => answered.len(),
        };
        (answered + self.waiting.len()).min(BATCH)
    }

    fn remember(&mut self, objects: Vec<Json>) {
        for object in objects {
            let Some(id) = object["id"].as_str().map(str::to_lowercase) else { continue };
            if !self.written.contains(&id) {
                self.known.insert(id, object);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{join, join_all};
    use serde_json::json;

    use super::*;
    use crate::graph::fake::{Act, FakeWire, after, ruled, status};

    fn answer(body: Json) -> Act {
        Act::Answer(200, None, body)
    }

    /// Answers reads of groups, alone and in batches; `listing` answers for the collection.
    fn groups(mut listing: impl FnMut() -> Act + Send + 'static) -> (Arc<FakeWire>, Graph) {
        let group = |target: &str| json!({ "id": target.rsplit('/').next() });
        ruled(
            move |target, body| match target {
                "/v1.0/groups" => listing(),
                "/v1.0/$batch" => {
                    let answers = body["requests"].as_array().unwrap().iter().map(|one| {
                        let body = group(one["url"].as_str().unwrap());
                        json!({ "id": one["id"], "status": 200, "body": body })
                    });
                    answer(json!({ "responses": answers.collect::<Vec<_>>() }))
                }
                one => answer(group(one)),
            },
            |_| {},
        )
    }

    async fn read(bulk: &Bulk, graph: &Graph, number: usize) -> Result<Json, Error> {
        let (key, listing) = (number.to_string(), Request::get("/groups"));
        let request = Request::get(format!("/groups/{number}"));
        bulk.read(graph, "/groups", &key, request, Some(listing)).await
    }

    /// Reads `numbers` as Terraform does, ten at a time.
    async fn refresh(bulk: &Bulk, graph: &Graph, numbers: std::ops::Range<usize>) {
        for ten in numbers.collect::<Vec<_>>().chunks(10) {
            let reads = ten.iter().map(|number| read(bulk, graph, *number));
            for (number, object) in ten.iter().zip(join_all(reads).await) {
                assert_eq!(object.unwrap()["id"], number.to_string());
            }
        }
    }

    fn targets(wire: &FakeWire) -> Vec<String> {
        wire.seen.lock().unwrap().iter().map(|(_, target)| target.clone()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn each_read_ends_when_its_own_time_does() {
        let (_, graph) = ruled(|_, _| after(60, answer(json!({ "id": "1" }))), |_| {});
        let (bulk, start) = (Bulk::default(), Instant::now());
        let patient = graph.within(Duration::from_secs(200), "reading m365_group.patient");
        let hasty = graph.within(Duration::from_secs(5), "reading m365_group.hasty");
        let hasty = async {
            // Later than the first, so that it waits for what is under way for another.
            tokio::time::sleep(2 * FIRST_LINGER).await;
            let error = read(&bulk, &hasty, 2).await.unwrap_err();
            (error.to_string(), start.elapsed())
        };
        let (first, (said, took)) = join(read(&bulk, &patient, 1), hasty).await;
        assert_eq!(first.unwrap()["id"], "1", "the patience of others is not cut short");
        assert_eq!(took.as_secs(), 5, "{said}");
        assert!(said.starts_with("reading m365_group.hasty was given up after 5"), "{said}");
    }

    #[tokio::test(start_paused = true)]
    async fn more_time_than_usual_is_given_where_it_is_asked_for() {
        let throttled = Act::Answer(429, Some("400"), Json::Null);
        let mut acts = vec![answer(json!({ "id": "1" })), throttled];
        let (_, graph) = ruled(move |_, _| acts.pop().unwrap(), |_| {});
        let graph = graph.within(Duration::from_secs(1800), "reading m365_group.slow");
        assert_eq!(read(&Bulk::default(), &graph, 1).await.unwrap()["id"], "1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_fails_is_done_without_and_asked_for_again() {
        // What passes is tried eight times before it is believed.
        let failures = [(status(403), 2), (status(503), 9), (after(86_400, status(200)), 2)];
        for (failure, times) in failures {
            let mut left = times;
            let (wire, graph) = groups(move || {
                let all: Vec<_> = (0..2000).map(|n| json!({ "id": n.to_string() })).collect();
                match left {
                    0 => answer(json!({ "value": all })),
                    _ => {
                        left -= 1;
                        failure.clone()
                    }
                }
            });
            let bulk = Bulk::default();
            refresh(&bulk, &graph, 0..1000).await;
            let targets = targets(&wire);
            let listings = targets.iter().filter(|target| *target == "/v1.0/groups").count();
            assert!((2..=12).contains(&listings), "{listings} listings");
            assert_eq!(targets.last().unwrap(), "/v1.0/groups", "it is listed in the end");
            assert!(targets.len() < 60, "{} requests", targets.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_never_listed_is_seldom_asked_for() {
        let (wire, graph) = groups(|| status(403));
        refresh(&Bulk::default(), &graph, 0..5000).await;
        let targets = targets(&wire);
        let listings = targets.iter().filter(|target| *target == "/v1.0/groups").count();
        assert!((3..=9).contains(&listings), "{listings} listings");
    }
}
