//! Conditional Access, named locations, authentication strengths and tenant-wide policies.

use serde_json::{Value, json};

use super::client::Client;

const POLICIES: &str = "/identity/conditionalAccess/policies";
const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";

fn policy() -> Value {
    json!({
        "displayName": "Require MFA",
        "state": "enabled",
        "conditions": {
            "applications": { "includeApplications": ["All"] },
            "users": { "includeUsers": ["All"] },
        },
        "grantControls": { "operator": "AND", "builtInControls": ["mfa"] },
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut policy = policy();
    *policy.pointer_mut(path).unwrap() = value;
    policy
}

#[tokio::test]
async fn policies_come_back_as_graph_keeps_them() {
    let c = Client::new().await;
    let mut sent = policy();
    sent["conditions"]["users"]["excludeGuestsOrExternalUsers"] = json!({
        "guestOrExternalUserTypes": "B2bCollaborationGuest,ServiceProvider",
        "externalTenants": { "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all" },
    });
    sent["conditions"]["platforms"] = json!({ "includePlatforms": ["linux", "windows"] });
    let told = c.post(POLICIES, sent).await.is(201);
    assert_eq!(told["grantControls"]["operator"], "OR", "a single control");
    assert_eq!(told["grantControls"]["termsOfUse"], json!([]));
    assert_eq!(told["conditions"]["clientAppTypes"], json!(["all"]));
    assert_eq!(told["conditions"]["locations"], json!(null));
    assert_eq!(told["conditions"]["userRiskLevels"], json!([]));
    assert_eq!(told["conditions"]["users"]["excludeUsers"], json!([]));
    let guests = &told["conditions"]["users"]["excludeGuestsOrExternalUsers"];
    assert_eq!(guests["guestOrExternalUserTypes"], "b2bCollaborationGuest,serviceProvider");
    assert_eq!(told["sessionControls"], json!(null));
    assert_eq!(told["conditions"]["platforms"]["includePlatforms"][0], "unknownFutureValue");
    let path = format!("{POLICIES}/{}", told["id"].as_str().unwrap());
    let known = c
        .request("GET", &format!("/v1.0{path}"), None)
        .header("Prefer", "include-unknown-enum-members");
    let known = super::client::answer(known).await.is(200);
    assert_eq!(known["conditions"]["platforms"]["includePlatforms"][0], "linux");
    c.patch(&path, json!({ "conditions": { "signInRiskLevels": ["HIGH"] } })).await.is(204);
    let told = c.get(&path).await.is(200);
    assert_eq!(told["conditions"]["signInRiskLevels"], json!(["high"]));
    assert_eq!(told["conditions"]["users"]["includeUsers"], json!(["All"]));
    assert!(told["modifiedDateTime"].is_string());
    c.delete(&path).await.is(204);
    c.get(&path).await.refuses(404, "NotFound");
    let gone = format!(
        "/identity/conditionalAccess/deletedItems/policies/{}",
        told["id"].as_str().unwrap()
    );
    c.post(&format!("{gone}/restore"), json!({})).await.is(200);
    c.get(&path).await.is(200);
}

#[tokio::test]
async fn policies_that_make_no_sense_are_refused() {
    let c = Client::new().await;
    let nobody = "11111111-1111-4111-8111-111111111111";
    let cases = [
        (with("/displayName", json!("")), "displayName"),
        (with("/state", json!("on")), "state"),
        (with("/grantControls", json!(null)), "grantControls or sessionControls"),
        (
            with("/grantControls", json!({ "operator": "OR", "builtInControls": [] })),
            "at least one control",
        ),
        (
            with(
                "/grantControls",
                json!({ "operator": "OR", "builtInControls": ["block", "mfa"] }),
            ),
            "block",
        ),
        (
            with("/grantControls", json!({ "operator": "XOR", "builtInControls": ["mfa"] })),
            "operator",
        ),
        (
            with("/grantControls", json!({ "operator": "OR", "builtInControls": ["magic"] })),
            "builtInControls",
        ),
        (with("/grantControls", json!({ "operator": "OR", "termsOfUse": [nobody] })), "termsOfUse"),
        (
            with(
                "/grantControls",
                json!({ "operator": "OR", "authenticationStrength": { "id": nobody } }),
            ),
            "strength",
        ),
        (with("/conditions/users", json!({ "includeUsers": [] })), "users"),
        (with("/conditions/users", json!({ "includeUsers": [nobody] })), nobody),
        (
            with(
                "/conditions/users",
                json!({ "includeUsers": ["All"], "excludeGroups": [nobody] }),
            ),
            nobody,
        ),
        (with("/conditions/users", json!({ "includeRoles": [nobody] })), nobody),
        (
            with("/conditions/users", json!({ "includeUser": ["All"] })),
            "'includeUser' does not exist",
        ),
        (with("/conditions/users", json!({ "includeUsers": "All" })), "includeUsers"),
        (with("/conditions/users", json!({ "includeUsers": null })), "null"),
        (with("/conditions/applications", json!({ "includeApplications": [nobody] })), nobody),
        (
            with(
                "/conditions/applications",
                json!({ "includeApplications": ["All"], "includeUserActions": ["urn:user:registerdevice"] }),
            ),
            "1012",
        ),
        (with("/conditions", json!({ "users": { "includeUsers": ["All"] } })), "applications"),
        (with("/conditions", json!(null)), "null"),
    ];
    for (sent, expected) in cases {
        c.post(POLICIES, sent).await.refuses(400, expected);
    }
    let mut sent = policy();
    sent["createdDateTime"] = json!("2024-01-01T00:00:00Z");
    c.post(POLICIES, sent).await.refuses(400, "read-only");
    let mut sent = policy();
    sent["sessionControls"] =
        json!({ "signInFrequency": { "isEnabled": true, "frequencyInterval": "timeBased" } });
    c.post(POLICIES, sent).await.refuses(400, "signInFrequency");
}

#[tokio::test]
async fn security_defaults_and_policies_exclude_each_other() {
    let c = Client::new().await;
    let defaults = "/policies/identitySecurityDefaultsEnforcementPolicy";
    c.patch(defaults, json!({ "isEnabled": true })).await.is(204);
    c.post(POLICIES, policy()).await.refuses(400, "Security Defaults is enabled");
    let report_only = with("/state", json!("enabledForReportingButNotEnforced"));
    let id = c.post(POLICIES, report_only).await.is(201)["id"].as_str().unwrap().to_owned();
    let path = format!("{POLICIES}/{id}");
    c.patch(&path, json!({ "state": "enabled" }))
        .await
        .refuses(400, "Security Defaults is enabled");
    c.patch(defaults, json!({ "isEnabled": false })).await.is(204);
    c.patch(&path, json!({ "state": "enabled" })).await.is(204);
    c.patch(defaults, json!({ "isEnabled": true })).await.refuses(400, "enabled");
}

#[tokio::test]
async fn locations_in_use_or_trusted_stay() {
    let c = Client::new().await;
    let range = json!([{ "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24" }]);
    let office = json!({
        "@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "isTrusted": true, "ipRanges": range,
    });
    let told = c.post(LOCATIONS, office).await.is(201);
    assert_eq!(told["@odata.type"], "#microsoft.graph.ipNamedLocation");
    let id = told["id"].as_str().unwrap().to_owned();
    let path = format!("{LOCATIONS}/{id}");
    let mut sent = policy();
    sent["conditions"]["locations"] =
        json!({ "includeLocations": ["All"], "excludeLocations": [id] });
    let user = c.post(POLICIES, sent).await.is(201)["id"].as_str().unwrap().to_owned();
    c.delete(&path).await.refuses(400, "trusted");
    c.patch(&path, json!({ "isTrusted": false })).await.refuses(400, "@odata.type");
    let change = json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": false });
    c.patch(&path, change).await.is(204);
    c.delete(&path).await.refuses(400, "Require MFA");
    c.delete(&format!("{POLICIES}/{user}")).await.is(204);
    c.delete(&path).await.is(204);
    let cases = [
        (json!({ "displayName": "x" }), "@odata.type"),
        (
            json!({ "@odata.type": "#microsoft.graph.namedPlace", "displayName": "x" }),
            "could not be resolved",
        ),
        (json!({ "@odata.type": "#microsoft.graph.user", "displayName": "x" }), "not compatible"),
        (
            json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "x" }),
            "ipRanges",
        ),
        (
            json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "x", "ipRanges": [{ "cidrAddress": "198.51.100.0/24" }] }),
            "@odata.type",
        ),
        (
            json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "x", "ipRanges": [{ "@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "198.51.100.0/24" }] }),
            "198.51.100.0/24",
        ),
        (
            json!({ "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "x", "countriesAndRegions": ["Swiss"] }),
            "Swiss",
        ),
        (
            json!({ "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "x", "isTrusted": true }),
            "isTrusted",
        ),
    ];
    for (sent, expected) in cases {
        c.post(LOCATIONS, sent).await.refuses(400, expected);
    }
    let country = json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Swiss", "countriesAndRegions": ["CH"],
    });
    let told = c.post(LOCATIONS, country).await.is(201);
    assert_eq!(told["countryLookupMethod"], "clientIpAddress");
    assert!(told.get("isTrusted").is_none());
}

#[tokio::test]
async fn strengths_are_written_by_id_and_told_whole() {
    let c = Client::new().await;
    let path = "/policies/authenticationStrengthPolicies";
    let built_in = "00000000-0000-0000-0000-000000000004";
    assert_eq!(c.get(path).await.is(200)["value"].as_array().unwrap().len(), 3);
    let strength =
        json!({ "displayName": "Mine", "allowedCombinations": ["fido2", "password, sms"] });
    let told = c.post(path, strength).await.is(201);
    assert_eq!(told["allowedCombinations"], json!(["fido2", "password,sms"]));
    let id = told["id"].as_str().unwrap();
    c.patch(&format!("{path}/{id}"), json!({ "allowedCombinations": ["fido2"] }))
        .await
        .refuses(400, "allowedCombinations");
    let told = c
        .post(
            &format!("{path}/{id}/updateAllowedCombinations"),
            json!({ "allowedCombinations": ["fido2"] }),
        )
        .await
        .is(200);
    assert_eq!(told["previousCombinations"], json!(["fido2", "password,sms"]));
    c.patch(&format!("{path}/{built_in}"), json!({ "displayName": "x" }))
        .await
        .refuses(400, "Built-in");
    let keys = json!({
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        "allowedAAGUIDs": ["486c3b50-889c-480a-abc5-c04ef7c873e0"], "appliesToCombinations": ["fido2"],
    });
    let other = "/identity/conditionalAccess/authenticationStrength/policies";
    c.post(&format!("{other}/{id}/combinationConfigurations"), keys).await.is(201);
    let grant = json!({ "operator": "OR", "authenticationStrength": { "id": id } });
    let told = c.post(POLICIES, with("/grantControls", grant)).await.is(201);
    assert_eq!(told["grantControls"]["authenticationStrength"]["displayName"], "Mine");
    assert_eq!(
        told["grantControls"]["authenticationStrength"]["combinationConfigurations"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    c.delete(&format!("{path}/{id}")).await.refuses(400, "used by");
}

#[tokio::test]
async fn contexts_are_made_by_patch() {
    let c = Client::new().await;
    let path = "/identity/conditionalAccess/authenticationContextClassReferences";
    c.patch(&format!("{path}/c1"), json!({ "displayName": "Trusted", "isAvailable": true }))
        .await
        .is(204);
    c.patch(&format!("{path}/c1"), json!({ "description": "Devices" })).await.is(204);
    assert_eq!(c.get(&format!("{path}/c1")).await.is(200)["displayName"], "Trusted");
    c.patch(&format!("{path}/x1"), json!({ "displayName": "x" })).await.refuses(400, "c99");
    c.delete(&format!("{path}/c1")).await.refuses(403, "published");
    c.patch(&format!("{path}/c1"), json!({ "isAvailable": false })).await.is(204);
    let sent = with(
        "/conditions/applications",
        json!({ "includeAuthenticationContextClassReferences": ["c1"] }),
    );
    let user = c.post(POLICIES, sent).await.is(201)["id"].as_str().unwrap().to_owned();
    c.delete(&format!("{path}/c1")).await.refuses(400, "used by");
    c.delete(&format!("{POLICIES}/{user}")).await.is(204);
    c.delete(&format!("{path}/c1")).await.is(204);
}

#[tokio::test]
async fn registration_of_devices_is_taken_as_a_whole() {
    let c = Client::new().await;
    let path = "/policies/deviceRegistrationPolicy";
    let mut policy = c.get(path).await.is(200);
    policy.as_object_mut().unwrap().retain(|name, _| !name.starts_with("@odata"));
    c.put(path, policy.clone()).await.refuses(400, "read-only");
    let taken = policy.as_object_mut().unwrap();
    taken.retain(|name, _| !["id", "displayName", "description"].contains(&name.as_str()));
    taken.insert("userDeviceQuota".into(), 7.into());
    let told = c.put(path, policy.clone()).await.is(200);
    assert_eq!(told["userDeviceQuota"], 7);
    assert_eq!(told["displayName"], "Device Registration Policy");
    policy["localAdminPassword"] = Value::Null;
    c.put(path, policy.clone()).await.refuses(400, "'localAdminPassword' is required");
    policy["localAdminPassword"] = json!({ "isEnabled": true });
    policy["azureADJoin"]["allowedToJoin"] = json!({ "users": [] });
    c.put(path, policy).await.refuses(400, "users");
    c.patch(path, json!({ "userDeviceQuota": 5 })).await.refuses(405, "not allowed");
}

#[tokio::test]
async fn settings_come_from_a_template_and_are_written_with_all_values() {
    let c = Client::new().await;
    let templates = c.get("/groupSettingTemplates").await.is(200);
    let all = templates["value"].as_array().unwrap();
    let names = all.iter().find(|one| one["displayName"] == "Prohibited Names Settings").unwrap();
    let pair = |name: &str, value: &str| json!({ "name": name, "value": value });
    let part =
        json!({ "templateId": names["id"], "values": [pair("CustomBlockedWholeWordsList", "x")] });
    let path = "/groupSettings";
    c.post(path, part).await.refuses(400, "'CustomBlockedSubStringsList' defined in template");
    let both = [pair("CustomBlockedWholeWordsList", "x"), pair("CustomBlockedSubStringsList", "")];
    let whole = json!({ "templateId": names["id"], "values": both });
    let made = c.post(path, whole.clone()).await.is(201);
    assert_eq!(made["displayName"], "Prohibited Names Settings");
    c.post(path, whole).await.refuses(400, "same value for property templateId already exists");
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    c.patch(&own, json!({ "values": [both[0]] })).await.refuses(400, "was not provided");
    c.patch(&own, json!({ "templateId": "x" })).await.refuses(400, "templateId");
    let other = json!([both[0], both[1], pair("Other", "")]);
    c.patch(&own, json!({ "values": other })).await.refuses(400, "no setting of the template");
    c.delete(&own).await.is(204);
    c.get(&own).await.is(404);
}

#[tokio::test]
async fn singletons_are_changed_in_part() {
    let c = Client::new().await;
    let path = "/policies/authorizationPolicy";
    c.patch(path, json!({ "defaultUserRolePermissions": { "allowedToCreateApps": false } }))
        .await
        .is(204);
    let told = c.get(path).await.is(200);
    assert_eq!(told["defaultUserRolePermissions"]["allowedToCreateApps"], false);
    assert_eq!(told["defaultUserRolePermissions"]["allowedToReadOtherUsers"], true);
    c.patch(path, json!({ "allowInvitesFrom": "anyone" })).await.refuses(400, "allowInvitesFrom");
    c.delete(path).await.refuses(405, "not allowed");
}
