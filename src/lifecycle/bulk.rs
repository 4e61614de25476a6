//! Reading many objects in few requests.
//!
//! Terraform refreshes objects one by one, ten at a time, and does not say how many are to come. A
//! request for each makes a refresh of 500 groups 500 round trips; listing a collection at once
//! makes the refresh of three users in a tenant of 300,000 some 300. So reads of one collection
//! are gathered here, and answered by what has cost least so far:
//!
//! - The first read is sent at once. Reads that arrive while a request is under way wait for it,
//!   and then travel together in one `$batch` (20 at most).
//! - Whoever was answered tends to come back at once with the next object. So what comes next
//!   waits, for a quarter of what the last request took at most, until as many came as were
//!   answered.
//! - Every so many requests spent that way entitle to one page (999 objects) of the collection. What
//!   a page shows is remembered, so that reads to come cost nothing. The pages fetched never cost
//!   more than the reads did, which bounds the total to about twice the better of both ways,
//!   whatever the size of the tenant.
//! - An object that a complete listing did not show is still asked for: an index may lag.
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
const LONGEST_LINGER: Duration = Duration::from_millis(50);

/// All gathered reads of a session.
#[derive(Default)]
pub(super) struct Bulk {
    collections: Mutex<HashMap<String, Arc<Collection>>>,
}

/// The reads of one collection.
struct Collection {
    graph: Graph,
    state: Mutex<State>,
    /// Somebody began to wait.
    came: Notify,
    /// The listing, until it is complete or was refused. Only the worker uses it.
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
    listable: bool,
}

struct Waiting {
    key: String,
    request: Request,
    answer: oneshot::Sender<Result<Json, Error>>,
}

enum Job {
    Rest,
    Page,
    Batch(Vec<Waiting>),
}

impl Bulk {
    /// Reads the object `key` of `collection` by `request`, or out of `listing` where that has
    /// become cheaper.
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
            state.waiting.push(Waiting { key, request: request.clone(), answer });
            if !state.working {
                state.working = true;
                tokio::spawn(Arc::clone(&collection).work());
            } else {
                collection.came.notify_one();
            }
        }
        match answered.await {
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
            let pages = listing.map(|listing| graph.pages(&listing));
            let state = State { listable: pages.is_some(), ..State::default() };
            Arc::new(Collection {
                graph: graph.clone(),
                state: Mutex::new(state),
                came: Notify::new(),
                pages: tokio::sync::Mutex::new(pages),
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
        loop {
            let job = self.lock().next();
            let (began, many) = (Instant::now(), self.lock().expected(&job));
            match job {
                Job::Rest => return,
                Job::Page => self.page().await,
                Job::Batch(waiting) => self.batch(waiting).await,
            }
            self.linger(many, began.elapsed() / 4).await;
        }
    }

    /// Waits for company: until `many` wait, or for `limit`.
    async fn linger(&self, many: usize, limit: Duration) {
        let until = Instant::now() + limit.min(LONGEST_LINGER);
        while self.lock().waiting.len() < many {
            if tokio::time::timeout_at(until, self.came.notified()).await.is_err() {
                return;
            }
        }
    }

    async fn page(&self) {
        let mut pages = self.pages.lock().await;
        let page = match pages.as_mut() {
            Some(pages) => pages.next().await,
            None => None,
        };
        let mut state = self.lock();
        state.pages += 1;
        match page {
            Some(Ok(objects)) => state.remember(objects),
            // Complete, or a collection that cannot be listed: single reads it is.
            Some(Err(_)) | None => {
                state.listable = false;
                *pages = None;
            }
        }
    }

    async fn batch(&self, waiting: Vec<Waiting>) {
        let requests: Vec<Request> = waiting.iter().map(|one| one.request.clone()).collect();
        let answers = match requests.as_slice() {
            [only] => vec![self.graph.send(only).await],
            _ => self.graph.batch(requests).await,
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

impl State {
    /// What to do next; what is known by now is answered on the way.
    fn next(&mut self) -> Job {
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
        if self.listable && self.read >= PATIENCE && self.spent > self.pages {
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
