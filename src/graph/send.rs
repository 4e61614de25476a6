//! Sending one request: turn, token, exchange, verdict, and again where that is right.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;
use tracing::{debug, enabled, trace};
use url::Url;
use uuid::Uuid;

use super::error::Error;
use super::family::Family;
use super::mask::masked;
use super::request::{Content, Request};
use super::response::{Answer, Body, Response};
use super::retry::{Verdict, after_answer, after_silence, backoff};
use super::scheduler::Hold;
use super::scope::{End, Scope};
use super::token::Token;
use super::wire::{Broken, Outgoing};
use super::{Shared, TARGET};

/// A token younger than this was issued with the permissions of now, or nearly so.
const FRESH: Duration = Duration::from_secs(300);

/// What a request asks of the schedule.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) family: Family,
    /// What it counts for: above 1 for a batch.
    pub(super) cost: usize,
    /// Whether something may change.
    pub(super) write: bool,
}

/// Sends `request` until its answer stands.
pub(super) async fn send(
    shared: &Shared,
    scope: &Scope,
    request: &Request,
    load: Load,
) -> Result<Response, Error> {
    let mut sending = Sending {
        shared,
        scope,
        request,
        load,
        url: shared.url(request)?,
        promised: false,
        tries: 0,
        renewed: false,
        last: None,
    };
    loop {
        if let Some(end) = sending.attempt().await {
            return end;
        }
    }
}

struct Sending<'a> {
    shared: &'a Shared,
    scope: &'a Scope,
    request: &'a Request,
    load: Load,
    url: Url,
    /// Whether the lane's turn was promised already and not yet used.
    promised: bool,
    /// Failures that were not throttling.
    tries: u32,
    /// Whether a new token was asked for already.
    renewed: bool,
    /// The last failure, told when time runs out.
    last: Option<Error>,
}

type Ended = Option<Result<Response, Error>>;

