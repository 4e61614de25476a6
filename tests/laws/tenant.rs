//! A tenant on the emulator, and what happens in it that Terraform has no part in.

use m365::emulator::{CLIENT_ID, CLIENT_SECRET, Options, Running, TENANT_ID, start};
use m365::engine::names::TENANT;
use serde_json::{Value as Json, json};

use super::Outcome;

/// A tenant of its own, which ends with it.
pub(crate) struct Tenant {
    graph: Running,
    http: reqwest::Client,
}

/// A request that the emulator answered.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) method: String,
    /// The path below the version.
    pub(crate) path: String,
    pub(crate) status: u64,
    pub(crate) body: Json,
    /// The fault that befell it; empty for none.
    pub(crate) fault: String,
}

impl Tenant {
    /// Contoso, as it is at the start.
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// A tenant that is as `options` say.
    pub(crate) async fn with(options: Options) -> Self {
        let graph = start(options).await.expect("loopback can be listened on");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client without options");
        Self { graph, http }
    }

    /// What signs the provider in here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("M365_GRAPH_ENDPOINT", self.graph.endpoint()),
            ("M365_LOGIN_ENDPOINT", self.graph.endpoint()),
            ("M365_TENANT_ID", TENANT_ID.into()),
            ("M365_CLIENT_ID", CLIENT_ID.into()),
            ("M365_CLIENT_SECRET", CLIENT_SECRET.into()),
        ]
    }

    /// Where references to objects begin.
    pub(crate) fn base(&self) -> String {
        format!("{}/v1.0", self.graph.endpoint())
    }

    /// How every access token begins that is issued here.
    pub(crate) async fn token(&self) -> String {
        let form = format!(
            "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
             &client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
        );
        let url = format!("{}/{TENANT_ID}/oauth2/v2.0/token", self.graph.endpoint());
        let request = self.http.post(url).body(form);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let answer = request.send().await.expect("the emulator answers");
        let told: Json = answer.json().await.expect("the answer is JSON");
        let token = told["access_token"].as_str().expect("a token");
        token.split('.').next().map(|header| format!("{header}.")).expect("a JSON web token")
    }

    /// A request made elsewhere: the status and the body of the answer.
    pub(crate) async fn outside(
        &self,
        method: &str,
        path: &str,
        body: Option<&Json>,
    ) -> (u16, Json) {
        let path = path.replace(TENANT, TENANT_ID);
        let version = if unversioned(&path).is_some() { "" } else { "/v1.0" };
        self.send(method, &format!("/outside{version}{path}"), body).await
    }

    /// A request made elsewhere that must succeed.
    pub(crate) async fn outside_ok(
        &self,
        method: &str,
        path: &str,
        body: Option<&Json>,
    ) -> Outcome<Json> {
        match self.outside(method, path, body).await {
            (200..300, body) => Ok(body),
            (status, body) => {
                Err(format!("{method} {path} made outside was refused: {status} {body}"))
            }
        }
    }

    /// A request to the emulator itself.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Json) {
        let (status, told) = self.send(method, path, Some(&body)).await;
        assert!((200..300).contains(&status), "{method} /_emulator{path}: {status} {told}");
    }

    /// The requests for Graph since the log was last forgotten, those for tokens left out.
    pub(crate) async fn log(&self) -> Vec<Logged> {
        let (_, told) = self.send("GET", "/requests", None).await;
        let requests = told["requests"].as_array().cloned().unwrap_or_default();
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let logged = requests.iter().filter_map(|request| {
            Some(Logged {
                method: text(&request["method"]),
                path: unversioned(&text(&request["path"]))?.to_owned(),
                status: request["status"].as_u64().unwrap_or_default(),
                body: request["body"].clone(),
                fault: text(&request["fault"]),
            })
        });
        logged.collect()
    }

    /// The requests that change something.
    pub(crate) async fn writes(&self) -> Vec<Logged> {
        let mut log = self.log().await;
        log.retain(|one| one.method != "GET" && !one.path.ends_with("/$batch"));
        log
    }

    /// Forgets the requests so far.
    pub(crate) async fn forget(&self) {
        self.control("DELETE", "/requests", json!({})).await;
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let method = method.parse().expect("a method");
        let url = format!("{}/_emulator{path}", self.graph.endpoint());
        let request = self.http.request(method, url);
        // As whoever knows all members of enumerations would.
        let request = request.header("Prefer", "include-unknown-enum-members");
        // And as whoever means what is shown where no language was asked for.
        let request = request.header("Accept-Language", "0");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.expect("the emulator answers");
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.expect("the emulator answers in full");
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

/// The path of a request without the version of Graph that it goes to.
fn unversioned(path: &str) -> Option<&str> {
    path.strip_prefix("/v1.0").or_else(|| path.strip_prefix("/beta"))
}
