//! Batches: order, throttled items, lost answers.

use std::sync::atomic::{AtomicUsize, Ordering};

use m365::graph::{Error, Request};
use serde_json::{Value, json};

use super::stand_in::{Reply, Seen, StandIn, reply};

/// The requests of a batch.
fn items(seen: &Seen) -> Vec<Value> {
    let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
    body["requests"].as_array().cloned().unwrap_or_default()
}

/// A batch's answer, each item by a rule, in the wrong order.
fn answered(seen: &Seen, rule: impl Fn(&Value) -> Value) -> Reply {
    let answer = |item: &Value| {
        let mut answer = rule(item);
        answer["id"] = item["id"].clone();
        answer
    };
    let responses: Vec<_> = items(seen).iter().rev().map(answer).collect();
    reply(200, json!({ "responses": responses }))
}

fn is_batch(seen: &Seen) -> bool {
    seen.target.ends_with("/$batch")
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_requests() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| {
        let echo = |item: &Value| json!({"status": 200, "body": {"url": item["url"]}});
        is_batch(seen).then(|| answered(seen, echo))
    });
    let requests = (0..45).map(|n| Request::get(format!("/groups/{n}"))).collect();
    let answers = stand_in.graph().batch(requests).await;
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.as_ref().unwrap().body["url"], format!("/groups/{n}"));
    }
    let sizes: Vec<_> = stand_in.seen().iter().map(|seen| items(seen).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 45);
    assert_eq!((sizes.len(), sizes.iter().max()), (3, Some(&20)));
}

#[tokio::test]
async fn each_item_is_judged_by_itself() {
    let stand_in = StandIn::start().await;
    let rounds = AtomicUsize::new(0);
    stand_in.answer(move |seen| {
        if !is_batch(seen) {
            return None;
        }
        let round = rounds.fetch_add(1, Ordering::SeqCst);
        Some(answered(seen, |item| match item["url"].as_str().unwrap() {
            "/groups/gone" => json!({"status": 404, "headers": {"request-id": "r"},
                "body": {"error": {"code": "Request_ResourceNotFound", "message": "m"}}}),
            "/groups/busy" if round == 0 => json!({"status": 429, "headers": {"Retry-After": "0"},
                "body": {"error": {"code": "TooManyRequests"}}}),
            "/groups/raced" if round == 0 => json!({"status": 409,
                "body": {"error": {"code": "Directory_ConcurrencyViolation"}}}),
            _ => json!({"status": 204}),
        }))
    });
    let answers = stand_in
        .graph()
        .batch(vec![
            Request::get("/groups/busy"),
            Request::get("/groups/gone"),
            Request::patch("/groups/raced", json!({"a": 1})),
            Request::delete("/groups/fine"),
        ])
        .await;
    assert!(answers[0].is_ok() && answers[2].is_ok() && answers[3].is_ok(), "{answers:?}");
    let gone = answers[1].as_ref().unwrap_err();
    assert!(gone.is_not_found());
    let refusal = gone.refusal().unwrap();
    assert_eq!((refusal.path.as_str(), refusal.request_id.as_deref()), ("/groups/gone", Some("r")));
    let sizes: Vec<_> = stand_in.seen().iter().map(|seen| items(seen).len()).collect();
    assert_eq!(sizes, [4, 2]);
}

#[tokio::test]
async fn a_lost_batch_repeats_only_what_may_be_repeated() {
    let stand_in = StandIn::start().await;
    let rounds = AtomicUsize::new(0);
    stand_in.answer(move |seen| match is_batch(seen) {
        true if rounds.fetch_add(1, Ordering::SeqCst) == 0 => Some(reply(504, json!(null))),
        true => Some(answered(seen, |_| json!({"status": 200, "body": {"ok": true}}))),
        false => None,
    });
    let answers = stand_in
        .graph()
        .batch(vec![
            Request::get("/groups/1"),
            Request::post("/groups", json!({})),
            Request::get("/groups/2"),
        ])
        .await;
    assert_eq!(answers[0].as_ref().unwrap().body["ok"], true);
    assert_eq!(answers[2].as_ref().unwrap().body["ok"], true);
    let lost = answers[1].as_ref().unwrap_err();
    assert!(lost.answer_lost());
    assert!(lost.to_string().contains("POST /groups"), "{lost}");
}

#[tokio::test]
async fn an_answer_that_is_missing_is_told() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| is_batch(seen).then(|| reply(200, json!({"responses": []}))));
    let requests = vec![Request::get("/groups/1"), Request::post("/groups", json!({}))];
    let answers = stand_in.graph().batch(requests).await;
    assert!(answers[0].is_ok(), "what may be repeated is sent by itself: {:?}", answers[0]);
    assert!(matches!(answers[1], Err(Error::Malformed { answer_lost: true, .. })));
}

#[tokio::test]
async fn an_item_that_takes_another_token_is_sent_with_one() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| {
        let expired = json!({"error": {"code": "InvalidAuthenticationToken", "message": "m"}});
        is_batch(seen).then(|| {
            answered(seen, |item| match item["url"].as_str().unwrap() {
                "/groups/late" => json!({"status": 401, "body": expired}),
                _ => json!({"status": 200, "body": {}}),
            })
        })
    });
    let requests = vec![Request::get("/groups/1"), Request::get("/groups/late")];
    let answers = stand_in.graph().batch(requests).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(stand_in.seen().last().unwrap().target.ends_with("/groups/late"));
}
