//! Roles held for a time.

use m365::terraform::Value;
use serde_json::json;

use super::tenant::{Held, ROLE, Tenant};

const ELIGIBILITY: &str = "m365_role_eligibility";
const ACTIVE: &str = "m365_role_active_assignment";
const REQUESTS: &str = "/roleManagement/directory/roleEligibilityScheduleRequests";

fn eligibility(principal: &str, window: (&str, Value)) -> Value {
    Value::from([
        ("principal_id", principal.into()),
        ("role", "Reports Reader".into()),
        ("justification", "Reads reports".into()),
        window,
    ])
}

fn for_days(days: u32) -> (&'static str, Value) {
    ("duration", format!("P{days}D").into())
}

async fn assigned_in_portal(tenant: &Tenant, principal: &str) -> String {
    let body = json!({
        "action": "adminAssign", "principalId": principal, "roleDefinitionId": ROLE,
        "directoryScopeId": "/", "justification": "By hand",
        "scheduleInfo": { "expiration": { "type": "afterDateTime", "endDateTime": "2099-01-01T00:00:00Z" } },
    });
    let request = tenant.outside("POST", REQUESTS, body).await;
    request["targetScheduleId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_portal_assigned_is_taken_over() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    assigned_in_portal(&tenant, &user).await;
    let config = eligibility(&user, for_days(90));
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.iter().any(|said| said.summary.contains("was there already")), "{told:?}");
    let actions: Vec<_> =
        tenant.writes().await.into_iter().map(|(.., body)| body["action"].clone()).collect();
    assert_eq!(actions, ["adminAssign", "adminUpdate"]);
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn what_the_portal_assigned_is_imported() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let schedule = assigned_in_portal(&tenant, &user).await;
    let path = format!("/roleManagement/directory/roleEligibilitySchedules/{schedule}");
    let config = Value::from([
        ("principal_id", user.as_str().into()),
        ("role", "Reports Reader".into()),
        ("justification", "By hand".into()),
        ("end_date_time", "2099-01-01T00:00:00Z".into()),
    ]);
    for id in [format!("{user}/{ROLE}"), format!("{user}/{ROLE}//"), schedule, path] {
        let held = tenant.import(ELIGIBILITY, &id).await;
        assert_eq!(held.state.get("id").as_str(), Some(format!("{user}/{ROLE}").as_str()));
        tenant.settled(ELIGIBILITY, &held, &config).await;
    }
}

#[tokio::test]
async fn a_change_in_the_portal_is_seen_and_repaired() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    let tenant = tenant.again().await;
    let body = json!({
        "action": "adminUpdate", "principalId": user, "roleDefinitionId": ROLE, "directoryScopeId": "/",
        "justification": "Longer", "scheduleInfo": { "expiration": { "type": "noExpiration" } },
    });
    tenant.outside("POST", REQUESTS, body).await;
    let read = tenant.read(ELIGIBILITY, &held).await;
    assert_eq!(read.state.get("permanent"), &true.into());
    let drifted = Held { state: read.state, private: read.private };
    let (held, _) = tenant.apply(ELIGIBILITY, Some(&drifted), &config).await;
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn an_extension_changes_in_place() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let (held, _) = tenant.apply(ELIGIBILITY, None, &eligibility(&user, for_days(30))).await;
    let config = eligibility(&user, for_days(60));
    let (held, _) = tenant.apply(ELIGIBILITY, Some(&held), &config).await;
    let (_, _, body) = tenant.writes().await.pop().unwrap();
    assert_eq!(body["action"], "adminUpdate");
    assert_eq!(
        body["scheduleInfo"]["expiration"],
        json!({ "type": "afterDuration", "duration": "P60D" })
    );
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn a_custom_role_is_known_by_its_name() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let role = json!({
        "displayName": "Key keeper", "isEnabled": true,
        "rolePermissions": [{ "allowedResourceActions":
            ["microsoft.directory/applications/basic/update"] }],
    });
    let role = tenant.outside("POST", "/roleManagement/directory/roleDefinitions", role).await;
    let role = role["id"].as_str().unwrap();
    let named = |name: &str| {
        Value::from([
            ("principal_id", user.as_str().into()),
            ("role", name.into()),
            ("permanent", true.into()),
        ])
    };
    let config = named("Key keeper");
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert_eq!(held.state.get("role_definition_id").as_str(), Some(role));
    let (.., body) = tenant.writes().await.pop().unwrap();
    assert_eq!(body["roleDefinitionId"], role);
    tenant.settled(ELIGIBILITY, &held, &config).await;
    // An import knows the id only; its name is no change that Graph is told.
    let imported = tenant.import(ELIGIBILITY, &format!("{user}/{role}")).await;
    let planned = tenant.plan(ELIGIBILITY, Some(&imported), &config).await;
    assert!(planned.requires_replace.is_empty(), "{:?}", planned.requires_replace);
    let before = tenant.writes().await.len();
    let (imported, _) = tenant.apply(ELIGIBILITY, Some(&imported), &config).await;
    assert_eq!(tenant.writes().await.len(), before);
    tenant.settled(ELIGIBILITY, &imported, &config).await;
    for (name, nearest) in
        [("Key keper", "Did you mean"), ("Global Admin", "\"Global Administrator\"")]
    {
        let said = tenant.plan(ELIGIBILITY, None, &named(name)).await.diagnostics;
        let refused = said.iter().find(|said| said.summary.contains("There is no role"));
        assert!(refused.is_some_and(|said| said.detail.contains(nearest)), "{said:?}");
    }
    let policy = Value::from([
        ("role", "Key keeper".into()),
        ("activation", Value::from([("maximum_duration", "PT1H".into())])),
    ]);
    let (held, _) = tenant.apply("m365_role_management_policy", None, &policy).await;
    tenant.settled("m365_role_management_policy", &held, &policy).await;
}

