//! A configuration of its own, the real terraform, and a local Graph to deploy it to.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use m365::emulator::{CLIENT_ID, CLIENT_SECRET, Options, Running, TENANT_ID, start};
use serde_json::{Value as Json, json};
use tokio::process::Command;

/// How long one run of terraform may take before a test fails instead of hanging.
const DEADLINE: Duration = Duration::from_secs(300);

/// A folder with a configuration and its state, and the tenant that it is about.
pub(crate) struct Workspace {
    graph: Running,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    /// Where Graph is for the provider.
    pub(crate) endpoint: String,
}

/// An object in the state.
#[derive(Debug)]
pub(crate) struct Instance {
    /// The type, such as `m365_user`.
    pub(crate) kind: String,
    /// Whether it is to be made anew.
    pub(crate) is_tainted: bool,
    /// The attributes.
    pub(crate) attributes: Json,
}

impl Workspace {
    /// A tenant and a configuration that is not deployed to it yet.
    pub(crate) async fn new(options: Options, configuration: &str) -> Self {
        let graph = start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-m365"));
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{ \"m365/m365\" = {:?} }}\n}}\n",
            provider.parent().unwrap()
        );
        std::fs::write(folder.path().join("terraformrc"), overrides).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let endpoint = graph.endpoint();
        let workspace = Self { graph, http, folder, endpoint };
        workspace.write(configuration);
        workspace
    }

    /// Replaces the configuration.
    pub(crate) fn write(&self, configuration: &str) {
        let needs =
            "terraform {\n  required_providers {\n    m365 = { source = \"m365/m365\" }\n  }\n}\n";
        std::fs::write(self.folder.path().join("main.tf"), format!("{needs}{configuration}"))
            .unwrap();
    }

    /// Writes a file beside the configuration.
    pub(crate) fn file(&self, name: &str, content: &[u8]) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    /// Runs terraform: its exit code, and what it printed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("terraformrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .env("M365_GRAPH_ENDPOINT", &self.endpoint)
            .env("M365_LOGIN_ENDPOINT", &self.endpoint)
            .env("M365_TENANT_ID", TENANT_ID)
            .env("M365_CLIENT_ID", CLIENT_ID)
            .env("M365_CLIENT_SECRET", CLIENT_SECRET)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(DEADLINE, command.output()).await;
        let output = output.unwrap_or_else(|_| panic!("terraform {arguments:?} does not end"));
        let output = output.expect("terraform is on the PATH");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs terraform, which must succeed.
    pub(crate) async fn ok(&self, arguments: &[&str]) {
        let (code, said) = self.run(arguments).await;
        assert_eq!(code, Some(0), "terraform {arguments:?}: {said}");
    }

    /// Plans; there must be nothing to do.
    pub(crate) async fn plan_is_empty(&self) {
        let (code, said) = self.run(&["plan", "-input=false", "-detailed-exitcode"]).await;
        assert_eq!(code, Some(0), "the plan is not empty: {said}");
    }

    /// The objects in the state.
    pub(crate) fn state(&self) -> Vec<Instance> {
        let text = std::fs::read(self.folder.path().join("terraform.tfstate")).unwrap();
        let state: Json = serde_json::from_slice(&text).unwrap();
        let resources = state["resources"].as_array().cloned().unwrap_or_default();
        let managed = resources.iter().filter(|resource| resource["mode"] == "managed");
        let instances = managed.flat_map(|resource| {
            let instances = resource["instances"].as_array().cloned().unwrap_or_default();
            let kind = resource["type"].as_str().unwrap_or_default().to_owned();
            instances.into_iter().map(move |instance| Instance {
                kind: kind.clone(),
                is_tainted: instance["status"] == "tainted",
                attributes: instance["attributes"].clone(),
            })
        });
        instances.collect()
    }

    /// Sets how the emulator behaves from now on.
    pub(crate) async fn control(&self, what: &str, body: Json) {
        let answer = self.http.post(self.url(what)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap());
    }

