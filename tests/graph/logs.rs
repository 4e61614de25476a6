//! What the logs hold at the most talkative level: enough, and nothing secret.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use m365::graph::Request;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use super::stand_in::{StandIn, reply, token};

/// Keeps every event of every crate as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Lines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        let mut line = Line(format!("{} {}:", meta.level(), meta.target()));
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

#[tokio::test]
async fn bodies_are_masked_and_tokens_never_told() {
    let lines = Lines::default();
    // While there is one subscriber only, tracing asks the thread that first passes an event
    // whether anybody listens, and the threads of other tests would say no for this one too.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry().with(lines.clone()));
    let listener = tracing_subscriber::registry().with(lines.clone());
    let guard = tracing::subscriber::set_default(listener);
    let stand_in = StandIn::start().await;
    stand_in.queue([reply(201, json!({"id": "7", "secretText": "made-by-graph"}))
        .header("request-id", "graphs-id")]);
    let body =
        json!({"displayName": "a", "passwordProfile": {"password": "hunter2"}, "pin": "4711"});
    let request = Request::post("/users", body).masking(["pin"]);
    stand_in.graph().send(&request).await.unwrap();
    drop(guard);

    let lines = lines.0.lock().unwrap().clone();
    let ours: Vec<_> = lines.iter().filter(|line| line.contains(" m365::graph:")).collect();
    let all = lines.join("\n");
    for secret in ["s3cret", "hunter2", "4711", "made-by-graph", token(1).as_str()] {
        assert!(!all.contains(secret), "{secret} is told:\n{all}");
    }
    let answer = ours.iter().find(|line| line.starts_with("DEBUG") && line.contains("status=201"));
    let answer = answer.unwrap_or_else(|| panic!("no answer in {ours:#?}"));
    for part in
        ["method=POST", "path=\"/users\"", "ms=", "request_id=\"graphs-id\"", "client_request_id="]
    {
        assert!(answer.contains(part), "{answer}");
    }
    assert!(ours.iter().any(|line| line.starts_with("TRACE") && line.contains("(secret)")));
}
