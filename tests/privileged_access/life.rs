//! What becomes of an assignment: asked for, provisioned, over, forgotten, listed.

use m365::terraform::Value;
use serde_json::{Value as Json, json};

use super::tenant::{Held, ROLE, Tenant, with};

const ELIGIBILITY: &str = "m365_role_eligibility";
const GROUP: &str = "m365_pim_group_eligibility";
const SCHEDULES: &str = "/roleManagement/directory/roleEligibilitySchedules";
const REQUESTS: &str = "/roleManagement/directory/roleEligibilityScheduleRequests";

fn eligibility(principal: &str, window: (&str, Value)) -> Value {
    Value::from([("principal_id", principal.into()), ("role", "Reports Reader".into()), window])
}

/// A request or schedule that is there and that nobody here asked for.
fn there(principal: &str, status: &str, end: &str) -> Json {
    json!({
        "action": "adminAssign", "status": status, "principalId": principal,
        "roleDefinitionId": ROLE, "directoryScopeId": "/", "createdDateTime": "2098-12-01T00:00:00Z",
        "scheduleInfo": {
            "startDateTime": "2020-01-01T00:00:00Z",
            "expiration": { "type": "afterDateTime", "endDateTime": end },
        },
    })
}

#[tokio::test]
async fn what_is_pending_is_there_and_can_be_taken_back() {
    let tenant = Tenant::new().await;
    for status in ["PendingApproval", "PendingAdminDecision", "PendingProvisioning", "Granted"] {
        let user = tenant.user(&status.to_lowercase()).await;
        let request = there(&user, status, "2099-01-01T00:00:00Z");
        tenant.put("unifiedRoleEligibilityScheduleRequest", request).await;
        let config = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
        let held = tenant.import(ELIGIBILITY, &format!("{user}/Reports Reader")).await;
        tenant.settled(ELIGIBILITY, &held, &config).await;
    }
    let user = tenant.user("taken-back").await;
    let request = there(&user, "PendingApproval", "2099-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilityScheduleRequest", request).await;
    let held = tenant.import(ELIGIBILITY, &format!("{user}/{ROLE}")).await;
    assert!(tenant.destroy(ELIGIBILITY, &held).await.is_empty());
    let (_, path, _) = tenant.writes().await.pop().unwrap();
    assert!(path.ends_with("/cancel"), "{path}");
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null());
}

#[tokio::test]
async fn a_change_of_what_is_pending_takes_it_back_and_asks_anew() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let request = there(&user, "PendingApproval", "2099-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilityScheduleRequest", request).await;
    let held = tenant.import(ELIGIBILITY, &format!("{user}/{ROLE}")).await;
    let config = eligibility(&user, ("duration", "P30D".into()));
    let (held, told) = tenant.apply(ELIGIBILITY, Some(&held), &config).await;
    assert!(told.is_empty(), "{told:?}");
    let writes = tenant.writes().await;
    assert!(writes[0].1.ends_with("/cancel"), "{writes:?}");
    assert_eq!((writes.len(), &writes[1].2["action"]), (2, &json!("adminAssign")));
    tenant.settled(ELIGIBILITY, &held, &config).await;
    // So does a new resource that meets somebody's request.
    let user = tenant.user("b").await;
    let request = there(&user, "PendingApproval", "2099-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilityScheduleRequest", request).await;
    let config = eligibility(&user, ("duration", "P30D".into()));
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.iter().any(|said| said.summary.contains("was there already")), "{told:?}");
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn what_came_to_nothing_is_not_there() {
    let tenant = Tenant::new().await;
    for status in ["Denied", "Failed", "Canceled", "Revoked", "TimedOut"] {
        let user = tenant.user(&status.to_lowercase()).await;
        let request = there(&user, status, "2099-01-01T00:00:00Z");
        tenant.put("unifiedRoleEligibilityScheduleRequest", request).await;
        let config = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
        let id = format!("{user}/{ROLE}");
        let held = Held { state: with(&config, "id", id.as_str()), private: Vec::new() };
        assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null(), "{status}");
    }
}

