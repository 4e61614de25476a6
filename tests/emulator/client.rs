//! A client of the emulator that holds no opinion: it sends what it is told and shows what comes back.

use m365::emulator::{CLIENT_ID, CLIENT_SECRET, Options, Running, TENANT_ID, start};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

pub(crate) struct Client {
    pub(crate) graph: Running,
    pub(crate) http: reqwest::Client,
    token: String,
}

/// An answer: status and body, null when there is none.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) retry_after: Option<String>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    /// Checks that it is a refusal in Graph's form, with this in its code or message.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, with: &str) {
        let error = &self.is(status)["error"];
        let (code, message) = (error["code"].as_str().unwrap(), error["message"].as_str().unwrap());
        assert!(format!("{code} {message}").contains(with), "{code}: {message}");
        for name in ["date", "request-id", "client-request-id"] {
            assert!(error["innerError"][name].is_string(), "{error:#}");
        }
    }
}

impl Client {
    pub(crate) async fn new() -> Client {
        Client::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Client {
        let graph = start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut client = Client { graph, http, token: String::new() };
        client.sign_in().await;
        client
    }

    pub(crate) async fn sign_in(&mut self) {
        let told =
            self.token(&[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)]).await.is(200);
        self.token = told["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks for a token; the fields replace those that are usual.
    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        form.retain(|(name, _)| !fields.iter().any(|(n, _)| n == name));
        form.extend(fields);
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let url = format!("{}/{TENANT_ID}/oauth2/v2.0/token", self.graph.endpoint());
        let request =
            self.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        answer(request.body(form)).await
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: Option<&Value>) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.graph.endpoint())
        };
        let request = self.http.request(method, url).bearer_auth(&self.token);
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", &versioned(path), None)).await
    }

    /// A GET for advanced queries.
    pub(crate) async fn get_eventual(&self, path: &str) -> Answer {
        answer(self.request("GET", &versioned(path), None).header("ConsistencyLevel", "eventual"))
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.request("POST", &versioned(path), Some(&body))).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        answer(self.request("PATCH", &versioned(path), Some(&body))).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        answer(self.request("PUT", &versioned(path), Some(&body))).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        answer(self.request("DELETE", &versioned(path), None)).await
    }

    /// A request to the control endpoint.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        answer(self.request(method, &format!("/_emulator{path}"), body.as_ref())).await
    }

    pub(crate) async fn new_user(&self, nickname: &str) -> String {
        let told = self.post("/users", user(nickname)).await.is(201);
        told["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn new_group(&self, nickname: &str) -> String {
        let told = self.post("/groups", group(nickname)).await.is(201);
        told["id"].as_str().unwrap().to_owned()
    }

    /// A reference to an object, as bodies hold it.
    pub(crate) fn reference(&self, id: &str) -> Value {
        json!({ "@odata.id": self.address(id) })
    }

    pub(crate) fn address(&self, id: &str) -> String {
        format!("{}/v1.0/directoryObjects/{id}", self.graph.endpoint())
    }
}

pub(crate) fn user(nickname: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": format!("User {nickname}"),
        "mailNickname": nickname,
        "userPrincipalName": format!("{nickname}@contoso.com"),
        "passwordProfile": { "password": "xWwvJ]6NMw+bWH-d", "forceChangePasswordNextSignIn": true },
    })
}

pub(crate) fn group(nickname: &str) -> Value {
    json!({
        "displayName": format!("Group {nickname}"),
        "mailEnabled": false,
        "mailNickname": nickname,
        "securityEnabled": true,
    })
}

fn versioned(path: &str) -> String {
    let whole = ["http", "/v1.0", "/beta"].iter().any(|start| path.starts_with(start));
    if whole { path.to_owned() } else { format!("/v1.0{path}") }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let retry_after = response.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    let body = match serde_json::from_slice(&bytes) {
        Ok(body) => body,
        Err(_) if bytes.is_empty() => Value::Null,
        Err(_) => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
    };
    Answer { status, body, retry_after }
}
