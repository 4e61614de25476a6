//! Users, groups, units and roles, and what happens when they are written.

use serde_json::json;

use super::client::{Client, group, user};

#[tokio::test]
async fn users_live_and_die_softly() {
    let c = Client::new().await;
    let told = c.post("/users", user("adele")).await.is(201);
    assert_eq!(told["userPrincipalName"], "adele@contoso.com");
    let names: Vec<&String> =
        told.as_object().unwrap().keys().filter(|n| !n.starts_with('@')).collect();
    let defaults = "businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName";
    assert_eq!(names, defaults.split(' ').collect::<Vec<_>>());
    let id = told["id"].as_str().unwrap();
    let told = c
        .get(&format!(
            "/users/{id}?$select=accountEnabled,userType,passwordProfile,createdDateTime"
        ))
        .await
        .is(200);
    assert_eq!(told["accountEnabled"], true);
    assert_eq!(told["userType"], "Member");
    assert_eq!(told["passwordProfile"]["password"], json!(null));
    assert!(told["createdDateTime"].is_string());
    c.patch(&format!("/users/{id}"), json!({ "city": "Bern", "jobTitle": "Chef" })).await.is(204);
    c.patch(&format!("/users/{id}"), json!({ "city": null })).await.is(204);
    let told = c.get("/users/ADELE@contoso.com?$select=city,jobTitle").await.is(200);
    assert_eq!((&told["city"], &told["jobTitle"]), (&json!(null), &json!("Chef")));
    c.delete(&format!("/users/{id}")).await.is(204);
    c.get(&format!("/users/{id}")).await.refuses(404, "Request_ResourceNotFound");
    let gone = c.get("/directory/deletedItems/microsoft.graph.user").await.is(200);
    assert_eq!(gone["value"][0]["id"], id);
    c.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await.is(200);
    c.get(&format!("/users/{id}")).await.is(200);
    c.delete(&format!("/users/{id}")).await.is(204);
    c.delete(&format!("/directory/deletedItems/{id}")).await.is(204);
    c.get(&format!("/directory/deletedItems/{id}")).await.refuses(404, "Request_ResourceNotFound");
}

#[tokio::test]
async fn managers_are_references() {
    let c = Client::new().await;
    let (a, b) = (c.new_user("a").await, c.new_user("b").await);
    c.get(&format!("/users/{a}/manager")).await.refuses(404, "'manager'");
    let told = c.get(&format!("/users/{a}?$expand=manager")).await.is(200);
    assert_eq!(told["manager"], json!(null));
    c.put(&format!("/users/{a}/manager/$ref"), c.reference(&b)).await.is(204);
    let told = c.get(&format!("/users/{a}/manager?$select=id")).await.is(200);
    assert_eq!(told["id"], b.as_str());
    assert_eq!(told["@odata.type"], "#microsoft.graph.user");
    let told = c
        .get(&format!("/users/{a}?$select=id&$expand=manager($select=id,displayName)"))
        .await
        .is(200);
    assert_eq!(told["manager"]["displayName"], "User b");
    c.delete(&format!("/users/{a}/manager/$ref")).await.is(204);
    c.get(&format!("/users/{a}/manager")).await.refuses(404, "Request_ResourceNotFound");
    let mut sent = user("c");
    sent["manager@odata.bind"] = json!(c.address(&a));
    let id = c.post("/users", sent).await.is(201)["id"].as_str().unwrap().to_owned();
    assert_eq!(c.get(&format!("/users/{id}/manager")).await.is(200)["id"], a.as_str());
}