#[tokio::test]
async fn a_request_that_is_carried_out_later_is_waited_for() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    tenant.control("/pim", json!({ "provisioning_seconds": 1 })).await;
    let config = eligibility(&user, ("duration", "P30D".into()));
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.is_empty(), "{told:?}");
    let listed = tenant.outside("GET", SCHEDULES, json!(null)).await;
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(tenant.writes().await.len(), 1);
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn a_request_that_fails_later_is_an_error() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    tenant.control("/pim", json!({ "provisioning_seconds": 1, "provisioning_fails": true })).await;
    let config = eligibility(&user, ("duration", "P30D".into()));
    let (held, told) = tenant.attempt(ELIGIBILITY, None, &config).await;
    let said =
        &told.iter().find(|said| said.summary.contains("was not provisioned")).unwrap().detail;
    assert!(said.contains("Failed"), "{said}");
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null(), "the next plan makes it again");
}

#[tokio::test]
async fn what_ended_as_configured_holds_nothing_up_and_is_renewed_in_place() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    // As it is after the end that was configured: Graph has nothing of it any more.
    let past = eligibility(&user, ("end_date_time", "2024-01-01T00:00:00Z".into()));
    let state = tenant.import_like(ELIGIBILITY, &user, &past).await;
    let read = tenant.read(ELIGIBILITY, &state).await;
    assert!(!read.state.is_null(), "it is as it was configured");
    assert_eq!(read.state.get("has_ended"), &true.into(), "the state says what is");
    let held = Held { state: read.state, private: read.private };
    let planned = tenant.plan(ELIGIBILITY, Some(&held), &past).await;
    assert_eq!(planned.state, held.state);
    let said = planned.diagnostics.iter().find(|said| said.summary.contains("has ended"));
    assert!(said.is_some_and(|said| said.detail.contains("asks nothing of Graph")));
    assert!(!planned.diagnostics.has_errors(), "{:?}", planned.diagnostics);
    // What else changes of it is noted, and nothing is asked: there is nothing to change.
    let reworded = with(&past, "justification", "Reworded");
    let (held, told) = tenant.apply(ELIGIBILITY, Some(&held), &reworded).await;
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(held.state.get("justification").as_str(), Some("Reworded"));
    assert_eq!(tenant.writes().await, []);
    let later = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
    let (held, _) = tenant.apply(ELIGIBILITY, Some(&held), &later).await;
    assert_eq!(held.state.get("has_ended"), &false.into());
    tenant.settled(ELIGIBILITY, &held, &later).await;
    let gone = tenant.import_like(ELIGIBILITY, &user, &past).await;
    tenant.destroy(ELIGIBILITY, &held).await;
    assert!(tenant.destroy(ELIGIBILITY, &gone).await.is_empty(), "what is over is destroyed");
}

#[tokio::test]
async fn what_is_there_after_its_end_is_ended() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    // It ended as configured, and somebody extended it in the portal.
    let past = eligibility(&user, ("end_date_time", "2024-01-01T00:00:00Z".into()));
    let state = tenant.import_like(ELIGIBILITY, &user, &past).await;
    let extended = there(&user, "Provisioned", "2099-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilitySchedule", extended).await;
    let read = tenant.read(ELIGIBILITY, &state).await;
    assert_eq!(read.state.get("end_date_time").as_str(), Some("2099-01-01T00:00:00Z"));
    let held = Held { state: read.state, private: read.private };
    let planned = tenant.plan(ELIGIBILITY, Some(&held), &past).await;
    assert!(planned.diagnostics.iter().any(|said| said.summary.contains("ends now")));
    assert_eq!(planned.state.get("has_ended"), &true.into());
    let (held, told) = tenant.apply(ELIGIBILITY, Some(&held), &past).await;
    assert!(told.is_empty(), "{told:?}");
    let actions: Vec<_> =
        tenant.writes().await.into_iter().map(|(.., body)| body["action"].clone()).collect();
    assert_eq!(actions, ["adminRemove"]);
    let listed = tenant.outside("GET", SCHEDULES, json!(null)).await;
    assert_eq!(listed["value"], json!([]));
    let tenant = tenant.again().await;
    tenant.settled(ELIGIBILITY, &held, &past).await;
}

