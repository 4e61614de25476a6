//! Pages, filters, order, search, counts and batches.

use std::time::Instant;

use m365::emulator::{Options, TenantKind};
use serde_json::{Value, json};

use super::client::Client;

async fn many(users: usize) -> Client {
    Client::with(Options { tenant: TenantKind::Empty, users, ..Options::default() }).await
}

/// All pages, and how many there were.
async fn pages(c: &Client, path: &str) -> (Vec<Value>, usize) {
    let (mut all, mut count, mut next) = (Vec::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let told = c.get_eventual(&path).await.is(200);
        all.extend(told["value"].as_array().unwrap().iter().cloned());
        next = told["@odata.nextLink"].as_str().map(str::to_owned);
        count += 1;
    }
    (all, count)
}

#[tokio::test]
async fn pages_hold_all_once() {
    let c = many(2500).await;
    for (path, expected) in [
        ("/users", 25),
        ("/users?$top=999&$select=id,displayName", 3),
        ("/users?$orderby=displayName desc&$top=500", 5),
        ("/users?$filter=startsWith(displayName,'User 001')&$top=100", 10),
    ] {
        let (all, count) = pages(&c, path).await;
        let mut ids: Vec<&str> = all.iter().map(|u| u["id"].as_str().unwrap()).collect();
        let total = if path.contains("$filter") { 1000 } else { 2500 };
        assert_eq!((ids.len(), count), (total, expected), "{path}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), total, "{path}");
    }
    let told = c.get("/users?$orderby=displayName desc&$top=1").await.is(200);
    assert_eq!(told["value"][0]["displayName"], "User 002500");
}

#[tokio::test]
async fn a_page_stays_whole_while_objects_go() {
    let c = many(300).await;
    let first = c.get("/users").await.is(200);
    for user in first["value"].as_array().unwrap().iter().take(50) {
        c.delete(&format!("/users/{}", user["id"].as_str().unwrap())).await.is(204);
    }
    let (rest, _) = pages(&c, first["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(rest.len(), 200);
}

#[tokio::test]
async fn filters_counts_and_searches_find() {
    let c = Client::new().await;
    let count = |told: &Value| told["value"].as_array().unwrap().len();
    let told = c.get("/users?$filter=userPrincipalName eq 'meganb@contoso.com'").await.is(200);
    assert_eq!(told["value"][0]["givenName"], "Megan");
    let told = c
        .get("/users?$filter=usageLocation in ('CH','DE') and accountEnabled eq true")
        .await
        .is(200);
    assert_eq!(count(&told), 6);
    let told =
        c.get_eventual("/users?$count=true&$filter=usageLocation ne 'CH'&$top=2").await.is(200);
    assert_eq!((told["@odata.count"].clone(), count(&told)), (json!(7), 2));
    let told = c.get_eventual("/users?$search=\"displayName:bow\"").await.is(200);
    assert_eq!((count(&told), &told["value"][0]["surname"]), (1, &json!("Bowen")));
    let told =
        c.get_eventual("/users?$search=\"displayName:bow\" OR \"displayName:vance\"").await.is(200);
    assert_eq!(count(&told), 2);
    assert_eq!(c.get_eventual("/users/$count").await.is(200), json!(11));
    let told = c
        .get("/groups?$filter=displayName eq 'All Staff'&$select=id&$expand=members($select=id)")
        .await
        .is(200);
    assert_eq!(told["value"][0]["members"].as_array().unwrap().len(), 10);
    let id = told["value"][0]["id"].as_str().unwrap();
    let path = format!(
        "/groups/{id}/members/microsoft.graph.user?$count=true&$orderby=displayName&$search=\"displayName:Di\"&$select=displayName,id"
    );
    let told = c.get_eventual(&path).await.is(200);
    assert_eq!(told["@odata.count"], 1);
    assert_eq!(told["value"][0]["displayName"], "Diego Siciliani");
    assert_eq!(c.get_eventual(&format!("/groups/{id}/members/$count")).await.is(200), json!(10));
    let told = c.get(&format!("/groups/{id}/members?$top=4")).await.is(200);
    assert_eq!((count(&told), told["@odata.nextLink"].is_string()), (4, true));
}

#[tokio::test]
async fn objects_are_found_by_id_alone() {
    let c = Client::new().await;
    let user = c.new_user("x").await;
    let group = c.new_group("y").await;
    let told = c.get(&format!("/directoryObjects/{group}")).await.is(200);
    assert_eq!(told["@odata.type"], "#microsoft.graph.group");
    let sent =
        json!({ "ids": [user, group, "11111111-1111-4111-8111-111111111111"], "types": ["user"] });
    let told = c.post("/directoryObjects/getByIds", sent).await.is(200);
    assert_eq!(told["value"].as_array().unwrap().len(), 1);
    assert_eq!(told["value"][0]["id"], user.as_str());
}

#[tokio::test]
async fn batches_answer_each_on_its_own() {
    let c = Client::new().await;
    let json_type = json!({ "Content-Type": "application/json" });
    let sent = json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/users/MeganB@contoso.com?$select=displayName" },
        { "id": "2", "method": "GET", "url": "users/nobody@contoso.com" },
        { "id": "3", "method": "GET", "url": "/groups", "dependsOn": ["2"] },
        { "id": "4", "method": "GET", "url": "/users/$count", "headers": { "ConsistencyLevel": "eventual" } },
        { "id": "5", "method": "POST", "url": "/groups", "headers": json_type, "body": super::client::group("b") },
    ]});
    let told = c.post("/$batch", sent).await.is(200);
    let statuses: Vec<_> = told["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 404, 424, 200, 201]);
    assert_eq!(told["responses"][0]["body"]["displayName"], "Megan Bowen");
    let one = json!({ "id": "1", "method": "GET", "url": "/users" });
    for wrong in [
        json!({}),
        json!({ "requests": [] }),
        json!({ "requests": [one, one] }),
        json!({ "requests": (0..21).map(|i| json!({ "id": i.to_string(), "method": "GET", "url": "/users" })).collect::<Vec<_>>() }),
        json!({ "requests": [{ "id": "1", "method": "POST", "url": "/users", "body": {} }] }),
        json!({ "requests": [{ "id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"] }] }),
    ] {
        c.post("/$batch", wrong).await.refuses(400, "batch");
    }
    let fault = json!({ "kind": "throttle", "path": "/users", "retry_after": 7, "count": 1 });
    c.control("POST", "/faults", Some(fault)).await.is(204);
    let sent = json!({ "requests": [one, { "id": "2", "method": "GET", "url": "/groups" }] });
    let told = c.post("/$batch", sent).await.is(200);
    assert_eq!(told["responses"][0]["status"], 429);
    assert_eq!(told["responses"][0]["headers"]["retry-after"], "7");
    assert_eq!(told["responses"][1]["status"], 200);
}

/// Bounds far above what is expected, so that only a change of order of growth fails.
#[tokio::test]
async fn a_large_tenant_answers_quickly() {
    let started = Instant::now();
    let c = many(100_000).await;
    println!("start with 100,000 users: {:?}", started.elapsed());
    let started = Instant::now();
    let told = c.get("/users?$top=999").await.is(200);
    println!("a page of 999: {:?}", started.elapsed());
    let id = told["value"][500]["id"].as_str().unwrap();
    let started = Instant::now();
    for _ in 0..100 {
        c.get(&format!("/users/{id}")).await.is(200);
    }
    println!("one object: {:?}", started.elapsed() / 100);
    assert!(started.elapsed().as_millis() < 10_000, "{:?}", started.elapsed());
}
