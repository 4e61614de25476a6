//! The tenant of the worked cases, and a short hand for its policies and sign-ins.

use m365::policy::ca::{Directory, Policy, SignIn};
use serde_json::{Value, json};

pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(crate) const SYNCHRONISATION: &str = "d29b2b05-8046-44ba-8758-1e26182fcf32";

/// Names for ids that nobody can read.
const NAMES: [(&str, &str); 15] = [
    ("EXO", "00000002-0000-0ff1-ce00-000000000000"),
    ("SPO", "00000003-0000-0ff1-ce00-000000000000"),
    ("Teams", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"),
    ("ARM", "797f4846-ba00-4fd7-ba43-dac1f8f63013"),
    ("Graph", "00000003-0000-0000-c000-000000000000"),
    ("AAD", "00000002-0000-0000-c000-000000000000"),
    ("Intune", "d4ebce55-015a-49b5-a083-c84d1797ae8c"),
    ("AppX", "aaaaaaaa-0000-0000-0000-000000000001"),
    ("AppY", "aaaaaaaa-0000-0000-0000-000000000002"),
    ("GA", GLOBAL_ADMINISTRATOR),
    ("Sync", SYNCHRONISATION),
    ("strength-mfa", "00000000-0000-0000-0000-000000000002"),
    ("strength-phishing-resistant", "00000000-0000-0000-0000-000000000004"),
    ("T2", "22222222-0000-0000-0000-000000000000"),
    ("T3", "33333333-0000-0000-0000-000000000000"),
];

/// Puts ids in the place of names, in every text of `value`.
pub(crate) fn with_ids(value: &Value) -> Value {
    let id_of = |text: &str| -> String {
        NAMES.iter().find(|(name, _)| *name == text).map_or(text, |(_, id)| id).to_owned()
    };
    match value {
        Value::String(text) => Value::from(id_of(text)),
        Value::Array(values) => values.iter().map(with_ids).collect(),
        Value::Object(properties) => {
            properties.iter().map(|(name, value)| (id_of(name), with_ids(value))).collect()
        }
        other => other.clone(),
    }
}

/// A policy from short hand: for all users and all applications, enabled, unless it says otherwise.
///
/// `users`, `apps`, `workloads` are Graph's objects; `when` holds other conditions; `grant` the
/// controls under `operator`, or `strength`; `session` the session controls.
pub(crate) fn policy(short: &Value) -> Policy {
    let or = |name: &str, default: Value| match &short[name] {
        Value::Null => default,
        given => given.clone(),
    };
    let mut conditions = json!({
        "clientAppTypes": ["all"],
        "users": or("users", json!({"includeUsers": ["All"]})),
        "applications": or("apps", json!({"includeApplications": ["All"]})),
    });
    if !short["workloads"].is_null() {
        conditions["users"] = json!({"includeUsers": ["None"]});
        conditions["clientApplications"] = short["workloads"].clone();
    }
    for (name, value) in short["when"].as_object().into_iter().flatten() {
        conditions[name] = value.clone();
    }
    let strength = match &short["strength"] {
        Value::Null => Value::Null,
        id => json!({"id": id}),
    };
    let grant = if short["grant"].is_null() && strength.is_null() {
        Value::Null
    } else {
        json!({
            "operator": or("operator", json!("OR")),
            "builtInControls": or("grant", json!([])),
            "authenticationStrength": strength,
        })
    };
    let graph = json!({
        "id": short["name"],
        "displayName": short["name"],
        "state": or("state", json!("enabled")),
        "conditions": conditions,
        "grantControls": grant,
        "sessionControls": short["session"],
    });
    Policy::from_graph(&with_ids(&graph)).unwrap_or_else(|error| panic!("{short}: {error}"))
}

/// A sign-in from short hand: `who` or `workload`; `app`, `action` or `context`; `on` holds the
/// conditions beyond the usual ones of a browser on Windows without any risk, and `facts`.
pub(crate) fn sign_in(short: &Value) -> SignIn {
    let identity = if short["workload"].is_null() {
        json!({"@odata.type": "#microsoft.graph.userSignIn", "userId": short["who"]})
    } else {
        json!({
            "@odata.type": "#microsoft.graph.servicePrincipalSignIn",
            "servicePrincipalId": short["workload"],
        })
    };
    let context = if !short["action"].is_null() {
        json!({"@odata.type": "#microsoft.graph.userActionContext", "userAction": short["action"]})
    } else if !short["context"].is_null() {
        json!({
            "@odata.type": "#microsoft.graph.authContext",
            "authenticationContextValue": short["context"],
        })
    } else {
        json!({
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [short["app"]],
        })
    };
    let mut conditions = json!({
        "devicePlatform": "windows",
        "clientAppType": "browser",
        "signInRiskLevel": "none",
        "userRiskLevel": "none",
        "servicePrincipalRiskLevel": "none",
        "insiderRiskLevel": "none",
        "authenticationFlow": {"transferMethod": "none"},
        "ipAddress": "198.51.100.7",
        "country": "NL",
        "deviceInfo": {},
    });
    for (name, value) in short["on"].as_object().into_iter().flatten() {
        conditions[name] = value.clone();
    }
    let sign_in = json!({
        "signInIdentity": identity,
        "signInContext": context,
        "signInConditions": conditions,
        "facts": if short["facts"].is_null() { json!({}) } else { short["facts"].clone() },
    });
    serde_json::from_value(with_ids(&sign_in)).unwrap_or_else(|error| panic!("{short}: {error}"))
}

/// The tenant, with what `changes` replaces in it.
pub(crate) fn directory(changes: &Value) -> Directory {
    let member = |id: &str, roles: &[&str], methods: &[&str]| {
        json!({
            "id": id, "userPrincipalName": format!("{id}@contoso.example"), "userType": "Member",
            "accountEnabled": true, "roles": roles, "methods": methods,
        })
    };
    let push = ["password", "microsoftAuthenticatorPush", "fido2"];
    let mut tenant = json!({
        "tenantId": "11111111-0000-0000-0000-000000000000",
        "complete": {"groups": true, "locations": true},
        "users": [
            member("alice", &[], &push),
            member("bob", &[], &["password", "sms"]),
            member("adm", &[GLOBAL_ADMINISTRATOR], &push),
            member("pim", &[], &push),
            member("bg1", &[GLOBAL_ADMINISTRATOR], &["fido2"]),
            member("sync", &[SYNCHRONISATION], &["password"]),
            member("carol", &[], &["password"]),
            {"id": "gina", "externalUserType": "b2bCollaborationGuest", "homeTenantId": "T2",
             "roles": []},
            {"id": "dora", "externalUserType": "b2bDirectConnectUser", "homeTenantId": "T2",
             "roles": []},
        ],
        "groups": [
            {"id": "Leadership", "members": ["Executives"]},
            {"id": "Executives", "members": ["alice"]},
            {"id": "EmergencyAccess", "members": ["bg1"]},
            {"id": "Robots", "members": ["sp1"]},
        ],
        "servicePrincipals": [
            {"id": "sp1", "appId": "AppX", "servicePrincipalType": "Application",
             "appOwnerOrganizationId": "11111111-0000-0000-0000-000000000000",
             "customSecurityAttributes": {"Access": {"Tier": "High"}}},
            {"id": "foreign", "servicePrincipalType": "Application",
             "appOwnerOrganizationId": "T2"},
            {"id": "managed", "servicePrincipalType": "ManagedIdentity",
             "appOwnerOrganizationId": "11111111-0000-0000-0000-000000000000"},
            {"id": "sp2", "appId": "AppY", "servicePrincipalType": "Application",
             "appOwnerOrganizationId": "T2", "customSecurityAttributes": {}},
        ],
        "locations": [
            {"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "HQ", "isTrusted": true,
             "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange",
                           "cidrAddress": "203.0.113.0/24"}]},
            {"@odata.type": "#microsoft.graph.countryNamedLocation", "id": "NL",
             "countriesAndRegions": ["NL"], "includeUnknownCountriesAndRegions": false},
            {"@odata.type": "#microsoft.graph.countryNamedLocation", "id": "Bad",
             "countriesAndRegions": ["KP"], "includeUnknownCountriesAndRegions": false},
        ],
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        tenant[name] = value.clone();
    }
    serde_json::from_value(with_ids(&tenant)).unwrap_or_else(|error| panic!("{changes}: {error}"))
}
