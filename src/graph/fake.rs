//! A wire without a network, for tests where only time passes, and that only on paper.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::Instant;
use tracing::dispatcher::DefaultGuard;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use super::error::{Cause, Error};
use super::response::{Answer, Body};
use super::token::{Token, TokenSource, Tokens};
use super::wire::{Broken, Outgoing, Wire};
use super::{Credential, Graph, Settings};

/// What the other side does with a request.
#[derive(Clone)]
pub(crate) enum Act {
    Answer(u16, Option<&'static str>, Value),
    /// The connection breaks; before sending or after.
    Break {
        sent: bool,
    },
    /// Nothing, for this long, then the act.
    After(Duration, Box<Act>),
}

pub(crate) fn ok() -> Act {
    Act::Answer(200, None, serde_json::json!({}))
}

pub(crate) fn status(status: u16) -> Act {
    Act::Answer(status, None, Value::Null)
}

pub(crate) fn throttled(retry_after: Option<&'static str>) -> Act {
    Act::Answer(429, retry_after, Value::Null)
}

pub(crate) fn after(seconds: u64, act: Act) -> Act {
    Act::After(Duration::from_secs(seconds), Box::new(act))
}

/// What is done with a request to a target, with a body where it has one.
type Rule = Box<dyn FnMut(&str, &Value) -> Act + Send>;

/// Acts as it is told.
pub(crate) struct FakeWire {
    start: Instant,
    rule: Mutex<Rule>,
    /// When each request arrived, in milliseconds since the start, and where to.
    pub(crate) seen: Mutex<Vec<(u128, String)>>,
}

impl FakeWire {
    pub(crate) fn times(&self) -> Vec<u128> {
        self.seen.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

/// A client on a fake wire that acts in order, then answers 200 to everything.
pub(crate) fn graph(
    acts: impl IntoIterator<Item = Act>,
    change: impl FnOnce(&mut Settings),
) -> (Arc<FakeWire>, Graph) {
    let mut acts: VecDeque<Act> = acts.into_iter().collect();
    ruled(move |_, _| acts.pop_front().unwrap_or_else(ok), change)
}

/// A client on a fake wire that acts by a rule.
pub(crate) fn ruled(
    rule: impl FnMut(&str, &Value) -> Act + Send + 'static,
    change: impl FnOnce(&mut Settings),
) -> (Arc<FakeWire>, Graph) {
    let mut settings = Settings::new("tenant", "client", Credential::ClientSecret("s".into()));
    change(&mut settings);
    let wire = Arc::new(FakeWire {
        start: Instant::now(),
        rule: Mutex::new(Box::new(rule)),
        seen: Mutex::default(),
    });
    let endpoints = settings.endpoints().unwrap();
    let tokens = Tokens::new(Arc::new(Forever));
    let graph = Graph::assemble(Arc::clone(&wire) as _, tokens, endpoints, &settings);
    (wire, graph)
}

/// Keeps the messages of the log.
#[derive(Clone, Default)]
pub(crate) struct Messages(Arc<Mutex<Vec<String>>>);

impl Messages {
    /// What this thread logs, as long as the guard lives.
    pub(crate) fn kept() -> (Messages, (DefaultGuard, tracing::Dispatch)) {
        let messages = Messages::default();
        let dispatch =
            |layer: Messages| tracing::Dispatch::new(tracing_subscriber::registry().with(layer));
        // Two subscribers: with one, tracing lets other tests' threads decide who listens.
        let second = dispatch(Messages::default());
        let guard = tracing::dispatcher::set_default(&dispatch(messages.clone()));
        (messages, (guard, second))
    }

    pub(crate) fn so_far(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Messages {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

impl Visit for Messages {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

struct Forever;

#[async_trait]
impl TokenSource for Forever {
    async fn fetch(&self) -> Result<Token, Error> {
        Ok(Token::new("token", Duration::from_secs(86_400)))
    }
}

#[async_trait]
impl Wire for FakeWire {
    async fn exchange(&self, outgoing: Outgoing) -> Result<Answer, Broken> {
        let at = self.start.elapsed().as_millis();
        self.seen.lock().unwrap().push((at, outgoing.url.path().to_owned()));
        let body = outgoing.body.map(|body| serde_json::from_slice(&body).unwrap());
        let target = &outgoing.url[url::Position::BeforePath..];
        let mut act = (self.rule.lock().unwrap())(target, &body.unwrap_or_default());
        loop {
            act = match act {
                Act::After(wait, act) => {
                    tokio::time::sleep(wait).await;
                    *act
                }
                Act::Break { sent } => {
                    return Err(Broken { sent, cause: Cause::new("connection reset") });
                }
                Act::Answer(status, retry_after, body) => {
                    let header = retry_after.map(|v| ("retry-after".to_owned(), v.to_owned()));
                    let headers = header.into_iter().collect();
                    let body = if body.is_null() { Body::Empty } else { Body::Json(body) };
                    return Ok(Answer { status, headers, body });
                }
            }
        }
    }
}
