//! What the logs hold at the most talkative level: enough, and nothing secret.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use m365::catalogue;
use m365::declare::{Attribute, Catalogue, Resource, object, objects, string};
use m365::graph::Request;
use m365::lifecycle::{Apply, Plan, Provider, Read};
use m365::terraform::Value;
use serde_json::{Value as Json, json};
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

/// What is logged while `task` runs, by every crate and at every level.
async fn logged<T>(task: impl Future<Output = T>) -> (T, Vec<String>) {
    let lines = Lines::default();
    // While there is one subscriber only, tracing asks the thread that first passes an event
    // whether anybody listens, and the threads of other tests would say no for this one too.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry().with(lines.clone()));
    let listener = tracing_subscriber::registry().with(lines.clone());
    let guard = tracing::subscriber::set_default(listener);
    let done = task.await;
    drop(guard);
    let lines = lines.0.lock().unwrap().clone();
    (done, lines)
}

#[tokio::test]
async fn bodies_are_masked_and_tokens_never_told() {
    let stand_in = StandIn::start().await;
    stand_in.queue([reply(201, json!({"id": "7", "secretText": "made-by-graph"}))
        .header("request-id", "graphs-id")]);
    let body =
        json!({"displayName": "a", "passwordProfile": {"password": "hunter2"}, "pin": "4711"});
    let request = Request::post("/users", body).masking(["pin"]);
    let graph = stand_in.graph();
    let (sent, lines) = logged(graph.send(&request)).await;
    sent.unwrap();
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

/// A secret in an object, and others in the objects of a set in it.
static LOCK: [Attribute; 3] = [
    string("colour", "What it looks like."),
    string("pin", "What opens it.").sensitive(),
    objects("codes", "What opens it once.").of(&[
        string("code", "One of them.").graph("oneTimeCode").sensitive(),
        string("label", "What it is called."),
    ]),
];
static VAULT: Resource = Resource {
    name: "vault",
    path: "/vaults",
    attributes: &[string("display_name", "Its name.").required(), object("lock", "").of(&LOCK)],
    ..Resource::MEMBER
};
/// Always there, so what is found is read, kept, and put back.
static ALARM: Resource = Resource {
    name: "alarm",
    path: "/alarm",
    attributes: &[object("lock", "How it is locked.").of(&LOCK).optional_computed()],
    ..Resource::SINGLETON
};
static SECRETIVE: Catalogue =
    Catalogue { resources: &[&VAULT, &ALARM], data_sources: &[], ..catalogue::CATALOGUE };

fn lock(pin: &str) -> Value {
    let codes = [Value::from([("code", format!("once-{pin}").into()), ("label", "a".into())])];
    Value::from([("colour", "red".into()), ("pin", pin.into()), ("codes", Value::set(codes))])
}

fn lock_json(pin: &str) -> Json {
    let codes = json!([{ "oneTimeCode": format!("once-{pin}"), "label": "a" }]);
    json!({ "colour": "red", "pin": pin, "codes": codes })
}

/// Takes a resource through its life: made, read among others, changed, removed.
async fn live(provider: &Provider, resource: &str, attributes: Value, changed: Value) {
    let plan = |prior: &Value, config: &Value| Plan {
        resource: resource.to_owned(),
        prior: prior.clone(),
        proposed: config.clone(),
        config: config.clone(),
        ..Plan::default()
    };
    let (mut prior, mut private) = (Value::Null, Vec::new());
    for config in [attributes, changed, Value::Null] {
        let planned = provider.plan(plan(&prior, &config)).await;
        assert!(!planned.diagnostics.has_errors(), "{:?}", planned.diagnostics);
        let apply = Apply {
            resource: resource.to_owned(),
            planned: planned.state,
            prior,
            config,
            private,
            identity: None,
        };
        let applied = provider.apply(apply).await;
        assert!(!applied.diagnostics.has_errors(), "{:?}", applied.diagnostics);
        (prior, private) = (applied.state, applied.private);
        if !prior.is_null() {
            let (state, private) = (prior.clone(), private.clone());
            let read = Read { resource: resource.to_owned(), state, private, identity: None };
            let read = provider.read(read).await;
            assert!(!read.diagnostics.has_errors(), "{:?}", read.diagnostics);
        }
    }
}

#[tokio::test]
async fn what_is_declared_a_secret_is_masked_wherever_it_stands() {
    let stand_in = StandIn::start().await;
    // One object answers for both: it is as it was last written.
    let now = Mutex::new(json!({ "id": "7", "displayName": "a", "lock": lock_json("found") }));
    stand_in.answer(move |seen| {
        if seen.target.contains("oauth2") {
            return None;
        }
        let mut now = now.lock().unwrap();
        if let Ok(Json::Object(written)) = serde_json::from_str(&seen.body) {
            now.as_object_mut().unwrap().extend(written);
        }
        Some(reply(200, now.clone()))
    });
    let provider = Provider::new(&SECRETIVE);
    let settings = [
        ("graph_endpoint", stand_in.url()),
        ("login_endpoint", stand_in.url()),
        ("tenant_id", "contoso.com".to_owned()),
        ("client_id", "client".to_owned()),
        ("client_secret", "s3cret".to_owned()),
    ];
    let config = Value::Object(
        settings.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
    );
    let ((), lines) = logged(async {
        assert!(!provider.configure(&config, "1.0").await.has_errors());
        let vault = |pin| Value::from([("display_name", "a".into()), ("lock", lock(pin))]);
        live(
            &provider,
            "m365_alarm",
            Value::from([("lock", lock("first"))]),
            Value::from([("lock", lock("second"))]),
        )
        .await;
        live(&provider, "m365_vault", vault("third"), vault("fourth")).await;
    })
    .await;
    let bodies: Vec<_> = lines.iter().filter(|line| line.contains(" body=")).collect();
    for (method, what) in
        [("GET", "answer"), ("POST", "request"), ("POST", "answer"), ("PATCH", "request")]
    {
        let told = bodies.iter().any(|line| {
            let is_it = line.contains(&format!("method={method}")) && line.contains(what);
            is_it && line.contains("\"colour\":\"red\"") && line.contains("\"pin\":\"(secret)\"")
        });
        assert!(told, "no body of the {what} of {method} in {bodies:#?}");
    }
    for secret in ["found", "first", "second", "third", "fourth", "once-", "s3cret", &token(1)] {
        let leak = lines.iter().find(|line| line.contains(secret));
        assert!(leak.is_none(), "{secret} is told: {leak:?}");
    }
}
