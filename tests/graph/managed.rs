//! Managed identities against stand-ins of the metadata service, App Service and Azure Arc.

use std::path::Path;

use m365::graph::credential::{ManagedId, ManagedSource};
use m365::graph::{Credential, Graph, Request};
use serde_json::{Value, json};

use super::stand_in::{Reply, Seen, StandIn, reply, token};

const METADATA: &str = "/metadata/identity/oauth2/token";

/// A token as metadata services give it: numbers are strings.
fn issued() -> Reply {
    reply(
        200,
        json!({"access_token": token(1), "expires_on": "4102444800", "token_type": "Bearer",
            "resource": "https://graph.microsoft.com"}),
    )
}

fn asks_metadata(seen: &Seen) -> bool {
    seen.target.starts_with(METADATA)
}

async fn sign_in(stand_in: &StandIn, credential: Credential) -> Result<Value, m365::graph::Error> {
    let mut settings = stand_in.settings(credential);
    settings.tenant_id = String::new();
    Graph::new(settings).unwrap().send(&Request::get("/x")).await.map(|answer| answer.body)
}

fn platform(endpoint: Option<String>, id: Option<ManagedId>) -> Credential {
    Credential::ManagedIdentity { id, source: ManagedSource::Platform { endpoint } }
}

#[tokio::test]
async fn the_metadata_service_of_a_virtual_machine() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| asks_metadata(seen).then(issued));
    let endpoint = Some(format!("{}{METADATA}", stand_in.url()));
    sign_in(&stand_in, platform(endpoint.clone(), None)).await.unwrap();
    let id = Some(ManagedId::Client("user-assigned".into()));
    sign_in(&stand_in, platform(endpoint, id)).await.unwrap();

    let asked: Vec<_> = stand_in.seen().into_iter().filter(asks_metadata).collect();
    assert_eq!(asked[0].header("metadata"), "true");
    let resource = "resource=https%3A%2F%2Fgraph.microsoft.com";
    assert!(asked[0].target.ends_with(resource), "{}", asked[0].target);
    assert!(asked[1].target.ends_with("client_id=user-assigned"), "{}", asked[1].target);
}

#[tokio::test]
async fn an_identity_that_is_not_there() {
    let stand_in = StandIn::start().await;
    let refused = || {
        reply(400, json!({"error": "invalid_request", "error_description": "Identity not found"}))
    };
    stand_in.answer(move |seen| asks_metadata(seen).then(refused));
    let endpoint = Some(format!("{}{METADATA}", stand_in.url()));
    let error = sign_in(&stand_in, platform(endpoint, None)).await.unwrap_err().to_string();
    assert!(error.contains("a managed identity failed (invalid_request): Identity not"), "{error}");
}

/// azure_identity reads App Service's variables from the environment of the process, so the
/// sign-in happens in a process of its own: this test, run again with them set.
#[tokio::test]
async fn app_service() {
    const ME: &str = "graph::managed::app_service";
    if let Ok(endpoint) = std::env::var("M365_TEST_APP_SERVICE") {
        let mut settings =
            m365::graph::Settings::new("", "", platform(None, Some(ManagedId::Client("u".into()))));
        settings.graph_endpoint = Some(endpoint);
        Graph::new(settings).unwrap().send(&Request::get("/signed-in")).await.unwrap();
        return;
    }
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| seen.target.starts_with("/msi").then(issued));
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", ME])
        .env("M365_TEST_APP_SERVICE", stand_in.url())
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", stand_in.url()))
        .env("IDENTITY_HEADER", "header-secret")
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let seen = stand_in.seen();
    assert_eq!(seen[0].header("x-identity-header"), "header-secret");
    assert!(seen[0].target.contains("api-version=2019-08-01"), "{}", seen[0].target);
    assert!(seen[0].target.contains("client_id=u"), "{}", seen[0].target);
    assert_eq!(seen[1].target, "/v1.0/signed-in");
}

/// Answers like the Arc agent whose key file is `key`, with `content`.
fn arc_agent(stand_in: &StandIn, key: &Path, content: &'static str) {
    let challenge = format!("Basic realm={}", key.display());
    stand_in.answer(move |seen| {
        let authorized = seen.header("authorization") == format!("Basic {content}");
        asks_metadata(seen).then(|| match authorized {
            true => issued(),
            false => reply(401, Value::Null).header("www-authenticate", challenge.clone()),
        })
    });
}

fn arc(stand_in: &StandIn, keys: &Path) -> Credential {
    let (endpoint, keys) = (format!("{}{METADATA}", stand_in.url()), keys.to_owned());
    Credential::ManagedIdentity { id: None, source: ManagedSource::Arc { endpoint, keys } }
}

#[tokio::test]
async fn azure_arc() {
    let stand_in = StandIn::start().await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("1.key");
    std::fs::write(&key, "proof").unwrap();
    arc_agent(&stand_in, &key, "proof");
    sign_in(&stand_in, arc(&stand_in, folder.path())).await.unwrap();
    let asked: Vec<_> = stand_in.seen().into_iter().filter(asks_metadata).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|seen| seen.header("metadata") == "true"));
}

#[tokio::test]
async fn an_arc_agent_that_asks_for_other_files() {
    let stand_in = StandIn::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (keys, other) = (folder.path().join("keys"), folder.path().join("other"));
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::create_dir_all(&other).unwrap();
    let content = "x".repeat(5000);
    std::fs::write(keys.join("large.key"), content).unwrap();
    std::fs::write(other.join("1.key"), "stolen").unwrap();
    std::fs::write(keys.join("1.txt"), "stolen").unwrap();
    for (path, expected) in [
        (other.join("1.key"), "not a key of its own"),
        (keys.join("../other/1.key"), "not a key of its own"),
        (keys.join("1.txt"), "not a key of its own"),
        (keys.join("large.key"), "too large"),
        (keys.join("missing.key"), "run as an administrator"),
    ] {
        arc_agent(&stand_in, &path, "stolen");
        let error = sign_in(&stand_in, arc(&stand_in, &keys)).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let sent = stand_in.seen().iter().any(|seen| seen.header("authorization").contains("stolen"));
    assert!(!sent);
}
