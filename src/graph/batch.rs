//! `$batch`: up to twenty requests in one call, each judged by itself.
//!
//! Source: <https://learn.microsoft.com/graph/json-batching>. A call carries requests of one
//! service family only: each request in it is throttled on its own, and a family that pauses
//! must not hold the others.

use std::time::{Duration, SystemTime};

use futures::future::join_all;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::family::Family;
use super::request::{Method, Request, Version};
use super::response::{Answer, Body, Response};
use super::retry::{Verdict, after_answer, backoff, pause};
use super::scope::{End, Scope};
use super::send::Load;
use super::{Graph, send};

/// The most that Graph takes in one call.
const MOST: usize = 20;

type Outcome = Result<Response, Error>;

/// One of the requests, and its place among them.
type Item<'a> = (usize, &'a Request);

/// Sends `requests` in as few calls as may be; the answers come in their order.
pub(super) async fn send(graph: &Graph, requests: &[Request]) -> Vec<Outcome> {
    let calls = plan(requests).into_iter().map(|items| call(graph, items));
    let mut outcomes: Vec<_> = join_all(calls).await.into_iter().flatten().collect();
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Which requests go together.
fn plan(requests: &[Request]) -> Vec<Vec<Item<'_>>> {
    type Kind = Option<(Version, Family)>;
    let mut calls: Vec<(Kind, Vec<Item<'_>>)> = Vec::new();
    for item in requests.iter().enumerate() {
        let request = item.1;
        // An address that Graph gave is opaque, and a batch takes paths only.
        let key = (!request.is_absolute()).then(|| (request.version, Family::of(&request.path)));
        let open = calls
            .iter_mut()
            .rev()
            .find(|(other, items)| key.is_some() && *other == key && items.len() < MOST);
        match open {
            Some((_, items)) => items.push(item),
            None => calls.push((key, vec![item])),
        }
    }
    calls.into_iter().map(|(_, items)| items).collect()
}

async fn call<'a>(graph: &Graph, items: Vec<Item<'a>>) -> Vec<(usize, Outcome)> {
    if let [(place, request)] = items[..] {
        return vec![(place, graph.send(request).await)];
    }
    let mut call = Call::new(graph, items);
    while !call.pending.is_empty() {
        call.round().await;
    }
    if call.writes {
        graph.shared.flights.written();
    }
    call.done
}

/// A call and what is left of it.
struct Call<'a> {
    graph: &'a Graph,
    scope: Scope,
    version: Version,
    family: Family,
    writes: bool,
    pending: Vec<Item<'a>>,
    done: Vec<(usize, Outcome)>,
    tries: u32,
}

/// What a round leaves to do, and when.
#[derive(Default)]
struct Rest<'a> {
    items: Vec<Item<'a>>,
    throttled: bool,
    asked: Option<Duration>,
    last: Option<Error>,
    /// What is sent by itself: it had no answer here, or takes another token.
    alone: Vec<Item<'a>>,
}

