//! The documented requests are accepted, and answered in the documented shape.
//!
//! The examples name objects of tenants that are not this one: what they refer to is put in place
//! first, under the ids that they use.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Client, answer};

/// The examples that concern what is modelled: the file and the objects that must be there.
const MODELLED: &[(&str, &[&str])] = &[
    ("administrative_unit_add_member", &["unit", "group"]),
    ("administrative_unit_create", &[]),
    ("administrative_unit_update", &["unit"]),
    ("application_create", &[]),
    ("application_update", &["application"]),
    ("authentication_context_upsert", &[]),
    ("authentication_strength_combination_configuration_create", &["strength"]),
    ("authentication_strength_policy_create", &[]),
    ("authentication_strength_policy_update", &["strength"]),
    ("authentication_strength_policy_update_allowed_combinations", &["strength"]),
    ("authorization_policy_get", &[]),
    ("authorization_policy_update_block_msol", &[]),
    ("authorization_policy_update_default_user_role", &[]),
    ("authorization_policy_update_disable_user_consent", &[]),
    ("beta_conditional_access_policy_restore", &["deleted policy"]),
    ("conditional_access_policy_create_all_conditions", &[]),
    ("conditional_access_policy_create_mfa", &[]),
    ("conditional_access_policy_create_minimal", &[]),
    ("conditional_access_policy_get", &["policy"]),
    ("conditional_access_policy_update", &["policy"]),
    ("directory_deleted_item_delete", &["deleted user"]),
    ("directory_deleted_item_restore", &["deleted group"]),
    ("directory_deleted_items_list_groups", &[]),
    ("directory_deleted_items_list_ordered", &[]),
    ("domain_create", &[]),
    ("domain_federation_configuration_create", &[]),
    ("domain_federation_configuration_update", &["federation"]),
    ("domain_update", &["domain"]),
    ("group_add_member_ref", &["group", "user"]),
    ("group_add_members_bind_patch", &["group", "user"]),
    ("group_create_microsoft365", &[]),
    ("group_create_role_assignable", &[]),
    ("group_create_with_owners_members_bind", &[]),
    ("group_list_members", &["group"]),
    ("group_list_members_advanced", &["group"]),
    ("group_remove_member", &["group", "member"]),
    ("group_update", &["unified group"]),
    ("named_location_create_country", &[]),
    ("named_location_create_ip", &[]),
    ("named_location_update_country", &["country location"]),
    ("named_location_update_ip", &["ip location"]),
    ("on_premises_synchronization_get", &["organization"]),
    ("on_premises_synchronization_update", &["organization"]),
    ("organization_list", &[]),
    ("organization_update", &["organization"]),
    ("role_assignment_create_au_scope", &[]),
    ("role_assignment_create_tenant_scope", &[]),
    ("role_assignment_schedule_request_admin_assign", &[]),
    ("role_definition_create", &[]),
    ("role_definition_update", &["role"]),
    ("role_eligibility_schedule_request_admin_assign", &[]),
    ("security_defaults_get", &[]),
    ("security_defaults_update", &[]),
    ("service_principal_create", &["own application"]),
    ("service_principal_update", &["principal"]),
    ("subscribed_sku_list", &[]),
    ("terms_of_use_agreement_create", &[]),
    ("terms_of_use_agreement_update", &["agreement"]),
    ("user_create", &[]),
    ("user_delete", &["user"]),
    ("user_get_default_properties", &["user"]),
    ("user_get_select", &["user"]),
    ("user_update", &["user"]),
    ("user_update_password", &["user"]),
];

/// Told in examples, and in no published metadata; or of services that have a say in the answer.
const NOT_TOLD: &[&str] = &[
    "@odata.context",
    "@odata.id",
    "@odata.nextLink",
    "creationOptions",
    "createdByAppId",
    "directorySizeQuota",
    "includeProtectionLevels",
    "isMultipleDataLocationsForServicesEnabled",
    "publisherName",
    "times",
    "writebackConfiguration",
];

