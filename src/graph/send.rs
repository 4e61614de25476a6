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
use super::request::Request;
use super::response::{Answer, Body, Response};
use super::retry::{Verdict, after_answer, after_silence, backoff};
use super::scheduler::Hold;
use super::scope::{End, Scope};
use super::token::Token;
use super::wire::{Broken, Outgoing};
use super::{Shared, TARGET};

/// A token younger than this was issued with the permissions of now, or nearly so.
const FRESH: Duration = Duration::from_secs(300);

/// Sends `request` until its answer stands. `cost` is what it counts for, above 1 for a batch.
pub(super) async fn send(
    shared: &Shared,
    scope: &Scope,
    request: &Request,
    family: Family,
    cost: usize,
) -> Result<Response, Error> {
    let mut sending = Sending {
        shared,
        scope,
        request,
        family,
        cost,
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
    family: Family,
    cost: usize,
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
            if self.shared.scheduler.paused(self.family).is_some() {
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
            let paced = scheduler.reserve(self.family, self.request.is_write(), self.cost);
            if let Some(Hold::Paced(wait)) = paced {
                let why = format!("{} takes only so many requests a second", self.family);
                self.sleep(wait, &why).await?;
            }
        }
        while let Some(Hold::Paused(wait)) = scheduler.paused(self.family) {
            let why = format!("{} asked to slow down", self.family);
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
        if let Some(body) = &self.request.body
            && enabled!(target: TARGET, tracing::Level::TRACE)
        {
            trace!(target: TARGET, %method, path, body = %masked(body, secrets), "request");
        }
        let awaited = format!("the answer to {method} {path}");
        let exchange = self.shared.wire.exchange(outgoing);
        let told = self.scope.told(exchange, self.shared.limits.progress_after, &awaited);
        let end = match self.request.is_write() {
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
        let body = self.request.body.as_ref().map(|body| Bytes::from(body.to_string()));
        if body.is_some() {
            headers.push(("content-type".into(), "application/json".into()));
        }
        Outgoing {
            method: self.request.method,
            url: self.url.clone(),
            headers,
            bearer: token.secret.to_string(),
            body,
            timeout: self.shared.limits.answer,
        }
    }

    async fn judge(&mut self, answer: Answer, token: &Token) -> Ended {
        let verdict = after_answer(self.request, &answer, SystemTime::now());
        if !matches!(verdict, Verdict::SlowDown(_)) {
            self.shared.scheduler.taken(self.family);
        }
        // A permission granted since the token was issued is not in it.
        let outdated = answer.status == 403 && token.fetched.elapsed() > FRESH;
        let judged = answer.judge(self.request);
        match verdict {
            Verdict::NewToken if !self.renewed => self.renew(token, judged),
            Verdict::Final if outdated && !self.renewed => self.renew(token, judged),
            Verdict::Final | Verdict::NewToken => Some(judged),
            Verdict::SlowDown(asked) => {
                let wait = self.shared.scheduler.throttled(self.family, asked);
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