impl<'a> Call<'a> {
    fn new(graph: &'a Graph, pending: Vec<Item<'a>>) -> Call<'a> {
        let first = pending[0].1;
        Call {
            graph,
            scope: graph.scope(&Request::new(Method::Post, "/$batch")),
            version: first.version,
            family: Family::of(&first.path),
            writes: pending.iter().any(|(_, request)| request.is_write()),
            pending,
            done: Vec::new(),
            tries: 0,
        }
    }

    /// Sends what is pending once; keeps what should be sent again, after waiting.
    async fn round(&mut self) {
        let request = self.request();
        let load = Load { family: self.family, cost: self.pending.len(), write: self.writes };
        let sent = send::send(&self.graph.shared, &self.scope, &request, load).await;
        self.tries += 1;
        let pending = std::mem::take(&mut self.pending);
        let mut rest = match sent {
            Ok(response) => self.sort(pending, response.body),
            Err(error) => self.failed(pending, &error),
        };
        let alone = std::mem::take(&mut rest.alone).into_iter();
        let alone = alone.map(async |(place, request)| (place, self.graph.send(request).await));
        let mut sent = join_all(alone).await;
        self.done.append(&mut sent);
        self.wait(rest).await;
    }

    fn request(&self) -> Request {
        let requests: Vec<_> = self.pending.iter().map(encode).collect();
        let secrets = self.pending.iter().flat_map(|(_, request)| request.secrets.iter().cloned());
        Request {
            version: self.version,
            secrets: secrets.collect(),
            repeatable: self.pending.iter().all(|(_, request)| request.is_repeatable()),
            ..Request::post("/$batch", json!({ "requests": requests }))
        }
    }

    /// Judges each answer of a call that was taken.
    fn sort(&mut self, pending: Vec<Item<'a>>, mut body: Value) -> Rest<'a> {
        let mut rest = Rest::default();
        for (place, request) in pending {
            let Some(answer) = take(&mut body, place) else {
                if request.is_repeatable() {
                    rest.alone.push((place, request));
                    continue;
                }
                let lost = Error::Malformed {
                    method: request.method,
                    path: request.path.clone(),
                    message: "a batch without an answer to this request".into(),
                    answer_lost: true,
                };
                self.done.push((place, Err(lost)));
                continue;
            };
            let verdict = after_answer(request, &answer, SystemTime::now());
            let outcome = answer.judge(request);
            let asked = match verdict {
                Verdict::SlowDown(asked) => {
                    rest.throttled = true;
                    asked
                }
                Verdict::Again(asked) if self.may_repeat() => asked,
                Verdict::NewToken => {
                    rest.alone.push((place, request));
                    continue;
                }
                _ => {
                    self.done.push((place, outcome));
                    continue;
                }
            };
            rest.asked = rest.asked.max(asked);
            rest.last = outcome.err();
            rest.items.push((place, request));
        }
        rest
    }

    /// Divides a call that failed as a whole: what is safe to repeat is repeated if the reason
    /// why it was not was only its company.
    fn failed(&mut self, pending: Vec<Item<'a>>, error: &Error) -> Rest<'a> {
        let again = error.answer_lost() && error.is_transient() && self.scope.is_live();
        let mut rest = Rest { last: Some(error.clone()), ..Rest::default() };
        for (place, request) in pending {
            match again && request.is_repeatable() && self.may_repeat() {
                true => rest.items.push((place, request)),
                false => self.done.push((place, Err(error.clone().about(request)))),
            }
        }
        rest
    }

    fn may_repeat(&self) -> bool {
        self.tries < self.graph.shared.limits.attempts
    }

    async fn wait(&mut self, rest: Rest<'a>) {
        if rest.items.is_empty() {
            return;
        }
        let limits = &self.graph.shared.limits;
        let wait = match rest.throttled {
            true => {
                let asked = rest.asked.unwrap_or_else(|| pause(limits, self.tries - 1));
                // The next round waits for its turn like everybody.
                self.graph.shared.scheduler.throttled(self.family, Some(asked));
                if asked > self.scope.left() { asked } else { Duration::ZERO }
            }
            false => rest.asked.unwrap_or_else(|| backoff(limits, self.tries, fastrand::f64())),
        };
        let late = || self.scope.late(false, rest.last.clone());
        let ended = match wait > self.scope.left() {
            true => Some(late()),
            false => {
                match self.scope.sleep(wait, limits.progress_after, "the last try failed").await {
                    End::Done(()) => None,
                    End::Late => Some(late()),
                    End::Cancelled => Some(self.scope.cancelled(false)),
                }
            }
        };
        match ended {
            None => self.pending = rest.items,
            Some(error) => {
                let places = rest.items.iter().map(|(place, _)| (*place, Err(error.clone())));
                self.done.extend(places);
            }
        }
    }
}

/// A request as a batch carries it. Its place among all requests is its id.
fn encode((place, request): &Item<'_>) -> Value {
    let mut headers: Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let mut item = json!({
        "id": place.to_string(),
        "method": request.method.as_str(),
        "url": request.target(),
    });
    if let Some(body) = &request.body {
        headers.insert("Content-Type".into(), "application/json".into());
        item["body"] = body.clone();
    }
    if !headers.is_empty() {
        item["headers"] = headers.into();
    }
    item
}

/// Takes the answer to the request at `place` out of a batch's answer.
fn take(body: &mut Value, place: usize) -> Option<Answer> {
    let id = place.to_string();
    let responses = body.get_mut("responses")?.as_array_mut()?;
    let response = responses.iter_mut().find(|response| response["id"] == id.as_str())?;
    let status = u16::try_from(response["status"].as_u64()?).ok()?;
    let headers = response["headers"].as_object().into_iter().flatten();
    let headers = headers
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
        .collect();
    let body = match response.get_mut("body").map(Value::take) {
        None | Some(Value::Null) => Body::Empty,
        Some(body) => Body::Json(body),
    };
    Some(Answer { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_a_kind_go_together() {
        let mut requests: Vec<_> = (0..21).map(|n| Request::get(format!("/groups/{n}"))).collect();
        requests.insert(1, Request::get("/identity/conditionalAccess/policies"));
        requests.push(Request::get("/groups/x").beta());
        requests.push(Request::get("https://graph.microsoft.com/v1.0/groups?$skiptoken=x"));
        let places: Vec<Vec<_>> =
            plan(&requests).iter().map(|call| call.iter().map(|(at, _)| *at).collect()).collect();
        assert_eq!(places[0].len(), 20);
        assert_eq!(places[1], [1]);
        assert_eq!(places[2], [21]);
        assert_eq!(places[3], [22]);
        assert_eq!(places[4], [23]);
    }

    #[test]
    fn an_item_as_it_goes_out() {
        let request = Request::patch("/groups/1", json!({"a": 1})).header("Prefer", "x");
        let expected = json!({
            "id": "3", "method": "PATCH", "url": "/groups/1", "body": {"a": 1},
            "headers": {"Prefer": "x", "Content-Type": "application/json"},
        });
        assert_eq!(encode(&(3, &request)), expected);
        let plain = json!({"id": "0", "method": "GET", "url": "/groups?$top=1"});
        assert_eq!(encode(&(0, &Request::get("/groups").query("$top", "1"))), plain);
    }
}