    /// A request made elsewhere, with a body of any kind: the status and the answer.
    pub(crate) async fn elsewhere(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> (u16, Json) {
        let request =
            self.http.request(method.parse().unwrap(), self.url(&format!("outside/v1.0{path}")));
        let request =
            request.header("Content-Type", kind).header("Accept-Language", "0").body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    /// What somebody else does in the portal, which must be accepted.
    pub(crate) async fn change(&self, method: &str, path: &str, body: Json) -> Json {
        self.portal(method, &format!("v1.0{path}"), body).await
    }

    /// What the portal asks the beta, which must be accepted.
    pub(crate) async fn beta(&self, method: &str, path: &str, body: Json) -> Json {
        self.portal(method, &format!("beta{path}"), body).await
    }

    async fn portal(&self, method: &str, path: &str, body: Json) -> Json {
        let url = self.url(&format!("outside/{path}"));
        let method = method.parse().expect("a method");
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Makes an object behind the provider's back: its id.
    pub(crate) async fn make(&self, path: &str, body: Json) -> String {
        self.change("POST", path, body).await["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Removes an object behind the provider's back.
    pub(crate) async fn remove(&self, path: &str) {
        self.change("DELETE", path, json!({})).await;
    }

    /// All objects of a collection as they are, whatever the lag.
    pub(crate) async fn outside(&self, path: &str) -> Vec<Json> {
        let mut url = self.url(&format!("outside/v1.0{path}"));
        let mut found = Vec::new();
        loop {
            let told: Json = self.http.get(&url).send().await.unwrap().json().await.unwrap();
            let page = told["value"].as_array();
            found.extend(page.unwrap_or_else(|| panic!("{path}: {told}")).iter().cloned());
            match told["@odata.nextLink"].as_str() {
                Some(next) => url = next.replace("/v1.0/", "/_emulator/outside/v1.0/"),
                None => return found,
            }
        }
    }

    /// How many objects there are of each type, whatever the lag. What was deleted is left out, and
    /// so are schedules, which the emulator derives from assignments when it is asked for them.
    pub(crate) async fn objects(&self) -> BTreeMap<String, u64> {
        let told = self.http.get(self.url("state")).send().await.unwrap();
        let told: Json = told.json().await.unwrap();
        let objects = told["objects"].as_object().unwrap().iter();
        objects
            .filter_map(|(kind, count)| Some((kind.clone(), count.as_u64()?)))
            .filter(|(kind, count)| {
                *count > 0 && !kind.starts_with("deleted ") && !kind.contains("Schedule")
            })
            .collect()
    }

    /// Forgets the requests so far.
    pub(crate) async fn forget(&self) {
        self.http.delete(self.url("requests")).send().await.unwrap();
    }

    /// The requests since, a `$batch` as one: `GET /v1.0/groups`.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let told = self.http.get(self.url("requests")).send().await.unwrap();
        let told: Json = told.json().await.unwrap();
        let requests = told["requests"].as_array().unwrap();
        let alone = requests.iter().filter(|request| request["batched"] != json!(true));
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        alone
            .map(|request| format!("{} {}", text(&request["method"]), text(&request["path"])))
            .collect()
    }

    /// What was written since, as requests with their bodies.
    pub(crate) async fn bodies(&self) -> Vec<(String, Json)> {
        let told = self.http.get(self.url("requests")).send().await.unwrap();
        let told: Json = told.json().await.unwrap();
        let requests = told["requests"].as_array().unwrap().iter();
        let written = requests.filter(|request| !request["body"].is_null());
        let named = written.map(|request| {
            let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
            (format!("{} {}", text("method"), text("path")), request["body"].clone())
        });
        named.collect()
    }

    fn url(&self, what: &str) -> String {
        format!("{}/_emulator/{what}", self.graph.endpoint())
    }
}