#[tokio::test]
async fn every_window_lasts_as_it_says() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    for (ty, path) in [
        (ELIGIBILITY, "/roleManagement/directory/roleEligibilitySchedules"),
        (ACTIVE, "/roleManagement/directory/roleAssignmentSchedules"),
    ] {
        for (window, expected) in [
            (for_days(30), json!({ "type": "afterDuration", "duration": "P30D" })),
            (
                ("end_date_time", "2099-01-01T00:00:00Z".into()),
                json!({ "type": "afterDateTime", "endDateTime": "2099-01-01T00:00:00Z" }),
            ),
            (("permanent", true.into()), json!({ "type": "noExpiration" })),
        ] {
            let config = eligibility(&user, window);
            let (held, _) = tenant.apply(ty, None, &config).await;
            tenant.settled(ty, &held, &config).await;
            let filter = format!("$filter=principalId eq '{user}'");
            let listed = tenant.outside("GET", &format!("{path}?{filter}"), json!(null)).await;
            let shown = &listed["value"][0]["scheduleInfo"]["expiration"];
            let expected = expected.as_object().unwrap();
            assert!(expected.iter().all(|(name, value)| shown[name] == *value), "{shown}");
            assert!(tenant.destroy(ty, &held).await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_start_that_has_passed_is_no_difference() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let mut config = eligibility(&user, ("permanent", true.into()));
    if let Value::Object(attributes) = &mut config {
        attributes.insert("start_date_time".into(), "2022-04-10T00:00:00Z".into());
    }
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert_eq!(held.state.get("start_date_time").as_str(), Some("2022-04-10T00:00:00Z"));
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn requests_that_graph_has_forgotten_are_not_missed() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    tenant.control("/pim", json!({ "ahead_seconds": 50 * 86_400 })).await;
    let tenant = tenant.again().await;
    let requests = tenant.outside("GET", REQUESTS, json!(null)).await;
    assert_eq!(requests["value"], json!([]));
    tenant.settled(ELIGIBILITY, &held, &config).await;
    assert!(tenant.destroy(ELIGIBILITY, &held).await.is_empty());
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null());
}

#[tokio::test]
async fn what_has_ended_is_renewed() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    tenant.control("/pim", json!({ "ahead_seconds": 91 * 86_400 })).await;
    let tenant = tenant.again().await;
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null());
    tenant.apply(ELIGIBILITY, None, &config).await;
}

#[tokio::test]
async fn an_end_that_has_passed_is_refused_at_plan() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, ("end_date_time", "2024-01-01T00:00:00Z".into()));
    let planned = tenant.plan(ELIGIBILITY, None, &config).await;
    assert!(planned.diagnostics.iter().any(|said| said.summary.contains("has ended")));
}

#[tokio::test]
async fn what_is_to_come_is_taken_back() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let mut config = eligibility(&user, for_days(90));
    if let Value::Object(attributes) = &mut config {
        attributes.insert("start_date_time".into(), "2098-04-10T00:00:00Z".into());
    }
    let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
    tenant.settled(ELIGIBILITY, &held, &config).await;
    assert!(tenant.destroy(ELIGIBILITY, &held).await.is_empty());
    assert!(tenant.destroy(ELIGIBILITY, &held).await.is_empty(), "what is gone is destroyed");
}