#[tokio::test]
async fn members_come_and_go() {
    let c = Client::new().await;
    let (a, b) = (c.new_user("a").await, c.new_user("b").await);
    let mut sent = group("inner");
    sent["members@odata.bind"] = json!([c.address(&a)]);
    sent["owners@odata.bind"] = json!([format!("https://graph.microsoft.com/v1.0/users/{b}")]);
    let inner = c.post("/groups", sent).await.is(201)["id"].as_str().unwrap().to_owned();
    let outer = c.new_group("outer").await;
    c.post(&format!("/groups/{outer}/members/$ref"), c.reference(&inner)).await.is(204);
    c.post(&format!("/groups/{outer}/members/$ref"), c.reference(&inner))
        .await
        .refuses(400, "One or more added object references already exist");
    let ids = |body: serde_json::Value| -> Vec<String> {
        body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        ids(c.get(&format!("/groups/{inner}/members?$select=id")).await.is(200)),
        std::slice::from_ref(&a)
    );
    assert_eq!(
        ids(c.get(&format!("/groups/{inner}/owners")).await.is(200)),
        std::slice::from_ref(&b)
    );
    assert_eq!(
        ids(c.get(&format!("/groups/{outer}/transitiveMembers")).await.is(200)),
        [inner.clone(), a.clone()]
    );
    assert_eq!(
        ids(c.get(&format!("/users/{a}/transitiveMemberOf")).await.is(200)),
        [inner.clone(), outer.clone()]
    );
    c.patch(&format!("/groups/{inner}"), json!({ "members@odata.bind": [c.address(&b)] }))
        .await
        .is(204);
    let twice = json!({ "members@odata.bind": [c.address(&b)] });
    c.patch(&format!("/groups/{inner}"), twice).await.refuses(400, "already exist");
    c.delete(&format!("/groups/{inner}/members/{a}/$ref")).await.is(204);
    c.delete(&format!("/groups/{inner}/members/{a}/$ref")).await.refuses(404, &a);
    c.delete(&format!("/groups/{inner}/owners/{b}/$ref")).await.refuses(400, "at least one owner");
    c.delete(&format!("/users/{b}")).await.is(204);
    assert!(ids(c.get(&format!("/groups/{inner}/members")).await.is(200)).is_empty());
}

#[tokio::test]
async fn groups_keep_their_rules() {
    let c = Client::new().await;
    let a = c.new_user("a").await;
    let refused = [
        (json!({ "mailEnabled": true }), "mail-enabled"),
        (json!({ "groupTypes": ["Unified"] }), "mailEnabled"),
        (json!({ "groupTypes": ["Other"] }), "groupTypes"),
        (json!({ "groupTypes": ["DynamicMembership"] }), "membershipRule"),
        (json!({ "membershipRule": "x" }), "DynamicMembership"),
        (json!({ "isAssignableToRole": true, "visibility": "Public" }), "visibility"),
        (json!({ "visibility": "HiddenMembership" }), "visibility"),
        (json!({ "mailNickname": "a b" }), "mailNickname"),
        (json!({ "mail": "x@contoso.com" }), "read-only"),
    ];
    for (change, with) in refused {
        let mut sent = group("g");
        sent.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        c.post("/groups", sent).await.refuses(400, with);
    }
    let mut dynamic = group("dynamic");
    dynamic["groupTypes"] = json!(["DynamicMembership"]);
    dynamic["membershipRule"] = json!("user.department -eq \"Sales\"");
    dynamic["membershipRuleProcessingState"] = json!("On");
    let id = c.post("/groups", dynamic).await.is(201)["id"].as_str().unwrap().to_owned();
    c.post(&format!("/groups/{id}/members/$ref"), c.reference(&a)).await.refuses(400, "dynamic");
    let mut unified = group("unified");
    unified["groupTypes"] = json!(["Unified"]);
    unified["mailEnabled"] = json!(true);
    let told = c.post("/groups", unified.clone()).await.is(201);
    assert_eq!(told["mail"], "unified@contoso.onmicrosoft.com");
    assert_eq!(told["visibility"], "Public");
    c.post("/groups", unified).await.refuses(400, "mailNickname");
    let id = told["id"].as_str().unwrap();
    c.patch(&format!("/groups/{id}"), json!({ "isAssignableToRole": true }))
        .await
        .refuses(400, "isAssignableToRole");
    c.patch(&format!("/groups/{id}"), json!({ "groupTypes": ["Unified"], "displayName": "New" }))
        .await
        .is(204);
    c.patch(&format!("/groups/{id}"), json!({ "visibility": "HiddenMembership" }))
        .await
        .refuses(400, "visibility");
    let mut roles = group("roles");
    roles["isAssignableToRole"] = json!(true);
    let roles = c.post("/groups", roles).await.is(201)["id"].as_str().unwrap().to_owned();
    c.patch(&format!("/groups/{roles}"), json!({ "visibility": "Public" }))
        .await
        .refuses(400, "visibility");
    c.get("/groups/finance").await.refuses(400, "Invalid object identifier 'finance'");
    c.delete(&format!("/groups/{id}")).await.is(204);
    c.get(&format!("/directory/deletedItems/{id}")).await.is(200);
    let security = c.new_group("security").await;
    c.delete(&format!("/groups/{security}")).await.is(204);
    c.get(&format!("/directory/deletedItems/{security}"))
        .await
        .refuses(404, "Request_ResourceNotFound");
}

