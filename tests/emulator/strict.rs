//! What the documented Graph refuses, the emulator refuses, with Graph's own body.

use serde_json::{Value, json};

use super::client::{Client, answer, user};

#[tokio::test]
async fn bodies_that_are_not_of_the_type_are_refused() {
    let c = Client::new().await;
    let cases: &[(Value, &str)] = &[
        (json!({ "nickName": "x" }), "Property 'nickName' does not exist"),
        (json!({ "accountEnabled": "true" }), "accountEnabled"),
        (json!({ "displayName": 5 }), "displayName"),
        (json!({ "displayName": null }), "A value is required for property 'displayName'"),
        (json!({ "displayName": "" }), "displayName"),
        (json!({ "createdDateTime": "2024-01-01T00:00:00Z" }), "read-only"),
        (json!({ "id": "11111111-1111-4111-8111-111111111111" }), "read-only"),
        (json!({ "onPremisesSyncEnabled": true }), "read-only"),
        (json!({ "businessPhones": null }), "null"),
        (json!({ "businessPhones": ["1", "2"] }), "businessPhones"),
        (json!({ "employeeHireDate": "yesterday" }), "employeeHireDate"),
        (json!({ "usageLocation": "Swiss" }), "usageLocation"),
        (json!({ "userType": "Alien" }), "userType"),
        (json!({ "userPrincipalName": "x" }), "userPrincipalName"),
        (json!({ "userPrincipalName": "x@unknown.example" }), "verified domain"),
        (
            json!({ "userPrincipalName": "MeganB@contoso.com" }),
            "Another object with the same value",
        ),
        (json!({ "passwordProfile": { "password": "short" } }), "complexity"),
        (json!({ "passwordProfile": { "secret": "x" } }), "'secret' does not exist"),
        (json!({ "manager": { "id": "x" } }), "navigation property"),
        (json!({ "memberOf@odata.bind": ["x"] }), "cannot be bound"),
        (json!({ "@odata.type": "#microsoft.graph.group" }), "not compatible"),
    ];
    for (change, expected) in cases {
        let mut sent = user("strict");
        sent.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        c.post("/users", sent).await.refuses(400, expected);
    }
    let mut sent = user("strict");
    sent["@odata.type"] = json!("#microsoft.graph.user");
    c.post("/users", sent).await.is(201);
}

#[tokio::test]
async fn requests_that_are_not_of_the_api_are_refused() {
    let c = Client::new().await;
    c.get("/people").await.refuses(400, "segment 'people'");
    c.get("/v2.0/users").await.refuses(400, "v2.0");
    c.put("/users", json!({})).await.refuses(405, "not allowed");
    c.get("/users/MeganB@contoso.com/photoAlbum").await.refuses(400, "photoAlbum");
    c.get("/users/nobody@contoso.com").await.refuses(404, "Request_ResourceNotFound");
    c.post("/groups/x/members", json!({})).await.refuses(405, "not allowed");
    let request = c.request("POST", "/v1.0/users", None).header("content-type", "application/json");
    answer(request.body("{")).await.refuses(400, "valid JSON");
    let request = c.request("POST", "/v1.0/users", None).header("content-type", "text/plain");
    answer(request.body("{}")).await.refuses(400, "Content-Type");
    c.post("/groups/x/members/$ref", json!({ "@odata.id": "x", "more": 1 }))
        .await
        .refuses(400, "'x'");
    let group = c.new_group("g").await;
    let path = format!("/groups/{group}/members/$ref");
    c.post(&path, json!({ "@odata.id": "no address" })).await.refuses(400, "Invalid URL");
    c.post(&path, json!({ "id": "x" })).await.refuses(400, "@odata.id");
    c.post(&path, c.reference("11111111-1111-4111-8111-111111111111"))
        .await
        .refuses(404, "11111111");
    let many: Vec<String> = (0..21).map(|_| c.address("x")).collect();
    c.patch(&format!("/groups/{group}"), json!({ "members@odata.bind": many }))
        .await
        .refuses(400, "20");
}

