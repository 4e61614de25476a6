//! Sending and listing: retries, paging, lost answers.

use std::time::Duration;

use m365::graph::{Error, Graph, Request};
use serde_json::json;

use super::stand_in::{StandIn, reply};

#[tokio::test]
async fn a_request_as_it_goes_out() {
    let stand_in = StandIn::start().await;
    let request = Request::post("/groups", json!({"displayName": "a"}))
        .beta()
        .query("$select", "id")
        .header("Prefer", "return=representation");
    stand_in.queue([reply(201, json!({"id": "1"})).header("location", "/groups/1")]);
    let response = stand_in.graph().send(&request).await.unwrap();
    assert_eq!((response.status, response.header("Location")), (201, Some("/groups/1")));

    let seen = &stand_in.seen()[0];
    assert_eq!(seen.target, "/beta/groups?$select=id");
    assert_eq!(seen.body, r#"{"displayName":"a"}"#);
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("prefer"), "return=representation");
    assert!(seen.header("user-agent").starts_with("terraform-provider-m365/"));
    assert_eq!(seen.header("client-request-id").len(), 36);
}

#[tokio::test]
async fn throttling_and_passing_failures_are_overcome() {
    let stand_in = StandIn::start().await;
    stand_in.queue([
        reply(429, json!({"error": {"code": "TooManyRequests"}})).header("retry-after", "0"),
        reply(503, json!(null)),
        reply(504, json!(null)),
        reply(500, json!({"error": {"code": "InternalServerError"}})),
        reply(409, json!({"error": {"code": "Directory_ConcurrencyViolation"}})),
        reply(423, json!(null)),
        reply(204, json!(null)),
    ]);
    let response = stand_in.graph().send(&Request::patch("/users/1", json!({}))).await.unwrap();
    assert_eq!(response.status, 204);
    assert_eq!(stand_in.seen().len(), 7);
    let ids: std::collections::HashSet<_> =
        stand_in.seen().iter().map(|seen| seen.header("client-request-id").to_owned()).collect();
    assert_eq!(ids.len(), 7, "each try has an id of its own");
}

#[tokio::test]
async fn a_refusal_is_told_at_once() {
    let stand_in = StandIn::start().await;
    stand_in.queue([reply(
        404,
        json!({"error": {"code": "Request_ResourceNotFound", "message": "Resource '1' does not exist.",
            "innerError": {"date": "d", "request-id": "r", "client-request-id": "c"}}}),
    )]);
    let error = stand_in.graph().send(&Request::get("/users/1")).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.graph_code(), Some("Request_ResourceNotFound"));
    assert_eq!(error.refusal().unwrap().request_id.as_deref(), Some("r"));
    assert_eq!(stand_in.seen().len(), 1);
}

#[tokio::test]
async fn a_create_that_may_have_happened_is_not_sent_again() {
    let stand_in = StandIn::start().await;
    stand_in.queue([reply(504, json!(null))]);
    let error = stand_in.graph().send(&Request::post("/groups", json!({}))).await.unwrap_err();
    assert!(error.answer_lost(), "{error}");
    assert_eq!(stand_in.seen().len(), 1);

    let error = Graph::new({
        let mut settings = stand_in.settings(m365::graph::Credential::ClientSecret("s".into()));
        settings.limits.answer = Duration::from_millis(50);
        settings
    })
    .unwrap();
    stand_in.queue([reply(201, json!({"id": "1"})).after(Duration::from_secs(5))]);
    let error = error.send(&Request::post("/groups", json!({}))).await.unwrap_err();
    assert!(error.answer_lost(), "{error}");
    assert!(error.to_string().contains("the answer to POST /groups was lost"), "{error}");
    assert_eq!(stand_in.seen().len(), 2);
}

#[tokio::test]
async fn what_never_left_is_not_lost() {
    let stand_in = StandIn::start().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = stand_in.settings(m365::graph::Credential::ClientSecret("s".into()));
    settings.graph_endpoint = Some(format!("http://{}", closed.local_addr().unwrap()));
    drop(closed);
    let graph = Graph::new(settings).unwrap();
    let error = graph.send(&Request::post("/groups", json!({}))).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { sent: false, .. }), "{error:?}");
    assert!(!error.answer_lost());
    assert!(error.is_transient());
}

#[tokio::test]
async fn pages_are_followed_verbatim_with_the_same_headers() {
    let stand_in = StandIn::start().await;
    let base = stand_in.url();
    let next = format!("{base}/v1.0/users?$skiptoken=a%2Bb&$count=true");
    let last = format!("{base}/v1.0/users?$skiptoken=c");
    stand_in.queue([
        reply(200, json!({"value": [{"id": 1}], "@odata.nextLink": next})),
        reply(200, json!({"value": [], "@odata.nextLink": last})),
        reply(200, json!({"value": [{"id": 2}]})),
    ]);
    let request =
        Request::get("/users").query("$count", "true").header("ConsistencyLevel", "eventual");
    let items = stand_in.graph().list(&request).await.unwrap();
    assert_eq!(items, [json!({"id": 1}), json!({"id": 2})]);
    let seen = stand_in.seen();
    assert_eq!(seen[1].target, "/v1.0/users?$skiptoken=a%2Bb&$count=true");
    assert!(seen.iter().all(|seen| seen.header("consistencylevel") == "eventual"));
}

#[tokio::test]
async fn odd_pages_are_refused() {
    let stand_in = StandIn::start().await;
    let same = format!("{}/v1.0/users?a", stand_in.url());
    for (body, expected) in [
        (
            json!({"value": [], "@odata.nextLink": "https://evil.example/v1.0/users"}),
            "another host",
        ),
        (json!({"id": 1}), "no list of values"),
        (json!({"value": [], "@odata.nextLink": same}), "the same page"),
    ] {
        stand_in.answer(move |seen| {
            (!seen.target.contains("oauth2")).then(|| reply(200, body.clone()))
        });
        let error = stand_in.graph().list(&Request::get("/users")).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn no_token_goes_to_another_host() {
    let stand_in = StandIn::start().await;
    let request = Request::get("http://127.0.0.1:9/v1.0/users");
    let error = stand_in.graph().send(&request).await.unwrap_err();
    assert!(error.to_string().contains("no token may go"), "{error}");
    assert!(stand_in.sign_ins().is_empty());
}
