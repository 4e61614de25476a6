//! A stand-in for the login service and for Graph: answers what a test tells it, and remembers.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use m365::graph::{Credential, Graph, Limits, Settings};
use serde_json::{Value, json};

pub(crate) const TENANT: &str = "contoso.onmicrosoft.com";

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A field of a form.
    pub(crate) fn field(&self, name: &str) -> String {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) delay: Duration,
}

pub(crate) fn reply(status: u16, body: Value) -> Reply {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Reply { status, headers: Vec::new(), body, delay: Duration::ZERO }
}

impl Reply {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }
}

type Answer = Arc<dyn Fn(&Seen) -> Option<Reply> + Send + Sync>;

/// A running stand-in; it ends with the test.
pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    queue: Mutex<VecDeque<Reply>>,
    answer: Mutex<Answer>,
}

impl StandIn {
    pub(crate) async fn start() -> StandIn {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            queue: Mutex::default(),
            answer: Mutex::new(Arc::new(|_| None)),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        StandIn { address, shared, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next requests to Graph with these, in order.
    pub(crate) fn queue(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.queue.lock().unwrap().extend(replies);
    }

    /// Answers by a rule; what the rule does not answer falls to the queue and the defaults.
    pub(crate) fn answer(&self, rule: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) {
        *self.shared.answer.lock().unwrap() = Arc::new(rule);
    }

    /// What arrived, sign-ins left out.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|seen| !is_sign_in(&seen.target)).cloned().collect()
    }

    /// The sign-ins that arrived.
    pub(crate) fn sign_ins(&self) -> Vec<Seen> {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|seen| is_sign_in(&seen.target)).cloned().collect()
    }

    pub(crate) fn settings(&self, credential: Credential) -> Settings {
        let mut settings = Settings::new(TENANT, "client", credential);
        settings.graph_endpoint = Some(self.url());
        settings.login_endpoint = Some(self.url());
        settings.limits = Limits {
            backoff: Duration::from_millis(1),
            longest_backoff: Duration::from_millis(5),
            ..Limits::default()
        };
        settings
    }

    pub(crate) fn graph(&self) -> Graph {
        Graph::new(self.settings(Credential::ClientSecret("s3cret".into()))).unwrap()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A token like Entra's, without a signature.
pub(crate) fn token(serial: usize) -> String {
    let claims =
        json!({"tid": TENANT, "appid": "client", "serial": serial, "roles": ["Group.Read.All"]});
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn is_sign_in(target: &str) -> bool {
    target.contains("/oauth2/v2.0/")
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let seen = Seen { target: uri.to_string(), headers, body };
    shared.seen.lock().unwrap().push(seen.clone());
    let rule = Arc::clone(&shared.answer.lock().unwrap());
    let reply = rule(&seen).unwrap_or_else(|| {
        if is_sign_in(&seen.target) {
            let all = shared.seen.lock().unwrap();
            let serial = all.iter().filter(|seen| is_sign_in(&seen.target)).count();
            return reply(
                200,
                json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token(serial)}),
            );
        }
        let next = shared.queue.lock().unwrap().pop_front();
        next.unwrap_or_else(|| reply(200, json!({})))
    });
    tokio::time::sleep(reply.delay).await;
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}
