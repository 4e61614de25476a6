//! What data sources tell of roles, requests and emergency access.

use m365::terraform::Value;
use serde_json::{Value as Json, json};

use super::tenant::{ROLE, Tenant, with};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

async fn assignable(tenant: &Tenant, name: &str) -> String {
    let body = json!({
        "displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true,
        "isAssignableToRole": true,
    });
    tenant.outside("POST", "/groups", body).await["id"].as_str().unwrap().to_owned()
}

async fn join(tenant: &Tenant, group: &str, member: &str) {
    let body = json!({
        "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}"),
    });
    tenant.outside("POST", &format!("/groups/{group}/members/$ref"), body).await;
}

async fn ask(tenant: &Tenant, kind: &str, principal: &str, role: &str) {
    let body = json!({
        "action": "adminAssign", "principalId": principal, "roleDefinitionId": role,
        "directoryScopeId": "/", "justification": "By hand",
        "scheduleInfo": { "expiration": { "type": "noExpiration" } },
    });
    let path = format!("/roleManagement/directory/role{kind}ScheduleRequests");
    tenant.outside("POST", &path, body).await;
}

/// Who holds what, how and through what, as lines.
fn lines(told: &Value, group: &str) -> Vec<String> {
    let told = told.get("assignments").as_elements().unwrap();
    let mut lines: Vec<_> = told
        .iter()
        .map(|one| {
            let text = |name: &str| one.get(name).as_str().unwrap_or("-").to_owned();
            let through = if text("group_id") == group { "through" } else { "itself" };
            let [who, role, kind] = ["principal_name", "role", "assignment_type"].map(text);
            format!("{who} {role} {kind} {through}")
        })
        .collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn roles_are_told_of_a_principal_and_of_a_role() {
    let tenant = Tenant::new().await;
    let (user, group) = (tenant.user("a").await, assignable(&tenant, "g").await);
    join(&tenant, &group, &user).await;
    ask(&tenant, "Assignment", &user, ROLE).await;
    ask(&tenant, "Eligibility", &group, ROLE).await;
    let lookup = |name: &str, value: &str| Value::from([(name, value.into())]);
    let told = tenant.data("m365_role_assignments", &lookup("principal_id", &user)).await;
    let of_user = ["a Reports Reader assigned itself", "a Reports Reader eligible through"]
        .map(str::to_owned);
    assert_eq!(lines(&told, &group), of_user);
    let told = tenant.data("m365_role_assignments", &lookup("role", "reports reader")).await;
    let mut of_role = of_user.to_vec();
    of_role.push("g Reports Reader eligible itself".to_owned());
    assert_eq!(lines(&told, &group), of_role);
    let other = with(&lookup("principal_id", &user), "role", "Global Reader");
    let told = tenant.data("m365_role_assignments", &other).await;
    assert_eq!(lines(&told, &group), [] as [&str; 0]);
    for (config, expected) in [
        (Value::from([]), "does not say whose roles"),
        (lookup("role", "Report Reader"), "There is no role \"Report Reader\""),
        (lookup("principal_id", "00000000-0000-0000-0000-00000000abcd"), "There is no principal"),
    ] {
        let said = tenant.misread("m365_role_assignments", &config).await;
        assert!(said.iter().any(|said| said.summary.contains(expected)), "{expected}: {said:?}");
    }
}

#[tokio::test]
async fn requests_that_wait_for_approval_are_told() {
    let tenant = Tenant::new().await;
    let (user, group) = (tenant.user("a").await, tenant.group("g").await);
    let asked = |status: &str| {
        json!({
            "action": "selfActivate", "status": status, "principalId": user, "approvalId": "42",
            "createdDateTime": "2098-12-01T00:00:00Z", "justification": "Night shift",
            "ticketInfo": { "ticketNumber": "T-1" },
            "scheduleInfo": { "startDateTime": "2098-12-01T00:00:00Z",
                "expiration": { "type": "afterDuration", "duration": "PT2H" } },
        })
    };
    for status in ["PendingApproval", "Denied"] {
        let mut request = asked(status);
        request["roleDefinitionId"] = ROLE.into();
        request["directoryScopeId"] = "/".into();
        tenant.put("unifiedRoleAssignmentScheduleRequest", request).await;
        let mut request = asked(status);
        request["groupId"] = group.as_str().into();
        request["accessId"] = "owner".into();
        tenant.put("privilegedAccessGroupAssignmentScheduleRequest", request).await;
    }
    let of_roles = tenant.data("m365_role_approval_requests", &Value::from([])).await;
    let of_group = Value::from([("group_id", group.as_str().into())]);
    let of_group = tenant.data("m365_pim_group_approval_requests", &of_group).await;
    for (told, name, value) in
        [(of_roles, "role", "Reports Reader"), (of_group, "access_id", "owner")]
    {
        let [request] = told.get("requests").as_elements().unwrap() else { panic!("{told:?}") };
        for (name, value) in [
            (name, value),
            ("principal_name", "a"),
            ("approval_id", "42"),
            ("justification", "Night shift"),
            ("ticket_number", "T-1"),
            ("duration", "PT2H"),
        ] {
            assert_eq!(request.get(name).as_str(), Some(value), "{name}");
        }
    }
}

/// An account of which everything holds, but for its passkey.
async fn account(tenant: &Tenant, name: &str, group: &str) -> String {
    let user = json!({
        "accountEnabled": true, "displayName": name, "mailNickname": name,
        "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"), "userType": "Member",
        "passwordPolicies": "DisablePasswordExpiration",
        "signInActivity": { "lastSuccessfulSignInDateTime": yesterday() },
        "id": uuid(name),
    });
    tenant.put("user", user).await;
    join(tenant, group, &uuid(name)).await;
    let assignment = json!({
        "principalId": uuid(name), "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/",
    });
    tenant.outside("POST", "/roleManagement/directory/roleAssignments", assignment).await;
    uuid(name)
}

