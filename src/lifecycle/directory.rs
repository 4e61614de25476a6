//! Looking objects of the directory up by their ids, up to a thousand in a request.
//!
//! Terraform plans ten objects at a time, each of which may ask for some ids. Whoever comes first is
//! answered at once; what is asked for meanwhile travels together in the next request. Whoever was
//! answered tends to come back at once with the next object, so the next request waits for as many ids
//! as the last one had, for a quarter of the time that it took at most.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::inquiry::lock;
use crate::graph::{Error, Graph, Request};

/// The most ids in a request (Graph, "directoryObject: getByIds").
const MOST: usize = 1000;
/// How often ids are asked for that somebody else took along and then was cancelled.
const TRIES: usize = 3;
/// How long ids wait for company, at most.
const LONGEST_LINGER: Duration = Duration::from_millis(50);

/// What is being looked up, and what was found.
#[derive(Default)]
pub(super) struct Directory {
    wanted: Mutex<BTreeSet<String>>,
    found: Mutex<HashMap<String, Looked>>,
    /// Somebody wants something.
    came: Notify,
    /// Whoever has it sends; how many ids the last request had, and how long it took.
    turn: tokio::sync::Mutex<(usize, Duration)>,
}

/// An object, none, or why that is not known.
type Looked = Result<Option<Json>, Error>;

impl Directory {
    /// The objects with these ids, in their order; `None` for one that is not there.
    pub(super) async fn look_up(&self, graph: &Graph, ids: &[String]) -> Vec<Looked> {
        let ids: Vec<String> = ids.iter().map(|id| id.to_lowercase()).collect();
        let mut missing = ids.clone();
        for _ in 0..TRIES {
            lock(&self.wanted).extend(missing);
            self.came.notify_one();
            let mut turn = self.turn.lock().await;
            self.linger(turn.0, turn.1 / 4).await;
            let wanted: Vec<String> =
                std::mem::take(&mut *lock(&self.wanted)).into_iter().collect();
            let began = Instant::now();
            for some in wanted.chunks(MOST) {
                self.ask(graph, some).await;
            }
            // Whose ids somebody else took along is answered without a request.
            if !wanted.is_empty() {
                *turn = (wanted.len(), began.elapsed());
            }
            drop(turn);
            let found = lock(&self.found);
            missing = ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
            if missing.is_empty() {
                break;
            }
        }
        let found = lock(&self.found);
        ids.iter().map(|id| found.get(id).cloned().unwrap_or(Ok(None))).collect()
    }

    /// Waits for company: until `many` ids are wanted, or for `limit`. Nobody waits without an id.
    async fn linger(&self, many: usize, limit: Duration) {
        let until = Instant::now() + limit.min(LONGEST_LINGER);
        loop {
            let wanted = lock(&self.wanted).len();
            if wanted == 0 || wanted >= many {
                return;
            }
            if tokio::time::timeout_at(until, self.came.notified()).await.is_err() {
                return;
            }
        }
    }

    async fn ask(&self, graph: &Graph, ids: &[String]) {
        let body = json!({ "ids": ids, "types": ["user", "group", "servicePrincipal"] });
        let request = Request::post("/directoryObjects/getByIds", body).asking();
        let listed = graph.list(&request).await;
        let mut found = lock(&self.found);
        match listed {
            Ok(objects) => {
                found.extend(ids.iter().map(|id| (id.clone(), Ok(None))));
                for object in objects {
                    if let Some(id) = object["id"].as_str() {
                        found.insert(id.to_lowercase(), Ok(Some(object)));
                    }
                }
            }
            Err(error) => found.extend(ids.iter().map(|id| (id.clone(), Err(error.clone())))),
        }
    }
}
