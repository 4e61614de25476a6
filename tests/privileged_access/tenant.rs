//! A tenant, and a provider that is signed in to it.

use m365::catalogue::CATALOGUE;
use m365::emulator::{self, Options, Running};
use m365::lifecycle::{Applied, Apply, Import, Listed, Plan, Planned, Provider, Read, ReadBack};
use m365::terraform::{Diagnostics, Value};
use serde_json::{Value as Json, json};

/// Reports Reader, which nobody holds at first.
pub(super) const ROLE: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";

pub(super) struct Tenant {
    graph: Running,
    provider: Provider,
    http: reqwest::Client,
}

/// A resource in the state.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) state: Value,
    pub(super) private: Vec<u8>,
}

impl Tenant {
    pub(super) async fn new() -> Self {
        let graph = emulator::start(Options::default()).await.unwrap();
        Self { provider: signed_in(&graph.endpoint()).await, graph, http: reqwest::Client::new() }
    }

    /// The same tenant, seen by the process that Terraform starts next.
    pub(super) async fn again(self) -> Self {
        Self { provider: signed_in(&self.graph.endpoint()).await, ..self }
    }

    /// What somebody else does in the portal.
    pub(super) async fn outside(&self, method: &str, path: &str, body: Json) -> Json {
        let url = format!("{}/_emulator/outside/v1.0{path}", self.graph.endpoint());
        let method = method.parse().unwrap();
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// What happens to the local Graph itself.
    pub(super) async fn control(&self, path: &str, body: Json) {
        let url = format!("{}/_emulator{path}", self.graph.endpoint());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
    }

    /// The requests that the provider sent, but for reads: method, path, body.
    pub(super) async fn writes(&self) -> Vec<(String, String, Json)> {
        let url = format!("{}/_emulator/requests", self.graph.endpoint());
        let log = self.http.get(url).send().await.unwrap().json::<Json>().await.unwrap();
        let text = |entry: &Json, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let entries = log["requests"].as_array().cloned().unwrap_or_default().into_iter();
        let entries = entries
            .map(|entry| (text(&entry, "method"), text(&entry, "path"), entry["body"].clone()));
        entries
            .filter(|(method, path, _)| {
                method != "GET" && !path.contains("token") && !path.ends_with("$batch")
            })
            .collect()
    }

    /// How many reads of `path` the provider has sent.
    pub(super) async fn reads(&self, path: &str) -> usize {
        let url = format!("{}/_emulator/requests", self.graph.endpoint());
        let log = self.http.get(url).send().await.unwrap().json::<Json>().await.unwrap();
        let entries = log["requests"].as_array().into_iter().flatten();
        let reads = entries.filter(|entry| {
            let sent = entry["path"].as_str().unwrap_or_default();
            entry["method"] == "GET" && sent.ends_with(path)
        });
        reads.count()
    }

    /// Puts an object in the tenant, as it is.
    pub(super) async fn put(&self, ty: &str, properties: Json) {
        self.control("/objects", json!({ "type": ty, "properties": properties })).await;
    }

    pub(super) async fn user(&self, name: &str) -> String {
        let body = json!({
            "accountEnabled": true, "displayName": name, "mailNickname": name,
            "userPrincipalName": format!("{name}@contoso.com"),
            "passwordProfile": { "password": "Correct-Horse-7-Battery!" },
        });
        self.outside("POST", "/users", body).await["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn group(&self, name: &str) -> String {
        let body = json!({
            "displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true,
        });
        self.outside("POST", "/groups", body).await["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn plan(&self, ty: &str, prior: Option<&Held>, config: &Value) -> Planned {
        let config = self.whole(ty, config);
        let prior = prior.cloned().unwrap_or(Held { state: Value::Null, private: Vec::new() });
        let (resource, proposed) = (ty.to_owned(), config.clone());
        let Held { state: prior, private } = prior;
        self.provider
            .plan(Plan { resource, prior, proposed, config, identity: None, private })
            .await
    }

    /// Plans and applies, and expects no error.
    #[track_caller]
    pub(super) fn apply<'a>(
        &'a self,
        ty: &'a str,
        prior: Option<&'a Held>,
        config: &'a Value,
    ) -> impl Future<Output = (Held, Diagnostics)> + 'a {
        let at = std::panic::Location::caller();
        async move {
            let (held, told) = self.attempt_at(at, ty, prior, config).await;
            assert!(!told.has_errors(), "{at}: {told:?}");
            (held, told)
        }
    }

    /// Plans and applies, whatever comes of it.
    #[track_caller]
    pub(super) fn attempt<'a>(
        &'a self,
        ty: &'a str,
        prior: Option<&'a Held>,
        config: &'a Value,
    ) -> impl Future<Output = (Held, Diagnostics)> + 'a {
        self.attempt_at(std::panic::Location::caller(), ty, prior, config)
    }

    async fn attempt_at(
        &self,
        at: &std::panic::Location<'_>,
        ty: &str,
        prior: Option<&Held>,
        config: &Value,
    ) -> (Held, Diagnostics) {
        let planned = self.plan(ty, prior, config).await;
        assert!(!planned.diagnostics.has_errors(), "{at}: {:?}", planned.diagnostics);
        assert!(planned.requires_replace.is_empty(), "{at}: {:?}", planned.requires_replace);
        let applied = self
            .provider
            .apply(Apply {
                resource: ty.to_owned(),
                prior: prior.map(|held| held.state.clone()).unwrap_or_default(),
                planned: planned.state,
                config: self.whole(ty, config),
                identity: None,
                private: planned.private,
            })
            .await;
        let Applied { state, private, diagnostics, .. } = applied;
        (Held { state, private }, diagnostics)
    }

    pub(super) async fn read(&self, ty: &str, held: &Held) -> ReadBack {
        let Held { state, private } = held.clone();
        let read =
            self.provider.read(Read { resource: ty.to_owned(), state, identity: None, private });
        let read = read.await;
        assert!(!read.diagnostics.has_errors(), "{:?}", read.diagnostics);
        read
    }

    pub(super) async fn import(&self, ty: &str, id: &str) -> Held {
        let import = Import { resource: ty.to_owned(), id: id.to_owned(), identity: None };
        let imported = self.provider.import(import).await;
        assert!(!imported.diagnostics.has_errors(), "{:?}", imported.diagnostics);
        let held = Held { state: imported.state, private: imported.private };
        let ReadBack { state, private, .. } = self.read(ty, &held).await;
        Held { state, private }
    }

    /// A resource of an assignment of Reports Reader as a state has it that was applied long ago.
    pub(super) async fn import_like(&self, ty: &str, principal: &str, config: &Value) -> Held {
        let id = format!("{principal}/{ROLE}");
        let state = with(&self.whole(ty, config), "id", id.as_str());
        let state = with(&state, "role_definition_id", ROLE);
        let state = with(&state, "directory_scope_id", "/");
        Held { state: with(&state, "start_date_time", "2023-01-01T00:00:00Z"), private: Vec::new() }
    }

    /// What `terraform query` finds.
    pub(super) async fn list(&self, ty: &str, config: &[(&str, &str)]) -> Vec<Listed> {
        let config = config.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        let mut listed = self.provider.list(ty, &Value::Object(config.collect()), false, 100).await;
        for one in &listed {
            assert!(!one.diagnostics.has_errors(), "{:?}", one.diagnostics);
        }
        listed.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        listed
    }

    pub(super) async fn data(&self, ty: &str, config: &Value) -> Value {
        let (value, told) = self.asked(ty, config).await;
        assert!(!told.has_errors(), "{told:?}");
        value
    }

    /// Why a data source cannot be read.
    pub(super) async fn misread(&self, ty: &str, config: &Value) -> Diagnostics {
        self.asked(ty, config).await.1
    }

    async fn asked(&self, ty: &str, config: &Value) -> (Value, Diagnostics) {
        let schema = &self.provider.schemas().data_sources[ty];
        let attributes = schema.attributes.iter();
        let whole = attributes.map(|one| (one.name.clone(), config.get(&one.name).clone()));
        let read = self.provider.read_data_source(ty, &Value::Object(whole.collect())).await;
        (read.value, read.diagnostics)
    }

    pub(super) async fn destroy(&self, ty: &str, held: &Held) -> Diagnostics {
        let Held { state: prior, private } = held.clone();
        let resource = ty.to_owned();
        self.provider
            .apply(Apply { resource, prior, private, ..Apply::default() })
            .await
            .diagnostics
    }

    /// Expects that nothing is left to do.
    pub(super) async fn settled(&self, ty: &str, held: &Held, config: &Value) {
        let ReadBack { state, private, .. } = self.read(ty, held).await;
        let held = Held { state, private };
        let planned = self.plan(ty, Some(&held), config).await;
        assert_eq!(planned.state, held.state);
        assert!(!planned.diagnostics.has_errors(), "{:?}", planned.diagnostics);
    }

    /// A configuration with all attributes, as Terraform sends it.
    fn whole(&self, ty: &str, config: &Value) -> Value {
        let schema = &self.provider.schemas().resources[ty];
        let attributes = schema
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), config.get(&attribute.name).clone()));
        Value::Object(attributes.collect())
    }
}

/// The value with one attribute set.
pub(super) fn with(value: &Value, name: &str, attribute: impl Into<Value>) -> Value {
    let mut attributes = value.as_object().cloned().unwrap_or_default();
    attributes.insert(name.to_owned(), attribute.into());
    Value::Object(attributes)
}

async fn signed_in(endpoint: &str) -> Provider {
    let provider = Provider::new(&CATALOGUE);
    let config = Value::from([
        ("tenant_id", emulator::TENANT_ID.into()),
        ("client_id", emulator::CLIENT_ID.into()),
        ("client_secret", emulator::CLIENT_SECRET.into()),
        ("graph_endpoint", endpoint.into()),
        ("login_endpoint", endpoint.into()),
    ]);
    let told = provider.configure(&config, "1.11.4").await;
    assert!(!told.has_errors(), "{told:?}");
    provider
}