fn yesterday() -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24)).to_string()
}

fn uuid(name: &str) -> String {
    format!("00000000-0000-4000-8000-00000000000{}", name.len())
}

async fn passkey(tenant: &Tenant, user: &str) {
    let key = json!({
        "type": "fido2AuthenticationMethod", "parent": user,
        "properties": { "displayName": "Key", "aaGuid": "cb69481e-8ff7-4039-93ec-0a2729a154a8" },
    });
    tenant.control("/objects", key).await;
}

/// What does not hold, by account.
fn amiss(told: &Value) -> Vec<String> {
    let properties = told.get("properties").as_elements().unwrap();
    let amiss = properties.iter().filter(|one| one.get("holds") != &true.into());
    let mut amiss: Vec<_> = amiss
        .map(|one| {
            let text = |name: &str| one.get(name).as_str().unwrap_or("all").to_owned();
            assert!(!text("evidence").is_empty() && !text("fix").is_empty(), "{one:?}");
            let of = text("of").split('@').next().unwrap_or_default().to_owned();
            format!("{of} {} {}", text("id"), text("status"))
        })
        .collect();
    amiss.sort();
    amiss
}

#[tokio::test]
async fn a_role_for_a_time_or_to_be_activated_does_not_do_in_an_emergency() {
    let tenant = Tenant::new().await;
    let (some, may) = (tenant.user("some").await, tenant.user("may").await);
    let (all, unit) = (tenant.user("all").await, tenant.user("unit").await);
    ask(&tenant, "Eligibility", &may, GLOBAL_ADMINISTRATOR).await;
    ask(&tenant, "Assignment", &all, GLOBAL_ADMINISTRATOR).await;
    let of =
        tenant.outside("POST", "/directory/administrativeUnits", json!({ "displayName": "U" }));
    let of = of.await["id"].as_str().unwrap().to_owned();
    for (who, scope, expiration) in [
        (&some, "/".to_owned(), json!({ "type": "afterDuration", "duration": "P30D" })),
        (&unit, format!("/administrativeUnits/{of}"), json!({ "type": "noExpiration" })),
    ] {
        let body = json!({
            "action": "adminAssign", "principalId": who, "directoryScopeId": scope,
            "roleDefinitionId": GLOBAL_ADMINISTRATOR, "justification": "By hand",
            "scheduleInfo": { "expiration": expiration },
        });
        let path = "/roleManagement/directory/roleAssignmentScheduleRequests";
        tenant.outside("POST", path, body).await;
    }
    let ids = [&some, &may, &all, &unit].map(|id| Value::from(id.as_str()));
    let config = Value::from([("user_ids", Value::set(ids))]);
    let told = tenant.data("m365_emergency_access", &config).await;
    let properties = told.get("properties").as_elements().unwrap().iter();
    let mut found: Vec<_> = properties
        .filter(|one| one.get("id").as_str() == Some("global_administrator"))
        .map(|one| {
            let text = |name: &str| one.get(name).as_str().unwrap_or("-");
            let who = text("of").split('@').next().unwrap_or_default();
            format!("{who} {}: {}", text("status"), text("evidence"))
        })
        .collect();
    found.sort();
    let expected = [
        "all holds: assigned, active and permanent",
        "may fails: eligible only",
        "some fails: the assignment expires",
        "unit fails: assigned for a part of the tenant only",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_certificate_that_is_bound_to_an_account_is_a_method() {
    let tenant = Tenant::new().await;
    let held = async |name: &str, bound: Json| {
        let user = json!({
            "accountEnabled": true, "displayName": name, "mailNickname": name, "id": uuid(name),
            "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"),
            "authorizationInfo": { "certificateUserIds": bound },
        });
        tenant.put("user", user).await;
        let config = Value::from([
            ("user_ids", Value::set([uuid(name).into()])),
            ("administrators_method", "fido2".into()),
        ]);
        let amiss = amiss(&tenant.data("m365_emergency_access", &config).await);
        ["phishing_resistant", "method_enabled", "different_method"].map(|property| {
            let found = amiss.iter().find(|line| line.contains(property));
            found.map_or("holds", |line| line.rsplit(' ').next().unwrap()).to_owned()
        })
    };
    assert_eq!(held("a", json!(["X509:<SKI>12"])).await, ["holds", "unknown", "holds"]);
    assert_eq!(held("bb", json!([])).await, ["fails", "fails", "fails"]);
}

#[tokio::test]
async fn emergency_access_is_judged_property_by_property() {
    let tenant = Tenant::new().await;
    let group = assignable(&tenant, "emergency").await;
    let one = account(&tenant, "bg", &group).await;
    let two = account(&tenant, "bgg", &group).await;
    passkey(&tenant, &one).await;
    let policy = json!({
        "displayName": "Multifactor authentication for all", "state": "enabled",
        "conditions": { "users": { "includeUsers": ["All"], "excludeUsers": [one] },
            "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] },
    });
    let policy: Json = tenant.outside("POST", "/identity/conditionalAccess/policies", policy).await;
    let attested = ["impersonal", "monitored", "retained"].map(|name| (name, true.into()));
    let config = Value::from([
        ("user_ids", Value::set([one.as_str().into(), two.as_str().into()])),
        ("group_ids", Value::set([group.as_str().into()])),
        ("administrators_method", "microsoftAuthenticatorPush".into()),
        ("attestations", Value::from(attested)),
    ]);
    let told = tenant.data("m365_emergency_access", &config).await;
    assert_eq!(told.get("holds"), &false.into());
    let expected = [
        "all privileged_workstation unknown",
        "bg method_enabled unknown",
        "bgg different_method fails",
        "bgg excluded fails",
        "bgg method_enabled unknown",
        "bgg phishing_resistant fails",
    ];
    let found = amiss(&told);
    // The policy of authentication methods may be there or not: what it says is a unit test.
    let known = |line: &String| !line.contains("method_enabled");
    let found: Vec<_> = found.iter().filter(|line| known(line)).collect();
    let expected: Vec<_> =
        expected.iter().map(|line| (*line).to_owned()).filter(|line| known(line)).collect();
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
    let summary = told.get("summary").as_str().unwrap();
    assert!(summary.contains("bgg@contoso.onmicrosoft.com"), "{summary}");
    assert!(summary.contains("not excluded from Multifactor authentication for all"), "{summary}");
    // Repaired: a key for the second account, and the group excluded.
    passkey(&tenant, &two).await;
    let path = format!("/identity/conditionalAccess/policies/{}", policy["id"].as_str().unwrap());
    let users = json!({ "includeUsers": ["All"], "excludeGroups": [group] });
    tenant.outside("PATCH", &path, json!({ "conditions": { "users": users } })).await;
    let tenant = tenant.again().await;
    let config = with(
        &config,
        "attestations",
        with(config.get("attestations"), "privileged_workstation", true),
    );
    let told = tenant.data("m365_emergency_access", &config).await;
    let left: Vec<_> = amiss(&told).into_iter().filter(known).collect();
    assert_eq!(left, [] as [String; 0]);
    // An account that is not there is known not to be fit, rather than not known.
    let gone = "00000000-0000-4000-8000-0000000000ff";
    let ids = Value::set([one.as_str().into(), gone.into()]);
    let told = tenant.data("m365_emergency_access", &with(&config, "user_ids", ids)).await;
    let found = amiss(&told);
    for line in ["all at_least_two fails".to_owned(), format!("{gone} enabled fails")] {
        assert!(found.contains(&line), "{line}: {found:?}");
    }
    let summary = told.get("summary").as_str().unwrap();
    assert!(summary.contains("there is no such account"), "{summary}");
    // Without the permissions nothing is known.
    tenant.control("/roles", json!({ "roles": ["User.Read.All"] })).await;
    let tenant = tenant.again().await;
    let told = tenant.data("m365_emergency_access", &config).await;
    let unknown = amiss(&told);
    for line in ["bg global_administrator unknown", "bg excluded unknown", "bg in_group unknown"] {
        assert!(unknown.contains(&line.to_owned()), "{line}: {unknown:?}");
    }
}
