//! The authentication methods policy and its configurations.

use serde_json::{Value, json};

use super::client::Client;

const POLICY: &str = "/policies/authenticationMethodsPolicy";

fn path(method: &str) -> String {
    format!("{POLICY}/authenticationMethodConfigurations/{method}")
}

fn of(kind: &str, properties: Value) -> Value {
    let mut body = properties;
    body["@odata.type"] =
        format!("#microsoft.graph.{kind}AuthenticationMethodConfiguration").into();
    body
}

#[tokio::test]
async fn the_policy_is_told_with_its_methods() {
    let c = Client::new().await;
    let told = c.get(POLICY).await.is(200);
    let methods = told["authenticationMethodConfigurations"].as_array().unwrap();
    let has = |id: &str| methods.iter().any(|one| one["id"] == id);
    assert!(has("Fido2") && has("X509Certificate") && !has("HardwareOath"), "{told}");
    assert!(told.get("systemCredentialPreferences").is_none(), "it is in the beta alone");
    let beta = c.get(&format!("/beta{POLICY}")).await.is(200);
    assert!(beta["systemCredentialPreferences"].is_object());
    let campaign = |days: i64| {
        json!({ "registrationEnforcement": { "authenticationMethodsRegistrationCampaign": {
            "state": "enabled", "snoozeDurationInDays": days, "excludeTargets": [],
            "includeTargets": [{ "id": "all_users", "targetType": "group",
                "targetedAuthenticationMethod": "microsoftAuthenticator" }],
        } } })
    };
    let told = c.patch(POLICY, campaign(14)).await.is(200);
    let path = "/registrationEnforcement/authenticationMethodsRegistrationCampaign";
    assert_eq!(told.pointer(path).unwrap()["snoozeDurationInDays"], 14);
    // What v1.0 has no word for stays.
    let beta = c.get(&format!("/beta{POLICY}")).await.is(200);
    assert_eq!(beta.pointer(path).unwrap()["enforceRegistrationAfterAllowedSnoozes"], true);
    c.patch(POLICY, campaign(15)).await.refuses(400, "snoozeDurationInDays");
    c.patch(POLICY, json!({ "policyVersion": "2" })).await.refuses(400, "read-only");
    c.delete(POLICY).await.refuses(405, "");
}

#[tokio::test]
async fn a_method_is_patched_with_its_type_and_its_targets_as_a_whole() {
    let c = Client::new().await;
    let told = c.get(&path("fido2")).await.is(200);
    assert_eq!(told["@odata.type"], "#microsoft.graph.fido2AuthenticationMethodConfiguration");
    let sms = path("Sms");
    c.patch(&sms, json!({ "state": "enabled" })).await.refuses(400, "@odata.type");
    c.patch(&sms, of("voice", json!({ "state": "enabled" }))).await.refuses(400, "");
    let target = json!({ "id": "g", "targetType": "group", "isUsableForSignIn": true });
    c.patch(&sms, of("sms", json!({ "includeTargets": [target] }))).await.is(204);
    let told = c.get(&sms).await.is(200);
    assert_eq!(told["includeTargets"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["includeTargets"][0]["id"], "g");
    assert_eq!(told["state"], "disabled", "what is not sent stays");
    let wrong = json!({ "includeTargets": [{ "id": "g" }] });
    c.patch(&sms, of("sms", wrong)).await.refuses(400, "targetType");
    let wrong = json!({ "includeTargets": [{ "id": "g", "targetType": "group", "authenticationMode": "any" }] });
    c.patch(&sms, of("sms", wrong)).await.refuses(400, "authenticationMode");
    c.delete(&sms).await.refuses(405, "");
}

#[tokio::test]
async fn limits_of_methods_are_those_of_the_reference() {
    let c = Client::new().await;
    let refused = [
        ("temporaryAccessPass", json!({ "defaultLength": 7 })),
        ("temporaryAccessPass", json!({ "defaultLifetimeInMinutes": 481 })),
        ("temporaryAccessPass", json!({ "maximumLifetimeInMinutes": 59 })),
        ("qrCodePin", json!({ "pinLength": 21 })),
        ("qrCodePin", json!({ "standardQRCodeLifetimeInDays": 396 })),
        (
            "x509Certificate",
            json!({ "certificateUserBindings": [
            { "x509CertificateField": "PrincipalName", "userProperty": "userPrincipalName", "priority": 1 },
            { "x509CertificateField": "RFC822Name", "userProperty": "userPrincipalName", "priority": 1 },
        ] }),
        ),
        ("fido2", json!({ "passkeyProfiles": [{ "id": "p", "name": "P" }] })),
    ];
    for (kind, body) in refused {
        c.patch(&path(kind), of(kind, body)).await.refuses(400, "");
    }
    let external = json!({
        "displayName": "Other", "state": "disabled", "appId": "a",
        "openIdConnectSetting": { "clientId": "c", "discoveryUrl": "https://example.com" },
    });
    let told = c.post(path("").trim_end_matches('/'), of("external", external)).await.is(201);
    c.delete(&path(told["id"].as_str().unwrap())).await.is(204);
    let sms = of("sms", json!({ "state": "enabled" }));
    c.post(path("").trim_end_matches('/'), sms).await.refuses(400, "external");
}