#[tokio::test]
async fn units_hold_and_restrict() {
    let c = Client::new().await;
    let a = c.new_user("a").await;
    let unit = json!({ "displayName": "Swiss", "isMemberManagementRestricted": true });
    let unit = c.post("/directory/administrativeUnits", unit).await.is(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/directory/administrativeUnits/{unit}");
    c.post(&format!("{path}/members/$ref"), c.reference(&a)).await.is(204);
    assert_eq!(c.get(&format!("{path}/members")).await.is(200)["value"][0]["id"], a.as_str());
    assert_eq!(
        c.get(&format!("/users/{a}?$select=isManagementRestricted")).await.is(200)["isManagementRestricted"],
        true
    );
    c.patch(&format!("/users/{a}"), json!({ "city": "Bern" }))
        .await
        .refuses(403, "restricted management");
    c.patch(&path, json!({ "isMemberManagementRestricted": false }))
        .await
        .refuses(400, "isMemberManagementRestricted");
    c.delete(&format!("{path}/members/{a}/$ref")).await.is(204);
    c.patch(&format!("/users/{a}"), json!({ "city": "Bern" })).await.is(204);
    let dynamic = json!({ "displayName": "D", "membershipType": "Dynamic" });
    c.post("/directory/administrativeUnits", dynamic).await.refuses(400, "membershipRule");
}

#[tokio::test]
async fn roles_are_defined_and_assigned() {
    let c = Client::new().await;
    let global = "62e90394-69f5-4237-9190-012177145e10";
    let told = c.get("/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Global Administrator'").await.is(200);
    assert_eq!(told["value"][0]["id"], global);
    c.patch(
        &format!("/roleManagement/directory/roleDefinitions/{global}"),
        json!({ "displayName": "x" }),
    )
    .await
    .refuses(400, "Built-in");
    let custom = json!({
        "displayName": "Support", "isEnabled": true,
        "rolePermissions": [{ "allowedResourceActions": ["microsoft.directory/applications/basic/update"] }],
    });
    let custom = c.post("/roleManagement/directory/roleDefinitions", custom).await.is(201);
    assert_eq!(custom["templateId"], custom["id"]);
    let (user, plain) = (c.new_user("a").await, c.new_group("plain").await);
    let assign = |principal: &str, role: &str, scope: &str| json!({ "principalId": principal, "roleDefinitionId": role, "directoryScopeId": scope });
    let path = "/roleManagement/directory/roleAssignments";
    let told = c.post(path, assign(&user, global, "/")).await.is(201);
    c.post(path, assign(&user, global, "/")).await.refuses(400, "conflicting object");
    c.post(path, assign(&plain, global, "/")).await.refuses(400, "isAssignableToRole");
    c.post(path, assign("11111111-1111-4111-8111-111111111111", global, "/"))
        .await
        .refuses(404, "11111111");
    c.post(
        path,
        assign(&user, global, "/administrativeUnits/11111111-1111-4111-8111-111111111111"),
    )
    .await
    .refuses(404, "1111");
    let id = told["id"].as_str().unwrap();
    c.patch(&format!("{path}/{id}"), json!({ "directoryScopeId": "/" }))
        .await
        .refuses(405, "not allowed");
    let listed = c
        .get(&format!("{path}?$filter=principalId eq '{user}'&$expand=principal,roleDefinition"))
        .await
        .is(200);
    assert_eq!(listed["value"][0]["principal"]["id"], user.as_str());
    assert_eq!(listed["value"][0]["roleDefinition"]["displayName"], "Global Administrator");
    c.delete(&format!("{path}/{id}")).await.is(204);
    c.get(&format!("{path}/{id}")).await.refuses(404, "Request_ResourceNotFound");
}

#[tokio::test]
async fn the_tenant_is_told() {
    let c = Client::new().await;
    let told = c.get("/organization").await.is(200);
    assert_eq!(told["value"][0]["id"], m365::emulator::TENANT_ID);
    let told = c.get("/domains").await.is(200);
    assert_eq!(told["value"].as_array().unwrap().len(), 2);
    assert!(!c.get("/subscribedSkus").await.is(200)["value"].as_array().unwrap().is_empty());
    c.post("/domains", json!({ "id": "fabrikam.com" })).await.is(201);
    c.patch("/domains/fabrikam.com", json!({ "isDefault": true })).await.refuses(400, "verified");
    c.post("/domains/fabrikam.com/verify", json!({})).await.is(200);
    c.patch("/domains/fabrikam.com", json!({ "isDefault": true })).await.is(204);
    assert_eq!(c.get("/domains/contoso.onmicrosoft.com").await.is(200)["isDefault"], false);
    c.delete("/domains/contoso.com").await.refuses(400, "still refer");
    let id = m365::emulator::TENANT_ID;
    c.patch(&format!("/organization/{id}"), json!({ "displayName": "x" }))
        .await
        .refuses(400, "read-only");
    c.patch(
        &format!("/organization/{id}"),
        json!({ "technicalNotificationMails": ["a@contoso.com"] }),
    )
    .await
    .is(204);
}

#[tokio::test]
async fn domains_are_federated_by_their_configuration() {
    let c = Client::new().await;
    let path = "/domains/contoso.com/federationConfiguration";
    let sent = json!({
        "@odata.type": "#microsoft.graph.internalDomainFederation",
        "displayName": "AD FS", "issuerUri": "http://contoso.com/adfs/services/trust",
        "passiveSignInUri": "https://sts.contoso.com/adfs/ls", "preferredAuthenticationProtocol": "wsFed",
        "signingCertificate": "MIIE", "federatedIdpMfaBehavior": "rejectMfaByFederatedIdp",
    });
    let id = c.post(path, sent.clone()).await.is(201)["id"].as_str().unwrap().to_owned();
    c.post(path, sent.clone()).await.refuses(400, "already");
    assert_eq!(c.get("/domains/contoso.com").await.is(200)["authenticationType"], "Federated");
    c.post("/users", user("fed")).await.refuses(400, "onPremisesImmutableId");
    let told = c.patch(&format!("{path}/{id}"), json!({ "displayName": "New" })).await.is(200);
    assert_eq!(
        (&told["displayName"], &told["preferredAuthenticationProtocol"]),
        (&json!("New"), &json!("wsFed"))
    );
    c.delete(&format!("{path}/{id}")).await.is(204);
    assert_eq!(c.get("/domains/contoso.com").await.is(200)["authenticationType"], "Managed");
    c.post("/domains/contoso.onmicrosoft.com/federationConfiguration", sent)
        .await
        .refuses(400, "default");
}

#[tokio::test]
async fn synchronization_is_changed_in_part() {
    let c = Client::new().await;
    let path = format!("/directory/onPremisesSynchronization/{}", m365::emulator::TENANT_ID);
    c.patch(&path, json!({ "features": { "groupWriteBackEnabled": true } })).await.is(204);
    let told = c.get(&path).await.is(200);
    assert_eq!(told["features"]["groupWriteBackEnabled"], true);
    assert_eq!(told["features"]["softMatchOnUpnEnabled"], true);
    let wrong = json!({ "features": { "passwordWritebackEnabled": true } });
    c.patch(&path, wrong).await.refuses(400, "passwordWritebackEnabled");
    let back = json!({ "features": { "softMatchOnUpnEnabled": false } });
    c.patch(&path, back).await.refuses(400, "softMatchOnUpnEnabled");
}

#[tokio::test]
async fn licences_come_by_the_user_and_by_its_groups() {
    let c = Client::new().await;
    let (user, group) = (c.new_user("ann").await, c.new_group("staff").await);
    let sku = "6fd2c87f-b296-42f0-b197-1e91e994b900";
    let adds =
        json!({ "addLicenses": [{ "skuId": sku, "disabledPlans": [] }], "removeLicenses": [] });
    let removes = json!({ "addLicenses": [], "removeLicenses": [sku] });
    let of_user = format!("/users/{user}/assignLicense");
    c.patch(&format!("/users/{user}"), json!({ "usageLocation": "CH" })).await.is(204);
    c.post(&of_user, adds.clone()).await.is(200);
    // Once more says the same.
    c.post(&of_user, adds.clone()).await.is(200);
    let used = async || {
        let skus = c.get("/subscribedSkus").await.is(200);
        let all = skus["value"].as_array().unwrap().clone();
        all.iter().find(|one| one["skuId"] == sku).unwrap()["consumedUnits"].clone()
    };
    assert_eq!(used().await, 13);
    c.post(&format!("/groups/{group}/assignLicense"), adds.clone()).await.is(202);
    let member =
        json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}") });
    c.post(&format!("/groups/{group}/members/$ref"), member).await.is(204);
    let path = format!("/users/{user}?$select=assignedLicenses,licenseAssignmentStates");
    let told = c.get(&path).await.is(200);
    assert_eq!(told["assignedLicenses"].as_array().unwrap().len(), 1);
    assert_eq!(told["licenseAssignmentStates"][0]["assignedByGroup"], json!(null));
    assert_eq!(told["licenseAssignmentStates"][1]["assignedByGroup"], group.as_str());
    c.post(&of_user, removes.clone()).await.is(200);
    assert_eq!(used().await, 12);
    c.post(&of_user, removes).await.refuses(400, "corresponding license");
    let half = json!({ "addLicenses": [] });
    c.post(&of_user, half).await.refuses(400, "parameters");
    c.patch(&format!("/users/{user}"), json!({ "displayName": "Ann" })).await.is(204);
    let other = c.new_user("bob").await;
    let path = format!("/users/{other}/assignLicense");
    c.post(&path, adds).await.refuses(400, "usage location");
}