#[tokio::test]
async fn documented_requests_are_answered_as_documented() {
    let mut wrong = Vec::new();
    for (name, needs) in MODELLED {
        let Some(text) = super::shared(&format!("examples/{name}.json")) else { return };
        let example: Value = serde_json::from_str(&text).unwrap();
        wrong.extend(check(name, needs, &example).await.err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn check(name: &str, needs: &[&str], example: &Value) -> Result<(), String> {
    let c = Client::new().await;
    let (method, api) =
        (example["request"]["method"].as_str().unwrap(), example["api"].as_str().unwrap());
    let mut body = example["request"]["body"].clone();
    let mut path = example["request"]["path"].as_str().unwrap().to_owned();
    refer(&c, &body).await;
    for (at, need) in needs.iter().enumerate() {
        let id = provide(&c, need, &path).await;
        if at == 0 || path.contains('{') {
            path = replaced(&path, &id);
        }
        if at + 1 == needs.len() {
            body = serde_json::from_str(&body.to_string().replace("{id}", &id)).unwrap();
        }
    }
    if name == "domain_create" {
        body["id"] = json!("fabrikam.com");
    }
    unique(&mut body);
    let sent = (!body.is_null()).then_some(&body);
    let mut request = c.request(method, &format!("/{api}{path}"), sent);
    if path.contains("$count=true") {
        request = request.header("ConsistencyLevel", "eventual");
    }
    let told = answer(request).await;
    if Some(u64::from(told.status)) != example["response"]["status"].as_u64() {
        return Err(format!("{name}: {} {path} {body} {}", told.status, told.body));
    }
    let mut missing = BTreeSet::new();
    let documented = &example["response"]["body"];
    // A page drawn from a template shows the object that an action returns under `value`; the metadata
    // says that it is returned itself.
    let documented =
        if documented["value"].is_object() { &documented["value"] } else { documented };
    shape(documented, &told.body, "", &mut missing);
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{name}: not in the answer, or of another kind: {missing:?} {}", told.body))
}

/// Puts in place what a body refers to, under its id.
async fn refer(c: &Client, body: &Value) {
    let put = async |ty: &str, mut properties: Value, id: &str| {
        properties["id"] = json!(id);
        c.control("POST", "/objects", Some(json!({ "type": ty, "properties": properties })))
            .await
            .is(204);
    };
    for id in ids(body, &["includeUsers", "excludeUsers", "principalId"]) {
        put("user", json!({ "userPrincipalName": format!("{id}@contoso.com") }), &id).await;
    }
    for id in ids(body, &["includeGroups", "excludeGroups"]) {
        put("group", json!({ "displayName": "x" }), &id).await;
    }
    for id in ids(body, &["includeLocations", "excludeLocations"]) {
        if !id.starts_with("00000000") {
            put("countryNamedLocation", json!({ "displayName": "x" }), &id).await;
        }
    }
    for id in ids(body, &["termsOfUse"]) {
        put("agreement", json!({ "displayName": "x" }), &id).await;
    }
    for id in ids(body, &["roleDefinitionId"]) {
        put(
            "unifiedRoleDefinition",
            json!({ "displayName": "x", "isEnabled": true, "isBuiltIn": true }),
            &id,
        )
        .await;
    }
    for id in ids(body, &["directoryScopeId"]) {
        put("administrativeUnit", json!({ "displayName": "x" }), &id).await;
    }
    for id in ids(body, &["owners@odata.bind", "members@odata.bind"]) {
        put("user", json!({ "userPrincipalName": format!("{id}@contoso.com") }), &id).await;
    }
}

/// The GUIDs under these names, anywhere in a body.
fn ids(body: &Value, names: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                if names.contains(&name.as_str()) {
                    let texts = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                    found.extend(texts.iter().filter_map(|t| {
                        let id = t.as_str()?.rsplit('/').next()?;
                        uuid::Uuid::try_parse(id).ok().map(|_| id.to_owned())
                    }));
                }
                found.extend(ids(value, names));
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(|i| ids(i, names))),
        _ => {}
    }
    found
}

/// Makes what a request needs, and tells its id.
async fn provide(c: &Client, need: &str, path: &str) -> String {
    let made = async |path: &str, body: Value| {
        c.post(path, body).await.is(201)["id"].as_str().unwrap().to_owned()
    };
    match need {
        "user" => c.new_user("needed").await,
        "group" => c.new_group("needed").await,
        "member" => {
            let (group, user) = (group_in(path), c.new_user("member").await);
            c.post(&format!("/groups/{group}/members/$ref"), c.reference(&user)).await.is(204);
            user
        }
        "unified group" => {
            let body = json!({ "displayName": "g", "groupTypes": ["Unified"], "mailEnabled": true, "mailNickname": "g", "securityEnabled": false });
            made("/groups", body).await
        }
        "deleted user" => {
            let id = c.new_user("needed").await;
            c.delete(&format!("/users/{id}")).await.is(204);
            id
        }
        "deleted group" => {
            let body = json!({ "displayName": "g", "groupTypes": ["Unified"], "mailEnabled": true, "mailNickname": "g", "securityEnabled": false });
            let id = made("/groups", body).await;
            c.delete(&format!("/groups/{id}")).await.is(204);
            id
        }
        "unit" => made("/directory/administrativeUnits", json!({ "displayName": "Unit" })).await,
        "application" => made("/applications", json!({ "displayName": "App" })).await,
        "own application" => {
            let app =
                json!({ "appId": "65415bb1-9267-4313-bbf5-ae259732ee12", "displayName": "App" });
            c.control(
                "POST",
                "/objects",
                Some(json!({ "type": "application", "properties": app })),
            )
            .await
            .is(204);
            String::new()
        }
        "principal" => {
            let told = c.get("/servicePrincipals?$top=1&$select=id").await.is(200);
            told["value"][0]["id"].as_str().unwrap().to_owned()
        }
        "strength" => {
            let body = json!({ "displayName": "S", "allowedCombinations": ["fido2"] });
            made("/policies/authenticationStrengthPolicies", body).await
        }
        "policy" | "deleted policy" => {
            let told = c.get("/identity/conditionalAccess/policies").await.is(200);
            let id = told["value"][0]["id"].as_str().unwrap().to_owned();
            let path = format!("/identity/conditionalAccess/policies/{id}");
            if need == "policy" {
                c.patch(&path, full_policy()).await.is(204);
            } else {
                c.delete(&path).await.is(204);
            }
            id
        }
        "federation" => {
            let body = json!({
                "displayName": "x", "issuerUri": "http://x", "passiveSignInUri": "http://x",
                "preferredAuthenticationProtocol": "wsFed", "signingCertificate": "MIIE",
            });
            made("/domains/contoso.com/federationConfiguration", body).await
        }
        "domain" => "contoso.com".to_owned(),
        "country location" => {
            let body = json!({ "@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "x", "countriesAndRegions": ["CH"] });
            made("/identity/conditionalAccess/namedLocations", body).await
        }
        "ip location" => {
            let range = json!([{ "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24" }]);
            let body = json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "x", "ipRanges": range });
            made("/identity/conditionalAccess/namedLocations", body).await
        }
        "organization" => m365::emulator::TENANT_ID.to_owned(),
        "role" => {
            let permissions = json!([{ "allowedResourceActions": ["microsoft.directory/applications/basic/read"] }]);
            let body =
                json!({ "displayName": "R", "isEnabled": true, "rolePermissions": permissions });
            made("/roleManagement/directory/roleDefinitions", body).await
        }
        "agreement" => {
            let body = json!({ "displayName": "A", "isViewingBeforeAcceptanceRequired": false, "files": [{ "fileName": "a.pdf", "language": "en", "fileData": { "data": "SGk=" } }] });
            made("/identityGovernance/termsOfUse/agreements", body).await
        }
        _ => panic!("{need} cannot be provided"),
    }
}

fn group_in(path: &str) -> String {
    path.split('/').nth(2).unwrap().to_owned()
}

/// Conditions and controls that are not null, so that the documented ones can be compared.
fn full_policy() -> Value {
    json!({
        "conditions": {
            "signInRiskLevels": ["low"],
            "platforms": { "includePlatforms": ["all"], "excludePlatforms": ["iOS"] },
        },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa", "compliantDevice"] },
        "sessionControls": {
            "cloudAppSecurity": { "cloudAppSecurityType": "blockDownloads", "isEnabled": true },
            "signInFrequency": { "value": 4, "type": "hours", "isEnabled": true },
        },
    })
}

/// The path with the id in the place of the example's first.
fn replaced(path: &str, id: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
    let is_id = |s: &str| {
        s.starts_with('{')
            || uuid::Uuid::try_parse(s).is_ok()
            || (s == "contoso.com" && !path.contains("federation"))
    };
    let open = path.contains("/{");
    let mut done = id.is_empty();
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let meant = !done && is_id(segment) && (!open || segment.starts_with('{'));
        segments.push(if meant { id } else { segment });
        done = done || meant;
    }
    let path = segments.join("/");
    query.map_or(path.clone(), |query| format!("{path}?{query}"))
}

/// One body names the same object three times to show a list of them.
fn unique(body: &mut Value) {
    for name in ["members@odata.bind"] {
        if let Some(Value::Array(items)) = body.get_mut(name) {
            items.dedup();
        }
    }
}

/// Collects what the documented body holds and the answer does not, or holds as another kind of value.
fn shape(documented: &Value, told: &Value, path: &str, missing: &mut BTreeSet<String>) {
    match (documented, told) {
        (Value::Object(documented), Value::Object(members)) => {
            for (name, value) in documented {
                if NOT_TOLD.contains(&name.as_str()) || name == "@odata.type" {
                    continue;
                }
                match members.get(name) {
                    Some(told) => shape(value, told, &format!("{path}/{name}"), missing),
                    None => drop(missing.insert(format!("{path}/{name}"))),
                }
            }
        }
        (Value::Array(documented), Value::Array(items)) => {
            if let (Some(value), Some(told)) = (documented.first(), items.first()) {
                shape(value, told, &format!("{path}/0"), missing);
            }
        }
        // Values differ from tenant to tenant; null may stand for any.
        (Value::Null, _) | (_, Value::Null) => {}
        (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => {}
        _ => drop(missing.insert(format!("{path}: {told}"))),
    }
}