#[tokio::test]
async fn what_is_too_young_to_end_is_waited_for() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, ("permanent", true.into()));
    tenant.control("/pim", json!({ "minimum_seconds": 2 })).await;
    let (held, _) = tenant.apply(ACTIVE, None, &config).await;
    assert!(tenant.destroy(ACTIVE, &held).await.is_empty());
    let removals = tenant.writes().await;
    let removals = removals.iter().filter(|(.., body)| body["action"] == "adminRemove").count();
    assert!(removals > 1, "{removals} removals");
}

#[tokio::test]
async fn what_graph_says_is_gone_already_is_destroyed() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let (held, _) = tenant.apply(ELIGIBILITY, None, &eligibility(&user, for_days(90))).await;
    // It is listed still, and to Graph it is over, until somebody has tried to end it.
    tenant.control("/pim", json!({ "ahead_seconds": 91 * 86_400, "keeps_ended": true })).await;
    let catches_up = async {
        for _ in 0..1000 {
            let writes = tenant.writes().await;
            if writes.iter().any(|(.., body)| body["action"] == "adminRemove") {
                let ahead = json!({ "ahead_seconds": 91 * 86_400, "keeps_ended": false });
                return tenant.control("/pim", ahead).await;
            }
        }
        panic!("nobody tried to end it");
    };
    let (told, ()) = tokio::join!(tenant.destroy(ELIGIBILITY, &held), catches_up);
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn what_is_provisioned_late_is_waited_for() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    tenant.control("/lag", json!({ "milliseconds": 1500 })).await;
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(tenant.writes().await.len(), 1);
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_nothing_twice() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    let fault = json!({ "kind": "drop-after", "method": "POST", "path": REQUESTS, "count": 1 });
    tenant.control("/faults", fault).await;
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.is_empty(), "{told:?}");
    tenant.settled(ELIGIBILITY, &held, &config).await;
}

#[tokio::test]
async fn a_plain_assignment_shows_as_a_permanent_one() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let body = json!({ "principalId": user, "roleDefinitionId": ROLE, "directoryScopeId": "/" });
    tenant.outside("POST", "/roleManagement/directory/roleAssignments", body).await;
    let held = tenant.import(ACTIVE, &format!("{user}/{ROLE}")).await;
    assert_eq!(held.state.get("permanent"), &true.into());
}

#[tokio::test]
async fn all_that_somebody_holds_is_read_at_once() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let mut all = Vec::new();
    for role in ["Reports Reader", "Global Reader", "Security Reader"] {
        let config = Value::from([
            ("principal_id", user.as_str().into()),
            ("role", role.into()),
            ("permanent", true.into()),
        ]);
        let (held, _) = tenant.apply(ELIGIBILITY, None, &config).await;
        all.push(held);
    }
    let tenant = tenant.again().await;
    let path = "/roleManagement/directory/roleEligibilitySchedules";
    let before = tenant.reads(path).await;
    for held in &all {
        assert_eq!(tenant.read(ELIGIBILITY, held).await.state, held.state);
    }
    assert_eq!(tenant.reads(path).await - before, 1);
}

#[tokio::test]
async fn what_graph_is_too_busy_for_is_asked_again() {
    let tenant = Tenant::new().await;
    let user = tenant.user("a").await;
    let config = eligibility(&user, for_days(90));
    tenant.control("/lag", json!({ "milliseconds": 500 })).await;
    let lost = json!({ "kind": "drop-after", "method": "POST", "path": REQUESTS, "count": 1 });
    let busy = json!({ "kind": "unavailable", "method": "POST", "path": REQUESTS, "count": 2 });
    tenant.control("/faults", json!([lost, busy])).await;
    let (held, told) = tenant.apply(ELIGIBILITY, None, &config).await;
    assert!(told.is_empty(), "made by itself, not by somebody else: {told:?}");
    tenant.control("/faults", busy).await;
    let (held, _) = tenant.apply(ELIGIBILITY, Some(&held), &eligibility(&user, for_days(60))).await;
    tenant.control("/faults", json!({ "kind": "unavailable", "path": REQUESTS, "count": 2 })).await;
    assert!(tenant.destroy(ELIGIBILITY, &held).await.is_empty());
    assert!(tenant.read(ELIGIBILITY, &held).await.state.is_null());
}