#[tokio::test]
async fn what_ended_before_its_time_is_planned_again() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    let id = json!({
        "action": "adminRemove", "principalId": user, "roleDefinitionId": ROLE, "directoryScopeId": "/",
    });
    tenant.outside("POST", REQUESTS, id).await;
    let tenant = tenant.again().await;
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null());
    tenant.apply(ELIGIBILITY, None, &config).await;
}

#[tokio::test]
async fn one_that_has_ended_and_is_listed_still_is_renewed() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    tenant.control("/pim", json!({ "keeps_ended": true })).await;
    let over = there(&user, "Provisioned", "2021-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilitySchedule", over).await;
    let config = eligibility(&user, ("duration", "P30D".into()));
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.is_empty(), "nothing was there: {told:?}");
    let actions: Vec<_> =
        tenant.writes().await.into_iter().map(|(.., body)| body["action"].clone()).collect();
    assert_eq!(actions, ["adminAssign", "adminRenew"]);
    tenant.settled(ELIGIBILITY, &held, &config).await;
    // So is one that ended as configured, by a later end.
    let user = tenant.user("b").await;
    let over = there(&user, "Provisioned", "2021-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilitySchedule", over).await;
    let past = eligibility(&user, ("end_date_time", "2021-01-01T00:00:00Z".into()));
    let held = tenant.import_like(ELIGIBILITY, &user, &past).await;
    let later = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
    let (held, _) = tenant.apply(ELIGIBILITY, Some(&held), &later).await;
    let (.., last) = tenant.writes().await.pop().unwrap();
    assert_eq!(last["action"], "adminRenew");
    tenant.settled(ELIGIBILITY, &held, &later).await;
}

#[tokio::test]
async fn what_somebody_ended_early_is_planned_and_healed_by_every_window() {
    let windows = [
        ("duration", Value::from("P30D")),
        ("end_date_time", "2099-01-01T00:00:00Z".into()),
        ("permanent", true.into()),
    ];
    for keeps in [false, true] {
        let tenant = Tenant::new().await;
        tenant.control("/pim", json!({ "keeps_ended": keeps })).await;
        let mut all = Vec::new();
        for (name, window) in windows.clone() {
            let user = tenant.user(name).await;
            let config = eligibility(&user, (name, window));
            let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
            all.push((config, held));
        }
        // Somebody sets the end of each to a moment that has passed.
        let listed = tenant.outside("GET", SCHEDULES, json!(null)).await;
        for mut schedule in listed["value"].as_array().unwrap().clone() {
            schedule["scheduleInfo"]["expiration"] =
                json!({ "type": "afterDateTime", "endDateTime": "2021-01-01T00:00:00Z" });
            tenant.put("unifiedRoleEligibilitySchedule", schedule).await;
        }
        let tenant = tenant.again().await;
        for (config, held) in all {
            assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null(), "the plan makes it");
            let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
            tenant.settled(ELIGIBILITY, &held, &config).await;
        }
    }
}