impl Sending<'_> {
    /// One attempt; nothing when there should be another.
    async fn attempt(&mut self) -> Ended {
        if let Err(error) = self.turn().await {
            return Some(Err(error));
        }
        let token = match self.token().await {
            Ok(token) => token,
            Err(error) => return Some(Err(error)),
        };
        let end = {
            let _slot = match self.scope.bound(self.shared.scheduler.slot()).await {
                End::Done(slot) => slot,
                End::Late => return Some(Err(self.late(false))),
                End::Cancelled => return Some(Err(self.scope.cancelled(false))),
            };
            // Others may have been told to slow down while this one waited for its place.
            if self.shared.scheduler.paused(self.load.family).is_some() {
                return None;
            }
            self.promised = false;
            self.exchange(&token).await
        };
        match end {
            End::Done(Ok(answer)) => self.judge(answer, &token).await,
            End::Done(Err(broken)) => self.silence(broken).await,
            End::Late => Some(Err(self.late(!self.request.is_repeatable()))),
            End::Cancelled => Some(Err(self.scope.cancelled(!self.request.is_repeatable()))),
        }
    }

    /// Waits until the family's lane is free.
    async fn turn(&mut self) -> Result<(), Error> {
        let scheduler = &self.shared.scheduler;
        if !self.promised {
            self.promised = true;
            let paced = scheduler.reserve(self.load.family, self.load.write, self.load.cost);
            if let Some(Hold::Paced(wait)) = paced {
                let why = format!("{} takes only so many requests a second", self.load.family);
                self.sleep(wait, &why).await?;
            }
        }
        while let Some(Hold::Paused(wait)) = scheduler.paused(self.load.family) {
            let why = format!("{} asked to slow down", self.load.family);
            // Not everybody in the same instant.
            let spread = wait.mul_f64(0.1 * fastrand::f64()).min(Duration::from_secs(1));
            self.sleep(wait + spread, &why).await?;
        }
        Ok(())
    }

    async fn token(&self) -> Result<Token, Error> {
        let get = self.shared.tokens.get();
        let told = self.scope.told(get, self.shared.limits.progress_after, "the sign-in");
        match self.scope.bound(told).await {
            End::Done(token) => token,
            End::Late => Err(self.late(false)),
            End::Cancelled => Err(self.scope.cancelled(false)),
        }
    }

    async fn exchange(&self, token: &Token) -> End<Result<Answer, Broken>> {
        let (id, start) = (Uuid::new_v4().to_string(), Instant::now());
        let outgoing = self.outgoing(token, &id);
        let Request { method, path, secrets, .. } = self.request;
        let secrets: &[&[String]] = &[secrets, &self.shared.secrets];
        if let Some(body) = &self.request.body
            && enabled!(target: TARGET, tracing::Level::TRACE)
        {
            trace!(target: TARGET, %method, path, body = %masked(body, secrets), "request");
        }
        let awaited = format!("the answer to {method} {path}");
        let exchange = self.shared.wire.exchange(outgoing);
        let told = self.scope.told(exchange, self.shared.limits.progress_after, &awaited);
        let end = match self.load.write {
            true => self.scope.bound_write(told).await,
            false => self.scope.bound(told).await,
        };
        let ms = start.elapsed().as_millis();
        match &end {
            End::Done(Ok(answer)) => {
                let request_id = answer.header("request-id").unwrap_or_default();
                debug!(target: TARGET, %method, path, status = answer.status, ms, request_id, client_request_id = id, "answer");
                if let Body::Json(body) = &answer.body
                    && enabled!(target: TARGET, tracing::Level::TRACE)
                {
                    trace!(target: TARGET, %method, path, body = %masked(body, secrets), "answer");
                }
            }
            End::Done(Err(broken)) => {
                debug!(target: TARGET, %method, path, ms, client_request_id = id, sent = broken.sent, cause = %broken.cause, "no answer");
            }
            End::Late | End::Cancelled => {
                debug!(target: TARGET, %method, path, ms, client_request_id = id, "given up");
            }
        }
        end
    }

    fn outgoing(&self, token: &Token, id: &str) -> Outgoing {
        let mut headers = self.request.headers.clone();
        headers.push(("accept".into(), "application/json".into()));
        headers.push(("client-request-id".into(), id.into()));
        let json = self.request.body.as_ref().map(|body| Content {
            media_type: "application/json",
            bytes: Bytes::from(body.to_string()),
        });
        let content = self.request.content.clone().or(json);
        if let Some(content) = &content {
            headers.push(("content-type".into(), content.media_type.into()));
        }
        Outgoing {
            method: self.request.method,
            url: self.url.clone(),
            headers,
            bearer: token.secret.to_string(),
            body: content.map(|content| content.bytes),
            timeout: self.shared.limits.answer,
        }
    }

    async fn judge(&mut self, answer: Answer, token: &Token) -> Ended {
        let verdict = after_answer(self.request, &answer, SystemTime::now());
        if !matches!(verdict, Verdict::SlowDown(_)) {
            self.shared.scheduler.taken(self.load.family);
        }
        // A permission granted since the token was issued is not in it.
        let outdated = answer.status == 403 && token.fetched.elapsed() > FRESH;
        let judged = answer.judge(self.request);
        match verdict {
            Verdict::NewToken if !self.renewed => self.renew(token, judged),
            Verdict::Final if outdated && !self.renewed => self.renew(token, judged),
            Verdict::Final | Verdict::NewToken => Some(judged),
            Verdict::SlowDown(asked) => {
                let wait = self.shared.scheduler.throttled(self.load.family, asked);
                self.last = judged.err();
                // No use in waiting for what comes too late.
                (wait > self.scope.left()).then(|| Err(self.late(false)))
            }
            Verdict::Again(asked) => {
                self.last = judged.clone().err();
                self.again(asked, judged).await
            }
        }
    }

    fn renew(&mut self, token: &Token, judged: Result<Response, Error>) -> Ended {
        self.shared.tokens.reject(token);
        self.renewed = true;
        self.last = judged.err();
        None
    }

    async fn silence(&mut self, broken: Broken) -> Ended {
        let verdict = after_silence(self.request, &broken);
        let error = Error::Unreachable {
            method: self.request.method,
            path: self.request.path.clone(),
            sent: broken.sent,
            repeatable: self.request.is_repeatable(),
            cause: broken.cause,
        };
        if verdict == Verdict::Final {
            return Some(Err(error));
        }
        self.last = Some(error.clone());
        self.again(None, Err(error)).await
    }

    /// Waits before another try, or gives up with what the last try brought.
    async fn again(&mut self, asked: Option<Duration>, failed: Result<Response, Error>) -> Ended {
        self.tries += 1;
        if self.tries >= self.shared.limits.attempts {
            return Some(failed);
        }
        let wait =
            asked.unwrap_or_else(|| backoff(&self.shared.limits, self.tries, fastrand::f64()));
        if wait > self.scope.left() {
            return Some(Err(self.late(false)));
        }
        let why = match &self.last {
            Some(error) => format!("{error}"),
            None => String::from("the last try failed"),
        };
        self.sleep(wait, &why).await.err().map(Err)
    }

    async fn sleep(&self, wait: Duration, why: &str) -> Result<(), Error> {
        match self.scope.sleep(wait, self.shared.limits.progress_after, why).await {
            End::Done(()) => Ok(()),
            End::Late => Err(self.late(false)),
            End::Cancelled => Err(self.scope.cancelled(false)),
        }
    }

    fn late(&self, answer_lost: bool) -> Error {
        self.scope.late(answer_lost, self.last.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio_util::sync::CancellationToken;

    use super::super::fake::{Act, after, graph, ok, status, throttled};
    use super::*;
    use crate::graph::Settings;

    fn quick(_: &mut Settings) {}

    fn get(path: &str) -> Request {
        Request::get(path)
    }

    fn post(path: &str) -> Request {
        Request::post(path, json!({}))
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_obeyed_and_holds_the_whole_family() {
        let (wire, graph) = graph([throttled(Some("20"))], quick);
        let first = graph.send(&post("/groups")).await;
        assert!(first.is_ok());
        let times = wire.times();
        assert_eq!(times.len(), 2);
        assert!((20_000..=21_000).contains(&times[1]), "{times:?}");

        let (wire, graph) = super::super::fake::graph([throttled(Some("20"))], quick);
        let others = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            futures::future::join(
                graph.send(&get("/users/1")),
                graph.send(&get("/identity/conditionalAccess/policies/1")),
            )
            .await
        };
        let _ = futures::future::join(graph.send(&get("/groups/1")), others).await;
        let seen = wire.seen.lock().unwrap().clone();
        let at = |part: &str| seen.iter().find(|(_, path)| path.contains(part)).unwrap().0;
        assert!(at("users") >= 20_000, "the same family waits: {seen:?}");
        assert_eq!(at("policies"), 1000, "another family does not");
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_without_a_word_is_answered_by_growing_pauses() {
        let acts = [throttled(None), throttled(Some("0")), throttled(None), throttled(None)];
        let (wire, graph) = graph(acts, quick);
        graph.send(&post("/groups")).await.unwrap();
        let times = wire.times();
        let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (gap, expected) in gaps.iter().zip([500, 1000, 2000, 4000]) {
            assert!((expected..=expected * 11 / 10 + 1).contains(gap), "{gaps:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_is_tried_until_the_deadline_and_told_then() {
        let (wire, graph) = graph(std::iter::repeat_n(throttled(Some("30")), 100), quick);
        let bound = graph.within(Duration::from_secs(100), "creating m365_group.a");
        let error = bound.send(&post("/groups")).await.unwrap_err();
        assert!(matches!(error, Error::DeadlineExceeded { .. }));
        assert!(error.is_throttled(), "the reason is told");
        assert!(!error.answer_lost());
        let text = error.to_string();
        assert!(text.starts_with("creating m365_group.a was given up after 9"), "{text}");
        assert_eq!(wire.times().len(), 4, "what would come too late is not waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_tried_a_bounded_number_of_times() {
        let (wire, graph) = graph(std::iter::repeat_n(status(500), 100), quick);
        let error = graph.send(&get("/users/1")).await.unwrap_err();
        assert_eq!(error.refusal().map(|refusal| refusal.status), Some(500));
        assert_eq!(wire.times().len(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn what_broke_is_sent_again_only_if_that_is_safe() {
        for (request, sent, tries) in [
            (get("/x"), true, 2),
            (Request::patch("/x", Value::Null), true, 2),
            (Request::delete("/x"), true, 2),
            (post("/x").repeatable(), true, 2),
            (post("/x"), false, 2),
            (post("/x"), true, 1),
        ] {
            let (wire, graph) = graph([Act::Break { sent }, ok()], quick);
            let outcome = graph.send(&request).await;
            assert_eq!(wire.times().len(), tries, "{request:?}");
            assert_eq!(outcome.is_err_and(|error| error.answer_lost()), tries == 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_everything_within_a_second() {
        let cases: [(Request, Vec<Act>, bool); 4] = [
            (get("/x"), vec![after(60, ok())], false),
            (post("/x"), vec![after(60, ok())], true),
            (Request::patch("/x", Value::Null), vec![after(60, ok())], false),
            (post("/x"), vec![throttled(Some("60"))], false),
        ];
        for (request, acts, lost) in cases {
            let (_, graph) = graph(acts, quick);
            let stop = CancellationToken::new();
            let graph = graph.cancelled_by(stop.clone());
            let start = Instant::now();
            let (outcome, ()) = futures::future::join(graph.send(&request), async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                stop.cancel();
            })
            .await;
            let error = outcome.unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{error:?}");
            assert_eq!(error.answer_lost(), lost, "{request:?}");
            assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_just_after_cancelling_is_kept() {
        let slow = Act::After(
            Duration::from_millis(5500),
            Box::new(Act::Answer(201, None, json!({"id": "1"}))),
        );
        let (_, graph) = graph([slow], quick);
        let (outcome, ()) = futures::future::join(graph.send(&post("/groups")), async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            graph.cancellation().cancel();
        })
        .await;
        assert_eq!(outcome.unwrap().body["id"], "1");
        let error = graph.send(&post("/groups")).await.unwrap_err();
        assert!(!error.answer_lost(), "nothing is begun after cancelling");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_bounds_an_answer_that_does_not_come() {
        let (_, graph) = graph([after(500, ok()), after(500, ok())], quick);
        let graph = graph.within(Duration::from_secs(7), "x");
        let error = graph.send(&post("/groups")).await.unwrap_err();
        assert!(error.answer_lost());
        assert_eq!(graph.time_left(), Duration::ZERO);
        assert!(graph.send(&get("/groups")).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn identical_reads_are_one_until_something_is_written() {
        let (wire, graph) = graph(vec![after(5, ok()); 9], quick);
        let read = get("/groups/1");
        let other = get("/groups/1").header("ConsistencyLevel", "eventual");
        let three = async {
            futures::future::join3(graph.send(&read), graph.send(&read), graph.send(&other)).await
        };
        let late = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            graph.send(&Request::patch("/groups/1", Value::Null)).await.unwrap();
            graph.send(&read).await.unwrap();
        };
        let ((one, two, three), ()) = futures::future::join(three, late).await;
        assert!(one.and(two).and(three).is_ok());
        assert_eq!(wire.times(), [0, 0, 1000, 6000]);
        graph.send(&read).await.unwrap();
        assert_eq!(wire.times().len(), 5, "a read that ended is not an answer to the next");
    }

    #[tokio::test(start_paused = true)]
    async fn a_shared_read_outlives_whoever_began_it() {
        let (wire, graph) = graph([after(60, ok())], quick);
        let hasty = graph.within(Duration::from_secs(2), "hasty");
        let patient = graph.within(Duration::from_secs(100), "patient");
        let read = get("/groups/1");
        let (first, second) = futures::future::join(hasty.send(&read), patient.send(&read)).await;
        assert!(matches!(first, Err(Error::DeadlineExceeded { .. })));
        assert!(second.is_ok());
        assert_eq!(wire.times(), [0, 2000]);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_under_way_are_limited() {
        let (wire, graph) = graph(vec![after(1, ok()); 25], |_| {});
        let requests: Vec<_> = (0..25).map(|n| get(&format!("/users/{n}"))).collect();
        futures::future::join_all(requests.iter().map(|request| graph.send(request))).await;
        let times = wire.times();
        let at = |when| times.iter().filter(|at| **at == when).count();
        assert_eq!((at(0), at(1000), at(2000)), (9, 9, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn conditional_access_writes_are_paced() {
        let (wire, graph) = graph([], quick);
        let request = post("/identity/conditionalAccess/policies");
        futures::future::join_all((0..8).map(|_| graph.send(&request))).await;
        assert_eq!(wire.times(), [0, 0, 0, 0, 0, 1000, 2000, 3000]);
    }
}