#[tokio::test]
async fn requests_make_and_end_schedules() {
    let c = Client::new().await;
    let principal = c.new_user("a").await;
    let role = "fe930be7-5e62-47db-91af-98c3a49a38b1";
    let request = |action: &str, schedule: serde_json::Value| {
        json!({
            "action": action, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/",
            "justification": "Helps", "scheduleInfo": schedule,
        })
    };
    let forever = json!({ "startDateTime": "2022-04-10T00:00:00Z", "expiration": { "type": "NoExpiration" } });
    let later = json!({ "startDateTime": "2099-01-01T00:00:00Z", "expiration": { "type": "afterDuration", "duration": "PT8H" } });
    for kind in ["roleEligibilitySchedule", "roleAssignmentSchedule"] {
        let path = format!("/roleManagement/directory/{kind}");
        // Of this user: somebody administers the tenant from the start.
        let count = async |what: &str| {
            let all = c.get(&format!("{path}{what}")).await.is(200);
            let all = all["value"].as_array().unwrap();
            all.iter().filter(|one| one["principalId"] == principal).count()
        };
        let requests = format!("{path}Requests");
        c.post(&requests, request("adminRemove", json!(null)))
            .await
            .refuses(400, "RoleAssignmentDoesNotExist");
        c.post(&requests, request("adminAssign", json!({}))).await.refuses(400, "expiration");
        c.post(&requests, request("selfActivate", forever.clone()))
            .await
            .refuses(403, "signed-in user");
        let told = c.post(&requests, request("adminAssign", forever.clone())).await.is(201);
        assert_eq!(told["status"], "Provisioned");
        assert_eq!(told["scheduleInfo"]["expiration"]["type"], "noExpiration");
        assert_ne!(told["scheduleInfo"]["startDateTime"], "2022-04-10T00:00:00Z");
        c.post(&requests, request("adminAssign", forever.clone()))
            .await
            .refuses(400, "RoleAssignmentExists");
        let filter = format!(
            "{path}s?$filter=principalId eq '{principal}' and roleDefinitionId eq '{role}'&$expand=roleDefinition"
        );
        let listed = c.get(&filter).await.is(200);
        assert_eq!(listed["value"][0]["id"], told["targetScheduleId"]);
        assert_eq!(listed["value"][0]["roleDefinition"]["displayName"], "User Administrator");
        c.patch(&format!("{requests}/{}", told["id"].as_str().unwrap()), json!({}))
            .await
            .refuses(405, "not allowed");
        c.post(&requests, request("adminUpdate", later.clone())).await.is(201);
        assert_eq!((count("s").await, count("Instances").await), (1, 0));
        let told = c.post(&requests, request("adminRemove", json!(null))).await.is(201);
        assert_eq!(told["status"], "Revoked");
        assert_eq!(count("s").await, 0);
        let told = c.post(&requests, request("adminAssign", later.clone())).await.is(201);
        let cancel = format!("{requests}/{}/cancel", told["id"].as_str().unwrap());
        c.post(&cancel, json!({})).await.is(204);
        c.post(&cancel, json!({})).await.refuses(400, "cannot be cancelled");
        assert_eq!(count("s").await, 0);
    }
    let mut silent = request("adminAssign", forever);
    silent["justification"] = json!(null);
    c.post("/roleManagement/directory/roleAssignmentScheduleRequests", silent)
        .await
        .refuses(400, "JustificationRule");
}