#[tokio::test]
async fn queries_that_are_not_supported_are_refused() {
    let c = Client::new().await;
    let cases = [
        ("/users?$select=nickName", "Could not find a property named 'nickName'"),
        ("/users?$filter=nickName eq 'x'", "Could not find a property named 'nickName'"),
        ("/users?$filter=displayName eq", "Invalid filter clause"),
        ("/users?$filter=aboutMe eq 'x'", "Unsupported or invalid query filter clause"),
        ("/users?$filter=contains(displayName,'x')", "contains"),
        ("/users?$filter=displayName ne 'x'", "'ne' is not supported"),
        ("/users?$filter=endsWith(mail,'x')", "Operator 'endsWith' is not supported"),
        ("/users?$filter=displayName eq 'x'&$orderby=displayName", "$orderby"),
        ("/users?$search=\"displayName:x\"", "ConsistencyLevel: eventual"),
        ("/users?$count=true", "$count is not currently supported"),
        ("/users/$count", "$count is not currently supported"),
        ("/users?$top=1000", "Invalid page size"),
        ("/users?$top=0", "$top"),
        ("/users?$skip=5", "'$skip' is not supported"),
        ("/users?$expand=friends", "friends"),
        ("/users?$expand=manager,memberOf", "Multiple expressions"),
        ("/users?$skiptoken=mine", "ExpiredPageToken"),
        ("/users/MeganB@contoso.com?$filter=displayName eq 'x'", "$filter"),
    ];
    for (path, expected) in cases {
        c.get(path).await.refuses(400, expected);
    }
    let expanded = "/users?$expand=manager&$count=true&$filter=displayName ne 'x'";
    c.get_eventual(expanded).await.refuses(400, "$expand is not supported");
    let unit = json!({ "displayName": "Unit" });
    let unit = c.post("/directory/administrativeUnits", unit).await.is(201);
    let members =
        format!("/directory/administrativeUnits/{}/members", unit["id"].as_str().unwrap());
    c.get(&members).await.is(200);
    c.get(&format!("{members}?$select=id")).await.refuses(400, "advanced query parameters");
    c.get_eventual(&format!("{members}?$select=id&$count=true")).await.is(200);
    let change = json!({ "usageLocation": null });
    c.patch("/users/MeganB@contoso.com", change).await.refuses(400, "usageLocation");
}

#[tokio::test]
async fn tokens_are_asked_for_and_looked_at() {
    let c = Client::new().await;
    let secret = ("client_secret", "emulator-secret");
    let id = ("client_id", m365::emulator::CLIENT_ID);
    let denied = [
        (vec![id, ("client_secret", "wrong")], 401, 7_000_215),
        (vec![id], 401, 7_000_218),
        (vec![("client_id", "someone"), secret], 400, 700_016),
        (vec![id, secret, ("scope", "user.read")], 400, 70011),
        (vec![id, secret, ("grant_type", "password")], 400, 70003),
    ];
    for (fields, status, number) in denied {
        let told = c.token(&fields).await.is(status);
        assert_eq!(told["error_codes"], json!([number]));
        assert!(
            told["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{number}: "))
        );
    }
    let bare = |token: &str| {
        c.http
            .get(format!("{}/v1.0/users", c.graph.endpoint()))
            .header("Authorization", token.to_owned())
    };
    answer(bare("")).await.refuses(401, "InvalidAuthenticationToken");
    answer(bare("Bearer x")).await.refuses(401, "CompactToken");
}

#[tokio::test]
async fn permissions_are_needed() {
    let mut c = Client::new().await;
    c.control("POST", "/roles", Some(json!({ "roles": ["User.Read.All", "Policy.Read.All"] })))
        .await
        .is(204);
    c.post("/users", user("before")).await.is(201);
    c.sign_in().await;
    c.get("/users").await.is(200);
    c.post("/users", user("after")).await.refuses(403, "Authorization_RequestDenied");
    c.get("/identity/conditionalAccess/policies").await.is(200);
    c.post("/identity/conditionalAccess/policies", json!({})).await.refuses(403, "AccessDenied");
    c.get("/groups").await.refuses(403, "Authorization_RequestDenied");
    let roles = ["User.ReadWrite.All", "Group.ReadWrite.All"];
    c.control("POST", "/roles", Some(json!({ "roles": roles }))).await.is(204);
    c.sign_in().await;
    let id = c.new_user("x").await;
    let password = json!({ "passwordProfile": { "password": "xWwvJ]6NMw+bWH-d" } });
    c.patch(&format!("/users/{id}"), password).await.refuses(403, "Authorization_RequestDenied");
    let mut sent = super::client::group("admins");
    sent["isAssignableToRole"] = json!(true);
    c.post("/groups", sent).await.refuses(403, "Authorization_RequestDenied");
}
