//! Signing in: what goes to the login service, and what its refusals become.

use m365::graph::{Error, Request};
use serde_json::json;

use super::stand_in::{StandIn, TENANT, reply, token};

#[tokio::test]
async fn client_secret() {
    let stand_in = StandIn::start().await;
    let graph = stand_in.graph();
    graph.send(&Request::get("/organization")).await.unwrap();
    graph.send(&Request::get("/domains")).await.unwrap();

    let sign_ins = stand_in.sign_ins();
    assert_eq!(sign_ins.len(), 1, "the token is kept");
    assert_eq!(sign_ins[0].target, format!("/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(sign_ins[0].field("grant_type"), "client_credentials");
    assert_eq!(sign_ins[0].field("client_id"), "client");
    assert_eq!(sign_ins[0].field("client_secret"), "s3cret");
    assert_eq!(sign_ins[0].field("scope"), "https://graph.microsoft.com/.default");
    assert_eq!(stand_in.seen()[0].header("authorization"), format!("Bearer {}", token(1)));
}

#[tokio::test]
async fn claims() {
    let stand_in = StandIn::start().await;
    let claims = stand_in.graph().token_claims().await.unwrap();
    assert_eq!(claims["roles"], json!(["Group.Read.All"]));
}

#[tokio::test]
async fn a_refusal_says_which_setting_to_look_at() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|_| {
        Some(reply(
            401,
            json!({
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: t\r\n",
                "error_codes": [7000215],
                "trace_id": "t",
                "correlation_id": "c",
            }),
        ))
    });
    let error = stand_in.graph().send(&Request::get("/users")).await.unwrap_err();
    let Error::SignIn(sign_in) = &error else { panic!("{error:?}") };
    assert_eq!(sign_in.aadsts, Some(7_000_215));
    assert_eq!(sign_in.code.as_deref(), Some("invalid_client"));
    assert_eq!(sign_in.trace_id.as_deref(), Some("t"));
    assert!(!error.is_transient());
    let text = error.to_string();
    assert!(text.contains("a client secret failed (AADSTS7000215)"), "{text}");
    assert!(text.contains("client_secret (M365_CLIENT_SECRET)"), "{text}");
    assert!(!text.contains("Trace ID"), "{text}");
    assert_eq!(stand_in.sign_ins().len(), 1, "a wrong secret is not tried again");
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let stand_in = StandIn::start().await;
    let count = std::sync::atomic::AtomicUsize::new(0);
    stand_in.answer(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Some(reply(503, json!(null))),
        1 => Some(reply(429, json!({"error": "temporarily_unavailable"}))),
        _ => None,
    });
    stand_in.graph().send(&Request::get("/users")).await.unwrap();
    assert_eq!(stand_in.sign_ins().len(), 3);
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_renewed_once() {
    let stand_in = StandIn::start().await;
    stand_in.queue([
        reply(401, json!({"error": {"code": "InvalidAuthenticationToken"}})),
        reply(200, json!({"id": "1"})),
    ]);
    let graph = stand_in.graph();
    assert_eq!(graph.send(&Request::get("/me")).await.unwrap().body["id"], "1");
    assert_eq!(stand_in.sign_ins().len(), 2);

    stand_in.answer(|seen| {
        let refused = || reply(401, json!({"error": {"code": "InvalidAuthenticationToken"}}));
        (!seen.target.contains("oauth2")).then(refused)
    });
    let error = graph.send(&Request::get("/me")).await.unwrap_err();
    assert_eq!(error.graph_code(), Some("InvalidAuthenticationToken"));
    assert_eq!(stand_in.sign_ins().len(), 3);
}
