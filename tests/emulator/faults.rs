//! Faults, limits, replication lag, the log, and changes from outside.

use std::time::{Duration, Instant};

use m365::emulator::Options;
use serde_json::{Value, json};

use super::client::{Client, user};

#[tokio::test]
async fn faults_befall_the_requests_they_name() {
    let c = Client::new().await;
    let add = async |fault: Value| c.control("POST", "/faults", Some(fault)).await.is(204);
    add(json!([
        { "kind": "throttle", "method": "GET", "path": "/users", "count": 1, "retry_after": 2 },
        { "kind": "throttle", "method": "GET", "path": "/v1.0/users", "count": 1 },
        { "kind": "unavailable", "method": "GET", "path": "/users", "count": 1 },
    ]))
    .await;
    c.get("/groups").await.is(200);
    let told = c.get("/users").await;
    assert_eq!((told.status, told.retry_after.as_deref()), (429, Some("2")));
    let told = c.get("/users").await;
    assert_eq!((told.status, told.retry_after), (429, None));
    c.get("/users").await.refuses(503, "ServiceUnavailable");
    c.get("/users").await.is(200);
    add(json!({ "kind": "timeout" })).await;
    c.get("/users").await.refuses(504, "GatewayTimeout");
    c.control("DELETE", "/faults", None).await.is(204);
    c.get("/users").await.is(200);
    let told = c.control("POST", "/faults", Some(json!({ "kind": "flood" }))).await.is(400);
    assert!(told["error"].as_str().unwrap().contains("flood"));
}

#[tokio::test]
async fn connections_end_before_and_after_the_write() {
    let c = Client::new().await;
    let exists = async |name: &str| {
        let path = format!("/_emulator/outside/v1.0/users/{name}@contoso.com");
        c.request("GET", &path, None).send().await.unwrap().status().is_success()
    };
    for (kind, name, written) in [("drop-before", "before", false), ("drop-after", "after", true)] {
        let fault = json!({ "kind": kind, "method": "POST", "path": "/users", "count": 1 });
        c.control("POST", "/faults", Some(fault)).await.is(204);
        let lost = c.request("POST", "/v1.0/users", Some(&user(name))).send().await;
        assert!(lost.is_err(), "{kind}: {lost:?}");
        assert_eq!(exists(name).await, written, "{kind}");
    }
}

