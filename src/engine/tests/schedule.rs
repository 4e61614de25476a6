//! Schedules: the requests that change them, which of those listed is meant, and how one is shown.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::declare::{Form, Requests, Resource, id, string};
use crate::engine::schedule::{self, Action};
use crate::engine::{Model, Request};
use crate::terraform::Value;

static HOLDING: Resource = Resource {
    name: "holding",
    path: "/schedules",
    requests: Some(Requests {
        path: "/requests",
        of: &["principal_id", "role_id", "scope"],
        filters: &["principal_id", "role_id"],
        instead: Some("app_scope"),
        policy: None,
    }),
    attributes: &[
        id("principal_id", "").required(),
        id("role_id", "").required(),
        string("scope", "").form(Form::CaseInsensitive),
        string("app_scope", "").form(Form::CaseInsensitive),
    ],
    ..Resource::REQUEST
};

const NOW: &str = "2026-06-01T12:00:00.123456789Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn state(more: &[(&str, &str)]) -> Value {
    let mut all: Vec<(&str, Value)> =
        vec![("principal_id", "P".into()), ("role_id", "r".into()), ("scope", "/".into())];
    for (name, value) in more {
        let value = if *value == "true" { true.into() } else { Value::from(*value) };
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn asked(action: Action, state: &Value) -> Json {
    schedule::change(&Model::new(&HOLDING), state, action, now()).unwrap().body.unwrap()
}

/// A schedule of what [`state`] is of.
fn listed(more: Json) -> Json {
    let mut one = json!({
        "principalId": "p", "roleId": "R", "scope": "/", "memberType": "Direct",
        "assignmentType": "Assigned", "status": "Provisioned",
        "scheduleInfo": { "startDateTime": "2026-01-01T00:00:00Z",
            "expiration": { "type": "noExpiration" } },
    });
    for (name, value) in more.as_object().unwrap() {
        one[name] = value.clone();
    }
    one
}

fn until(end: &str) -> Json {
    json!({ "startDateTime": "2026-01-01T00:00:00Z",
        "expiration": { "type": "afterDateTime", "endDateTime": end } })
}

#[test]
fn each_window_is_asked_for_as_graph_has_it() {
    #[track_caller]
    fn check(window: (&str, &str), expiration: Json) {
        let body = asked(Action::Assign, &state(&[window, ("justification", "Why")]));
        let info = json!({ "startDateTime": "2026-06-01T12:00:00Z", "expiration": expiration });
        let whole = json!({ "action": "adminAssign", "principalId": "P", "roleId": "r",
            "scope": "/", "justification": "Why", "scheduleInfo": info });
        assert_eq!(body, whole);
    }
    check(("permanent", "true"), json!({ "type": "noExpiration" }));
    check(("duration", "P30D"), json!({ "type": "afterDuration", "duration": "P30D" }));
    let end = "2027-01-01T00:00:00Z";
    check(("end_date_time", end), json!({ "type": "afterDateTime", "endDateTime": end }));
}

#[test]
fn it_begins_now_or_later_in_whole_seconds() {
    #[track_caller]
    fn check(start: &str, expected: &str) {
        let body =
            asked(Action::Update, &state(&[("permanent", "true"), ("start_date_time", start)]));
        assert_eq!(body["scheduleInfo"]["startDateTime"], expected);
    }
    check("2020-01-01T00:00:00Z", "2026-06-01T12:00:00Z");
    check("2026-07-01T00:00:00.5Z", "2026-07-01T00:00:00Z");
}

#[test]
fn ending_says_no_window() {
    let body = asked(Action::Remove, &state(&[("duration", "P30D"), ("ticket_number", "T")]));
    let expected = json!({ "action": "adminRemove", "principalId": "P", "roleId": "r", "scope": "/",
        "ticketInfo": { "ticketNumber": "T" } });
    assert_eq!(body, expected);
    let actions = [Action::Update, Action::Renew]
        .map(|action| asked(action, &state(&[("permanent", "true")]))["action"].clone());
    assert_eq!(actions, ["adminUpdate", "adminRenew"]);
}

#[test]
fn ids_are_filtered_by_as_graph_spells_them() {
    let Request { query, .. } = schedule::list(
        &Model::new(&HOLDING),
        "/requests",
        &state(&[]),
        &["principal_id", "role_id"],
    );
    assert_eq!(query, [("$filter", "principalId eq 'p' and roleId eq 'r'".to_owned())]);
}

#[test]
fn the_one_meant_is_direct_assigned_and_of_the_same() {
    let model = Model::new(&HOLDING);
    let picked = |more: Json| schedule::pick(&model, &state(&[]), &[listed(more)]).is_some();
    assert!(picked(json!({})));
    assert!(
        picked(json!({ "memberType": null, "assignmentType": null })),
        "eligible ones have no type"
    );
    for other in [
        json!({ "memberType": "Group" }),
        json!({ "memberType": "Inherited" }),
        json!({ "assignmentType": "Activated" }),
        json!({ "status": "Revoked" }),
        json!({ "roleId": "other" }),
        json!({ "scope": "/administrativeUnits/u" }),
        json!({ "appScope": "/a" }),
        json!({ "scope": null, "appScope": "/" }),
    ] {
        assert!(!picked(other.clone()), "{other}");
    }
}

#[test]
fn what_lasts_longest_is_the_one_meant() {
    let model = Model::new(&HOLDING);
    let [over, later, permanent] = [
        listed(json!({ "id": "over", "scheduleInfo": until("2026-02-01T00:00:00Z") })),
        listed(json!({ "id": "later", "scheduleInfo": until("2026-12-01T00:00:00Z") })),
        listed(json!({ "id": "permanent" })),
    ];
    let picked = |all: &[&Json]| {
        let all: Vec<Json> = all.iter().map(|one| (*one).clone()).collect();
        schedule::pick(&model, &state(&[]), &all).unwrap()["id"].clone()
    };
    assert_eq!(picked(&[&over, &later]), "later");
    assert_eq!(picked(&[&later, &over]), "later");
    assert_eq!(picked(&[&later, &permanent, &over]), "permanent");
}

#[test]
fn the_newest_request_that_is_under_way_is_pending() {
    let model = Model::new(&HOLDING);
    let request = |id: &str, action: &str, status: &str, made: &str| {
        listed(json!({ "id": id, "action": action, "status": status, "createdDateTime": made,
            "scheduleInfo": until("2027-01-01T00:00:00Z") }))
    };
    let old = request("old", "adminAssign", "PendingApproval", "2026-05-01T00:00:00Z");
    let new = request("new", "adminUpdate", "Granted", "2026-05-02T00:00:00Z");
    let pending = |all: &[Json]| {
        let one = schedule::pick_pending(&model, &state(&[]), all, now());
        one.map(|one| one["id"].as_str().unwrap().to_owned())
    };
    assert_eq!(pending(&[new.clone(), old.clone()]).as_deref(), Some("new"));
    assert_eq!(pending(&[old.clone(), new]).as_deref(), Some("new"));
    for status in ["Provisioned", "Revoked", "Failed", "PendingRevocation", "Canceled", "Denied"] {
        assert_eq!(pending(&[request("x", "adminAssign", status, "2026-05-01T00:00:00Z")]), None);
    }
    for action in ["adminRemove", "selfActivate"] {
        assert_eq!(pending(&[request("x", action, "Granted", "2026-05-01T00:00:00Z")]), None);
    }
    let mut tried = old.clone();
    tried["isValidationOnly"] = true.into();
    assert_eq!(pending(&[tried]), None, "it was only tried");
    let mut over = old;
    over["scheduleInfo"] = until("2026-05-31T00:00:00Z");
    assert_eq!(pending(&[over]), None, "it would be over");
}

#[test]
fn statuses_say_what_will_become_of_a_request() {
    let told = |status: &str| {
        let request = json!({ "status": status });
        let is = [
            schedule::is_waiting(&request),
            schedule::is_being_provisioned(&request),
            schedule::has_failed(&request),
        ];
        is.map(u8::from)
    };
    for (statuses, expected) in [
        (
            &["Accepted", "PendingEvaluation", "PendingProvisioning", "ProvisioningStarted"][..],
            [1, 1, 0],
        ),
        (&["PendingScheduleCreation"], [1, 1, 0]),
        (&["PendingApproval", "PendingAdminDecision", "Granted", "ScheduleCreated"], [1, 0, 0]),
        (&["Provisioned", "PendingRevocation"], [0, 0, 0]),
        (
            &["AdminDenied", "Canceled", "Denied", "Failed", "Invalid", "Revoked", "TimedOut"],
            [0, 0, 1],
        ),
    ] {
        for status in statuses {
            assert_eq!(told(status), expected, "{status}");
        }
    }
}

#[test]
fn what_says_the_same_stays_as_it_is_written() {
    #[track_caller]
    fn check(before: &[(&str, &str)], info: Json, expected: [&str; 4]) {
        let remote = listed(json!({ "scheduleInfo": info }));
        let shown = schedule::shown(&remote, &state(before), now()).unwrap();
        let text = |name: &str| match &shown[name] {
            Json::Null => "-".to_owned(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let names = ["startDateTime", "endDateTime", "duration", "permanent"];
        assert_eq!(names.map(text), expected);
        assert_eq!(shown["hasEnded"], false);
    }
    let end = "2026-12-01T00:00:00Z";
    // A start that has passed is the moment in which Graph carried the request out.
    check(
        &[("start_date_time", "2022-01-01T00:00:00Z"), ("permanent", "true")],
        json!({ "startDateTime": "2026-01-01T00:00:00Z", "expiration": { "type": "noExpiration" } }),
        ["2022-01-01T00:00:00Z", "-", "-", "true"],
    );
    // One to come is not.
    check(
        &[("start_date_time", "2026-08-01T00:00:00Z"), ("permanent", "true")],
        json!({ "startDateTime": "2026-09-01T00:00:00Z", "expiration": { "type": "noExpiration" } }),
        ["2026-09-01T00:00:00Z", "-", "-", "true"],
    );
    // An end where a duration was asked for; and Graph rounds.
    check(
        &[("duration", "P334D")],
        until("2026-12-01T00:01:30Z"),
        ["2026-01-01T00:00:00Z", "-", "P334D", "-"],
    );
    let spelt = "2026-12-01T01:00:00+01:00";
    check(&[("end_date_time", spelt)], until(end), ["2026-01-01T00:00:00Z", spelt, "-", "-"]);
    // Another end is another.
    check(&[("duration", "P30D")], until(end), ["2026-01-01T00:00:00Z", end, "-", "-"]);
    check(
        &[("permanent", "true")],
        json!({ "startDateTime": "2026-05-01T00:00:00Z",
            "expiration": { "type": "afterDuration", "duration": "P90D" } }),
        ["2026-05-01T00:00:00Z", "-", "P90D", "-"],
    );
    // What is not known yet, as after an import.
    check(&[], until(end), ["2026-01-01T00:00:00Z", end, "-", "-"]);
}

#[test]
fn what_is_over_is_shown_only_where_that_is_its_configuration() {
    let model = Model::new(&HOLDING);
    let over = listed(json!({ "scheduleInfo": until("2026-05-31T00:00:00Z") }));
    assert_eq!(schedule::shown(&over, &state(&[("duration", "P30D")]), now()), None);
    let ended = |window: (&str, &str)| schedule::ended(&model, &state(&[window]), now());
    let shown = ended(("end_date_time", "2026-06-01T12:00:00Z")).unwrap();
    assert_eq!(
        (&shown["hasEnded"], &shown["endDateTime"]),
        (&true.into(), &"2026-06-01T12:00:00Z".into())
    );
    for window in
        [("end_date_time", "2026-06-01T12:00:01Z"), ("duration", "P1D"), ("permanent", "true")]
    {
        assert_eq!(ended(window), None, "{window:?} is to be there");
    }
}

#[test]
fn only_what_is_left_as_it_is_has_ended() {
    let with = |ended: Value, end: &str| {
        let mut all = state(&[("end_date_time", end)]).as_object().unwrap().clone();
        all.insert("has_ended".into(), ended);
        Value::Object(all)
    };
    let (past, later) = ("2026-05-01T00:00:00Z", "2026-09-01T00:00:00Z");
    let planned = |prior: &Value, end: &str| {
        schedule::planned(prior, with(Value::UNKNOWN, end), now()).get("has_ended").as_bool()
    };
    assert_eq!(planned(&with(true.into(), past), past), Some(true));
    assert_eq!(planned(&with(true.into(), past), later), Some(false));
    assert_eq!(planned(&with(false.into(), past), past), Some(false));
    assert_eq!(planned(&Value::Null, later), Some(false));
    assert_eq!(planned(&with(false.into(), later), past), Some(true), "it is to end");
    assert_eq!(planned(&Value::Null, past), Some(false), "which is refused");
}

#[test]
fn a_plan_is_judged_by_its_moment() {
    #[track_caller]
    fn check(prior: Option<&[(&str, &str)]>, window: &[(&str, &str)], expected: &[&str]) {
        let prior = prior.map_or(Value::Null, state);
        let found = schedule::judge(&Model::new(&HOLDING), &prior, &state(window), now());
        let found: Vec<_> = found.iter().map(|one| one.summary.as_str()).collect();
        assert_eq!(found, expected);
    }
    let ended = ["m365_holding has ended"];
    let short = ["The assignment would be shorter than five minutes"];
    let (past, later) =
        (("end_date_time", "2026-06-01T12:00:00Z"), ("end_date_time", "2027-01-01T00:00:00Z"));
    check(None, &[past], &ended);
    check(Some(&[later]), &[past], &["m365_holding ends now"]);
    check(Some(&[("permanent", "true")]), &[past], &["m365_holding ends now"]);
    check(Some(&[past]), &[past], &ended);
    check(Some(&[past]), &[later], &[]);
    check(None, &[later], &[]);
    check(None, &[("end_date_time", "2026-06-01T12:04:59Z")], &short);
    check(None, &[("end_date_time", "2026-06-01T12:05:01Z")], &[]);
    check(None, &[later, ("start_date_time", "2026-12-31T23:56:00Z")], &short);
    check(None, &[("duration", "PT4M")], &short);
    check(None, &[("duration", "PT5M")], &[]);
    let never = Value::from([("permanent", false.into())]);
    let found = schedule::judge(&Model::new(&HOLDING), &Value::Null, &never, now());
    assert!(found.iter().any(|one| one.summary == "permanent = false says no end"));
    // Only what would be asked for is refused: what has ended is told.
    let prior = state(&[past]);
    assert!(!schedule::judge(&Model::new(&HOLDING), &prior, &prior, now()).has_errors());
    assert!(schedule::judge(&Model::new(&HOLDING), &Value::Null, &prior, now()).has_errors());
}

#[test]
fn a_policy_decides_on_what_changes() {
    let lasts =
        |prior: &Value, window: &[(&str, &str)]| schedule::lasts(prior, &state(window), now());
    let day = state(&[("duration", "P1D"), ("justification", "Why")]);
    let same = [("duration", "P1D"), ("justification", "Why")];
    assert_eq!(lasts(&Value::Null, &same), Some(Some(86_400)));
    assert_eq!(lasts(&day, &same), None, "nothing changes");
    assert_eq!(lasts(&day, &[("duration", "P1D")]), Some(Some(86_400)), "the reason is gone");
    assert_eq!(lasts(&day, &[("permanent", "true")]), Some(None));
    let window =
        [("start_date_time", "2026-07-01T00:00:00Z"), ("end_date_time", "2026-07-02T00:00:00Z")];
    assert_eq!(lasts(&day, &window), Some(Some(86_400)));
    assert_eq!(lasts(&day, &[("end_date_time", "2026-05-01T00:00:00Z")]), None, "it ends");
    let unknown = Value::from([("duration", Value::UNKNOWN)]);
    assert_eq!(schedule::lasts(&Value::Null, &unknown, now()), None);
}

#[test]
fn people_read_who_and_what() {
    let model = Model::new(&HOLDING);
    let named = json!({ "principal": { "displayName": "Ada" } });
    assert_eq!(schedule::called(&model, &named, &state(&[])), "Ada, r");
    let unit = state(&[("scope", "/administrativeUnits/u")]);
    assert_eq!(schedule::called(&model, &json!({}), &unit), "P, r, /administrativeUnits/u");
}
