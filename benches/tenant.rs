//! A tenant on the emulator, and what was asked of it.

use m365::emulator::{self, CLIENT_ID, CLIENT_SECRET, Options, Running, TENANT_ID, TenantKind};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

/// A running emulator.
pub(crate) struct Tenant<'r> {
    runtime: &'r Runtime,
    running: Running,
    http: reqwest::Client,
}

impl<'r> Tenant<'r> {
    /// An empty tenant with so many users.
    pub(crate) fn start(runtime: &'r Runtime, users: usize) -> Self {
        let options = Options { tenant: TenantKind::Empty, users, ..Options::default() };
        let running = runtime.block_on(emulator::start(options)).unwrap();
        Self { runtime, running, http: reqwest::Client::new() }
    }

    /// The environment that makes the provider sign in to it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        environment(&self.running.endpoint())
    }

    /// How long each answer takes from now on.
    pub(crate) fn latency(&self, milliseconds: u64) {
        self.post("latency", json!({ "milliseconds": milliseconds }));
    }

    /// Forgets the requests so far.
    pub(crate) fn forget(&self) {
        let url = format!("{}/_emulator/requests", self.running.endpoint());
        self.runtime.block_on(self.http.delete(url).send()).unwrap();
    }

    /// The requests since [`Tenant::forget`], a `$batch` as one, the one for the token included.
    pub(crate) fn requests(&self) -> usize {
        let url = format!("{}/_emulator/requests", self.running.endpoint());
        let log: Json = self
            .runtime
            .block_on(async { self.http.get(url).send().await.unwrap().json().await.unwrap() });
        let requests = log["requests"].as_array().unwrap();
        requests.iter().filter(|request| request["batched"] != true).count()
    }

    /// The answer to a request that is made elsewhere: no token, latency or log.
    pub(crate) fn outside(&self, method: &str, path: &str, body: Json) -> Json {
        let url = format!("{}/_emulator/outside/v1.0{path}", self.running.endpoint());
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, url);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() })
    }

    /// Sets how the emulator behaves, or what is in the tenant.
    pub(crate) fn post(&self, what: &str, body: Json) {
        let url = format!("{}/_emulator/{what}", self.running.endpoint());
        self.runtime.block_on(self.http.post(url).json(&body).send()).unwrap();
    }
}

/// The environment that makes the provider sign in to the Graph at `endpoint`.
pub(crate) fn environment(endpoint: &str) -> Vec<(String, String)> {
    let variables = [
        ("M365_TENANT_ID", TENANT_ID),
        ("M365_CLIENT_ID", CLIENT_ID),
        ("M365_CLIENT_SECRET", CLIENT_SECRET),
        ("M365_GRAPH_ENDPOINT", endpoint),
        ("M365_LOGIN_ENDPOINT", endpoint),
    ];
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