#[tokio::test]
async fn bodies_come_slowly_or_break() {
    let c = Client::new().await;
    c.control("POST", "/faults", Some(json!({ "kind": "slow-body", "count": 1 }))).await.is(204);
    let started = Instant::now();
    c.get("/users").await.is(200);
    assert!(started.elapsed() >= Duration::from_millis(100));
    c.control("POST", "/faults", Some(json!({ "kind": "broken-body", "count": 1 }))).await.is(204);
    let response = c.request("GET", "/v1.0/users", None).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

/// Waits until what is asked answers with this status, and for no longer than a test may take.
async fn until(c: &Client, path: &str, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while c.get(path).await.status != status {
        assert!(Instant::now() < deadline, "{path} never answered {status}");
        tokio::task::yield_now().await;
    }
}

/// With a lag that no test outlives, what is written stays unseen.
#[tokio::test]
async fn readers_do_not_see_writes_at_once() {
    let c = Client::new().await;
    let (member, group) = (c.new_user("member").await, c.new_group("group").await);
    let leaver = c.new_user("leaver").await;
    c.control("POST", "/lag", Some(json!({ "milliseconds": 3_600_000 }))).await.is(204);
    let id = c.new_user("late").await;
    let path = format!("/users/{id}");
    c.get(&path).await.refuses(404, "Request_ResourceNotFound");
    c.get("/users/late@contoso.com").await.refuses(404, "Request_ResourceNotFound");
    c.patch(&path, json!({ "city": "Bern" })).await.refuses(404, "Request_ResourceNotFound");
    let listed = c.get("/users?$filter=displayName eq 'User late'").await.is(200);
    assert_eq!(listed["value"], json!([]));
    let reference = format!("/groups/{group}/members/$ref");
    c.post(&reference, c.reference(&id)).await.refuses(404, &id);
    c.post("/users", user("late")).await.refuses(400, "already exists");
    c.patch(&format!("/users/{member}"), json!({ "jobTitle": "Chef" })).await.is(204);
    let told = c.get(&format!("/users/{member}?$select=jobTitle")).await.is(200);
    assert_eq!(told["jobTitle"], json!(null));
    c.post(&reference, c.reference(&member)).await.is(204);
    assert_eq!(c.get(&format!("/groups/{group}/members")).await.is(200)["value"], json!([]));
    c.delete(&format!("/users/{leaver}")).await.is(204);
    c.get(&format!("/users/{leaver}")).await.is(200);
    // A change that was made elsewhere is seen at once.
    let outside = c.control("POST", "/outside/v1.0/users", Some(user("outside"))).await.is(201);
    c.get(&format!("/users/{}", outside["id"].as_str().unwrap())).await.is(200);
}

#[tokio::test]
async fn readers_see_writes_in_the_end() {
    let c = Client::new().await;
    let group = c.new_group("group").await;
    c.control("POST", "/lag", Some(json!({ "milliseconds": 40 }))).await.is(204);
    let path = format!("/users/{}", c.new_user("late").await);
    until(&c, &path, 200).await;
    c.patch(&path, json!({ "mailNickname": "changed" })).await.is(204);
    let by_name = "/users?$filter=mailNickname eq 'changed'";
    let deadline = Instant::now() + Duration::from_secs(20);
    while c.get(by_name).await.is(200)["value"] == json!([]) {
        assert!(Instant::now() < deadline);
    }
    let id = path.rsplit('/').next().unwrap();
    c.post(&format!("/groups/{group}/members/$ref"), c.reference(id)).await.is(204);
    while c.get(&format!("/groups/{group}/members")).await.is(200)["value"] == json!([]) {
        assert!(Instant::now() < deadline);
    }
    c.delete(&path).await.is(204);
    until(&c, &path, 404).await;
}

#[tokio::test]
async fn published_limits_hold() {
    let c = Client::with(Options { throttle: true, ..Options::default() }).await;
    let path = "/identity/conditionalAccess/policies";
    let told = futures::future::join_all((0..30).map(|_| c.get(path))).await;
    let refused =
        told.iter().find(|t| t.status == 429).expect("one request a second is let through");
    assert_eq!(refused.retry_after, None, "no Retry-After here");
    assert!(told.iter().any(|t| t.status == 200));
    c.get("/users").await.is(200);
    until(&c, path, 200).await;
}

#[tokio::test]
async fn requests_are_logged_without_secrets() {
    let c = Client::new().await;
    c.control("DELETE", "/requests", None).await.is(204);
    c.post("/users", user("logged")).await.is(201);
    c.get("/users?$top=1").await.is(200);
    c.control("GET", "/outside/v1.0/users", None).await.is(200);
    let told = c.control("GET", "/requests", None).await.is(200);
    let requests = told["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 2, "{told:#}");
    assert_eq!(requests[0]["body"]["passwordProfile"]["password"], "***");
    assert_eq!((&requests[0]["method"], &requests[0]["status"]), (&json!("POST"), &json!(201)));
    assert_eq!(
        (&requests[1]["path"], &requests[1]["query"]),
        (&json!("/v1.0/users"), &json!("$top=1"))
    );
    assert!(!told.to_string().contains("xWwvJ"));
}

#[tokio::test]
async fn the_tenant_is_filled_and_reset_from_outside() {
    let c = Client::new().await;
    let synced = json!({ "type": "user", "properties": {
        "id": "0f0f0f0f-0000-4000-8000-000000000001", "displayName": "Synced",
        "userPrincipalName": "synced@contoso.com", "onPremisesSyncEnabled": true,
    }});
    c.control("POST", "/objects", Some(synced)).await.is(204);
    c.patch("/users/synced@contoso.com", json!({ "city": "Bern" }))
        .await
        .refuses(400, "on-premises");
    c.patch("/users/synced@contoso.com", json!({ "usageLocation": "CH" })).await.is(204);
    let count = async || c.control("GET", "/state", None).await.is(200)["objects"]["user"].clone();
    assert_eq!(count().await, 12);
    c.control("POST", "/reset", None).await.is(204);
    assert_eq!(count().await, 11);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_tenant() {
    let first = Client::new().await.get("/users").await.is(200);
    let second = Client::new().await.get("/users").await.is(200);
    assert_eq!(first["value"], second["value"]);
}

#[tokio::test]
async fn it_stops() {
    let c = Client::new().await;
    c.get("/users").await.is(200);
    let Client { graph, http, .. } = c;
    let url = format!("{}/v1.0/users", graph.endpoint());
    graph.stop().await.unwrap();
    assert!(http.get(url).send().await.is_err());
}

#[tokio::test]
async fn http_2_without_tls_is_spoken() {
    let c = Client::new().await;
    let http = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let url = format!("{}/_emulator/outside/v1.0/domains", c.graph.endpoint());
    let response = http.get(url).send().await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (reqwest::Version::HTTP_2, 200));
}