#[tokio::test]
async fn a_renewal_that_is_pending_counts_more_than_what_is_over() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    tenant.control("/pim", json!({ "keeps_ended": true })).await;
    let over = there(&user, "Provisioned", "2021-01-01T00:00:00Z");
    tenant.put("unifiedRoleEligibilitySchedule", over).await;
    let mut renewal = there(&user, "PendingApproval", "2099-01-01T00:00:00Z");
    renewal["action"] = "adminRenew".into();
    tenant.put("unifiedRoleEligibilityScheduleRequest", renewal).await;
    let held = tenant.import(ELIGIBILITY, &format!("{user}/{ROLE}")).await;
    let config = eligibility(&user, ("end_date_time", "2099-01-01T00:00:00Z".into()));
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn every_scope_is_kept_apart() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let unit = json!({ "displayName": "Zürich" });
    let unit = tenant.outside("POST", "/directory/administrativeUnits", unit).await;
    let application =
        tenant.outside("POST", "/applications", json!({ "displayName": "Shop" })).await;
    let (unit, application) = (unit["id"].as_str().unwrap(), application["id"].as_str().unwrap());
    let scopes = [
        ("directory_scope_id", "/".to_owned(), String::new()),
        (
            "directory_scope_id",
            format!("/administrativeUnits/{unit}"),
            format!("//administrativeUnits/{unit}"),
        ),
        ("directory_scope_id", format!("/{application}"), format!("//{application}")),
        ("app_scope_id", format!("/{application}"), format!("/app_scope_id=/{application}")),
    ];
    let mut all = Vec::new();
    for (name, scope, end) in scopes {
        let config = eligibility(&user, ("permanent", true.into()));
        let config = with(&config, name, scope.as_str());
        let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
        assert!(told.is_empty(), "{scope}: {told:?}");
        let id = format!("{user}/{ROLE}{end}");
        assert_eq!(held.state.get("id").as_str(), Some(id.as_str()));
        let imported = tenant.import(ELIGIBILITY, &id).await;
        tenant.settled(ELIGIBILITY, &imported, &config).await;
        all.push((held, config));
    }
    for (held, config) in &all {
        tenant.settled(ELIGIBILITY, held, config).await;
    }
    for (held, _) in &all {
        assert!(tenant.destroy(ELIGIBILITY, held).await.is_empty());
    }
    let left = tenant.outside("GET", SCHEDULES, json!(null)).await;
    assert_eq!(left["value"], json!([]));
}

#[tokio::test]
async fn what_the_portal_assigned_is_listed_and_imported() {
    let tenant = Tenant::new().await;
    let (user, other) = (tenant.user("a").await, tenant.user("b").await);
    for principal in [&user, &other] {
        let body = json!({
            "action": "adminAssign", "principalId": principal, "roleDefinitionId": ROLE,
            "directoryScopeId": "/", "justification": "By hand",
            "scheduleInfo": { "expiration": { "type": "noExpiration" } },
        });
        tenant.outside("POST", REQUESTS, body).await;
    }
    let all = tenant.list(ELIGIBILITY, &[]).await;
    let names: Vec<_> = all.iter().map(|one| one.display_name.as_str()).collect();
    assert_eq!(names, ["a, Reports Reader", "b, Reports Reader"]);
    let one = tenant.list(ELIGIBILITY, &[("principal_id", &other)]).await;
    assert_eq!(one.len(), 1, "{one:?}");
    let id = one[0].identity.get("id").as_str().unwrap();
    assert_eq!(id, format!("{other}/{ROLE}"));
    let held = tenant.import(ELIGIBILITY, id).await;
    let config = eligibility(&other, ("permanent", true.into()));
    tenant.settled(ELIGIBILITY, &held, &with(&config, "justification", "By hand")).await;

    let group = tenant.group("g").await;
    let body = json!({
        "action": "adminAssign", "principalId": user, "groupId": group, "accessId": "owner",
        "scheduleInfo": { "expiration": { "type": "noExpiration" } },
    });
    let requests = "/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests";
    tenant.outside("POST", requests, body).await;
    let listed = tenant.list(GROUP, &[("group_id", &group)]).await;
    assert_eq!(listed[0].display_name, format!("{group}, a, owner"));
    let id = listed[0].identity.get("id").as_str().unwrap();
    assert_eq!(id, format!("{group}/{user}/owner"));
    tenant.import(GROUP, id).await;
}
