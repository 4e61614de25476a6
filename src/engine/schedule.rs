//! Schedules: what is assigned for a time, and is changed by requests only (Privileged Identity
//! Management).
//!
//! Graph keeps a `requestSchedule` (start, and an end as one of three things) in each schedule; all
//! kinds of schedules share it, the request actions, and the properties that say why. So the
//! attributes for them belong to the kind and not to a declaration. A window of time is written in
//! more ways than one: Graph replaces a start that has passed by the moment it carried the request
//! out, and may answer with an end where a duration was asked for. What says the same stays in the
//! state as the user wrote it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use crate::declare::{Attribute, Form, Requests, Rule, boolean, instant, string};
use crate::engine::{Model, Request, Verb, encode, equal, names};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// The attributes that say from when to when.
const WINDOW: [&str; 4] = ["start_date_time", "end_date_time", "duration", "permanent"];

/// What every schedule has, beside what it is of.
pub const ATTRIBUTES: &[Attribute] = &[
    instant(
        "start_date_time",
        "When it begins, such as `2026-01-31T08:00:00Z`. At once where it is not set or has passed; \
         a start that has passed is not a difference.",
    )
    .optional_computed(),
    instant(
        "end_date_time",
        "When it ends; what is there after that is ended. Excludes `duration` and `permanent`.",
    ),
    string(
        "duration",
        "How long it lasts from its start, as an ISO 8601 duration such as `P180D` or `PT8H`. When it \
         is over, the next plan renews it. Excludes `end_date_time` and `permanent`.",
    )
    .form(Form::Duration),
    boolean(
        "permanent",
        "`true`: it has no end. Excludes `end_date_time` and `duration`.",
    ),
    boolean(
        "has_ended",
        "Whether `end_date_time` has passed: it gives nothing any more, Graph has nothing of it, and \
         nothing is asked of Graph until a later end is set.",
    )
    .computed(),
    string(
        "justification",
        "Why. Kept with the request in the audit log; the policy of the role or group may demand it.",
    )
    .not_returned(),
    string("ticket_number", "The number of a ticket; the policy may demand it.")
        .graph("ticketInfo/ticketNumber")
        .not_returned(),
    string("ticket_system", "The system that the ticket is in.")
        .graph("ticketInfo/ticketSystem")
        .not_returned(),
];

/// What the attributes must satisfy together.
pub const RULES: &[Rule] = &[Rule::ExactlyOneOf(&["end_date_time", "duration", "permanent"])];

/// How far apart two instants are taken for the same: Graph rounds, and takes a moment to carry out.
const CLOSE: SignedDuration = SignedDuration::from_mins(2);

/// The shortest assignment (Entra documentation, "Assign roles in PIM").
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);

/// What a request asks for. The names are Graph's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes a schedule.
    Assign,
    /// Changes when it begins and ends, and why. Graph has `adminExtend` besides, for what is about
    /// to end; this one is allowed at any time, and asks for the same.
    Update,
    /// Begins anew one that has ended and that Graph still shows.
    Renew,
    /// Ends it.
    Remove,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Assign => "adminAssign",
            Self::Update => "adminUpdate",
            Self::Renew => "adminRenew",
            Self::Remove => "adminRemove",
        }
    }
}

/// The request that makes, changes or ends what `state` says.
pub fn change(model: &Model, state: &Value, action: Action, now: Timestamp) -> Option<Request> {
    let requests = model.resource.requests?;
    let mut body = encode::body(model, state, &Value::Null);
    let start = body.remove("startDateTime").as_ref().and_then(moment);
    let end = body.remove("endDateTime");
    let duration = body.remove("duration");
    body.remove("permanent");
    body.insert("action".into(), action.name().into());
    if action != Action::Remove {
        let expiration = match (end, duration) {
            (Some(end), _) => json!({ "type": "afterDateTime", "endDateTime": end }),
            (None, Some(duration)) => json!({ "type": "afterDuration", "duration": duration }),
            (None, None) => json!({ "type": "noExpiration" }),
        };
        let start = start.map_or(now, |start| start.max(now));
        // Whole seconds: Graph's instants have seven digits after the point at most, and what has
        // begun less than a second ago begins now.
        let start = Timestamp::from_second(start.as_second()).unwrap_or(start);
        body.insert(
            "scheduleInfo".into(),
            json!({ "startDateTime": start.to_string(), "expiration": expiration }),
        );
    }
    Some(Request::new(Verb::Post, requests.path).with_body(body))
}

/// The request that takes back a request which was not carried out yet.
pub fn cancel(requests: &Requests, id: &str) -> Request {
    Request::new(Verb::Post, format!("{}/{}/cancel", requests.path, names::segment(id)))
}

/// The request for one request.
pub fn request(requests: &Requests, id: &str) -> Request {
    Request::new(Verb::Get, format!("{}/{}", requests.path, names::segment(id)))
}

/// The request for a schedule by its id.
pub fn by_id(model: &Model, id: &str) -> Request {
    Request::new(Verb::Get, format!("{}/{}", model.resource.path, names::segment(id)))
}

/// The request for the schedules (or at `path` the requests) of what the attributes `of` say.
pub fn list(model: &Model, path: &str, state: &Value, of: &[&str]) -> Request {
    let terms = of.iter().filter_map(|name| {
        let attribute = model.attribute(name)?;
        let value = state.get(name).as_str()?;
        // Graph compares ids in filters by letter.
        let value = equal::canonical(Form::Id, value);
        Some(format!("{} eq {}", names::location(attribute).0, names::literal(&value)))
    });
    let filter = terms.collect::<Vec<_>>().join(" and ");
    Request::new(Verb::Get, path).with_query("$filter", filter)
}

/// The request for all schedules that a `list` block asks for: of what it names, and that its filter
/// lets through; with the principals' names.
pub fn list_all(model: &Model, config: &Value) -> Request {
    let of = model.resource.requests.map_or(&[][..], |requests| requests.of);
    let mut request = list(model, model.resource.path, config, of);
    let named = request.query.pop().map(|(_, named)| named).filter(|named| !named.is_empty());
    let own = config.get("filter").as_str().map(str::to_owned);
    let filter: Vec<String> = named.into_iter().chain(own).collect();
    if !filter.is_empty() {
        request = request.with_query("$filter", filter.join(" and "));
    }
    request.with_query("$expand", "principal")
}

/// A schedule's name for people: who, and what.
pub fn called(model: &Model, schedule: &Json, state: &Value) -> String {
    let of = model.resource.requests.map_or(&[][..], |requests| requests.of);
    let who = schedule["principal"]["displayName"].as_str();
    let parts = of.iter().filter_map(|name| {
        let attribute = model.attribute(name)?;
        let own = names::location(attribute);
        if own.0 == "principalId" && who.is_some() {
            return who;
        }
        // A role by its name rather than its id.
        let alike = model.attributes.iter().filter(|one| names::location(one) == own);
        let mut texts = alike.filter_map(|one| state.get(one.name).as_str());
        texts.next().filter(|text| *text != "/")
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The schedule among those listed that is meant: of the same, held directly and assigned, not
/// inherited through a group nor activated.
pub fn pick<'a>(model: &Model, state: &Value, listed: &'a [Json]) -> Option<&'a Json> {
    listed.iter().filter(|json| is_own(json) && is_of(model, state, json)).max_by_key(|json| {
        // One that has ended may be listed beside the one that followed it.
        let end = Window::of(json).end;
        (end.is_none(), end)
    })
}

/// Whether a schedule is held directly and assigned, not inherited through a group nor activated.
pub fn is_own(json: &Json) -> bool {
    let is = |name: &str, expected: &str| {
        json[name].as_str().is_none_or(|value| value.eq_ignore_ascii_case(expected))
    };
    is("memberType", "Direct") && is("assignmentType", "Assigned") && !has_failed(json)
}

/// Whether a schedule has ended.
pub fn is_over(json: &Json, now: Timestamp) -> bool {
    Window::of(json).is_over(now)
}

/// The request among those listed that is to become the schedule that is meant, the newest first.
pub fn pick_pending<'a>(
    model: &Model,
    state: &Value,
    listed: &'a [Json],
    now: Timestamp,
) -> Option<&'a Json> {
    let waits = |json: &&Json| {
        let action = json["action"].as_str().unwrap_or_default();
        let asks = ["adminAssign", "adminUpdate", "adminExtend", "adminRenew"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(action));
        // Somebody may only have asked whether they could.
        let is_real = json["isValidationOnly"] != true;
        asks && is_real
            && is_waiting(json)
            && is_of(model, state, json)
            && !Window::of(json).is_over(now)
    };
    listed.iter().filter(waits).max_by_key(|json| moment(&json["createdDateTime"]))
}

fn is_of(model: &Model, state: &Value, json: &Json) -> bool {
    let Some(requests) = model.resource.requests else { return false };
    requests.of.iter().chain(&requests.instead).all(|name| {
        let Some(attribute) = model.attribute(name) else { return false };
        let (property, _) = names::location(attribute);
        match (state.get(name).as_str(), json[property.as_str()].as_str()) {
            (Some(a), Some(b)) => equal::same_text(Form::Id, a, b),
            (None, None) => true,
            _ => false,
        }
    })
}

/// Whether a request is on its way to become a schedule. Graph's page of `unifiedRoleScheduleBase`
/// lists the statuses.
pub fn is_waiting(request: &Json) -> bool {
    let status = request["status"].as_str().unwrap_or_default();
    status.starts_with("Pending") && status != "PendingRevocation"
        || ["Accepted", "AdminApproved", "Granted", "ProvisioningStarted", "ScheduleCreated"]
            .contains(&status)
}

/// Whether a request is being carried out, so that a moment later more is known.
pub fn is_being_provisioned(request: &Json) -> bool {
    let status = request["status"].as_str().unwrap_or_default();
    [
        "Accepted",
        "PendingEvaluation",
        "PendingProvisioning",
        "PendingScheduleCreation",
        "ProvisioningStarted",
    ]
    .contains(&status)
}

/// Whether a request came to nothing, or a schedule to its end.
pub fn has_failed(json: &Json) -> bool {
    let status = json["status"].as_str().unwrap_or_default();
    ["AdminDenied", "Canceled", "Denied", "Failed", "Invalid", "Revoked", "TimedOut"]
        .contains(&status)
}

/// A schedule, or a request for one, as an object with the properties that [`ATTRIBUTES`] read, in
/// the light of the state before; `None` where it is over.
pub fn shown(remote: &Json, before: &Value, now: Timestamp) -> Option<Json> {
    let window = Window::of(remote);
    if window.is_over(now) {
        return None;
    }
    let mut shown: Map<String, Json> = remote.as_object().cloned().unwrap_or_default();
    let start = match text_moment(before.get("start_date_time")) {
        Some(known) if window.begins_as(known, now) => {
            before.get("start_date_time").as_str().map(Json::from)
        }
        _ => window.start.map(|start| start.to_string().into()),
    };
    shown.insert("startDateTime".into(), start.unwrap_or_default());
    let ends = Window::planned(before, window.start).filter(|known| window.ends_as(known));
    let (end, duration, permanent) = match ends {
        Some(_) => (
            text_json(before.get("end_date_time")),
            text_json(before.get("duration")),
            before.get("permanent").as_bool().map_or(Json::Null, Json::from),
        ),
        None => {
            let expiration = &remote["scheduleInfo"]["expiration"];
            match (window.end, &expiration["duration"]) {
                (None, _) => (Json::Null, Json::Null, true.into()),
                (Some(_), Json::String(duration)) => {
                    (Json::Null, duration.as_str().into(), Json::Null)
                }
                (Some(end), _) => (end.to_string().into(), Json::Null, Json::Null),
            }
        }
    };
    let window = [
        ("endDateTime", end),
        ("duration", duration),
        ("permanent", permanent),
        ("hasEnded", false.into()),
    ];
    shown.extend(window.map(|(name, value)| (name.to_owned(), value)));
    Some(shown.into())
}

/// A schedule that ended when its state says that it ends, as [`shown`] shows it; `None` where it
/// should still be there.
///
/// What was assigned until a moment, and is over after it, is as it was configured: nothing is what
/// there is to be. Only a later end can renew it, and which one is not for a provider to choose, for
/// somebody approved this one. To plan it again as it is would ask Graph for an end that has passed,
/// and to refuse that plan would hold up everything else in the configuration. So it stays in the
/// state as what it is (`has_ended`), every plan says so ([`judge`]), and a later end renews it in
/// place. A `duration` says to be renewed: what has one is gone from the state when it is over, so
/// that it is planned anew.
pub fn ended(model: &Model, state: &Value, now: Timestamp) -> Option<Json> {
    has_ended(state, now).then(|| {
        let mut shown = encode::body(model, state, &Value::Null);
        shown.insert("hasEnded".into(), true.into());
        Json::Object(shown)
    })
}

/// Whether a state or a plan is of something that is over, and that nothing can be asked for.
pub fn has_ended(state: &Value, now: Timestamp) -> bool {
    text_moment(state.get("end_date_time")).is_some_and(|end| end <= now)
}

/// A plan with what follows from it: what begins, or is renewed, has not ended; and what is there
/// longer than it is to be (somebody extended it, or its end was moved) ends.
pub fn planned(prior: &Value, planned: Value, now: Timestamp) -> Value {
    let ended = match same_window(prior, &planned) {
        true => prior.get("has_ended").as_bool() == Some(true),
        false => !prior.is_null() && has_ended(&planned, now),
    };
    let mut attributes = planned.as_object().cloned().unwrap_or_default();
    attributes.insert("has_ended".into(), ended.into());
    Value::Object(attributes)
}

/// What is wrong with a planned schedule at this moment.
pub fn judge(model: &Model, prior: &Value, planned: &Value, now: Timestamp) -> Diagnostics {
    let mut found = Diagnostics::new();
    if planned.get("permanent").as_bool() == Some(false) {
        let says = "Set it to true, or leave it out and set end_date_time or duration.";
        found.push(
            Diagnostic::error("permanent = false says no end", says)
                .at(Path::attribute("permanent")),
        );
    }
    if same_window(prior, planned) {
        if let Some(end) = text_moment(planned.get("end_date_time")).filter(|end| *end <= now) {
            let says = format!(
                "It ended at {end}, as it is configured: it gives nothing any more, and apply asks \
                 nothing of Graph for it. Set a later end_date_time to renew it, or remove the resource."
            );
            found.push(
                Diagnostic::warning(format!("{} has ended", model.name), says)
                    .at(Path::attribute("end_date_time")),
            );
        }
        return found;
    }
    let start = text_moment(planned.get("start_date_time"));
    let begins = start.map_or(now, |start| start.max(now));
    let end = text_moment(planned.get("end_date_time"));
    let lasts = planned.get("duration").as_str().and_then(equal::seconds);
    let lasts = lasts.map(SignedDuration::from_secs);
    match (end, lasts) {
        (Some(end), _) if end <= now && !prior.is_null() => found.push(
            Diagnostic::warning(
                format!("{} ends now", model.name),
                format!(
                    "end_date_time {end} has passed, and it is there for longer. Apply ends it at once. \
                     Set a later end_date_time to keep it."
                ),
            )
            .at(Path::attribute("end_date_time")),
        ),
        (Some(end), _) if end <= now => found.push(
            Diagnostic::error(
                format!("{} has ended", model.name),
                format!(
                    "end_date_time {end} has passed, so the assignment is over and cannot be renewed \
                     as it is configured. Set a later end_date_time to renew it, or remove the \
                     resource."
                ),
            )
            .at(Path::attribute("end_date_time")),
        ),
        (Some(end), _) if end.duration_since(begins) < SHORTEST => found.push(
            Diagnostic::error(
                "The assignment would be shorter than five minutes",
                format!(
                    "It would begin at {begins} and end at {end}. Privileged Identity Management \
                     takes no assignment of less than five minutes."
                ),
            )
            .at(Path::attribute("end_date_time")),
        ),
        (None, Some(lasts)) if lasts < SHORTEST => found.push(
            Diagnostic::error(
                "The assignment would be shorter than five minutes",
                "Privileged Identity Management takes no assignment of less than five minutes.",
            )
            .at(Path::attribute("duration")),
        ),
        _ => {}
    }
    found
}

/// How many seconds what is planned lasts, from this moment or its start; `Some(None)`: it has no
/// end. `None` where that is not known yet, or nothing that a policy decides on changes.
pub fn lasts(prior: &Value, planned: &Value, now: Timestamp) -> Option<Option<i64>> {
    // To end is always allowed.
    if has_ended(planned, now) {
        return None;
    }
    // A start that Graph chooses is now.
    let unknown = WINDOW[1..].iter().any(|name| planned.get(name).is_unknown());
    if unknown || same_window(prior, planned) && same_reasons(prior, planned) {
        return None;
    }
    let start = text_moment(planned.get("start_date_time")).map_or(now, |start| start.max(now));
    let window = Window::planned(planned, Some(start))?;
    Some(window.end.map(|end| end.duration_since(start).as_secs()))
}

fn same_reasons(a: &Value, b: &Value) -> bool {
    ["justification", "ticket_number"].iter().all(|name| a.get(name) == b.get(name))
}

fn same_window(a: &Value, b: &Value) -> bool {
    WINDOW.iter().all(|name| a.get(name) == b.get(name)) && !a.is_null()
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    start: Option<Timestamp>,
    /// `None`: it has no end.
    end: Option<Timestamp>,
}

impl Window {
    /// As Graph shows it.
    fn of(remote: &Json) -> Self {
        let info = &remote["scheduleInfo"];
        let expiration = &info["expiration"];
        let start = moment(&info["startDateTime"]);
        let lasts = || after(start?, expiration["duration"].as_str()?);
        Self { start, end: moment(&expiration["endDateTime"]).or_else(lasts) }
    }

    /// As a state or a plan says it, beginning at `start`; `None` where it says nothing.
    fn planned(value: &Value, start: Option<Timestamp>) -> Option<Self> {
        let lasts = || after(start?, value.get("duration").as_str()?);
        let end = text_moment(value.get("end_date_time")).or_else(lasts);
        let said = end.is_some() || value.get("permanent").as_bool() == Some(true);
        said.then_some(Self { start, end })
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// Whether it begins when `known` says, or both have passed.
    fn begins_as(&self, known: Timestamp, now: Timestamp) -> bool {
        let Some(start) = self.start else { return true };
        close(start, known) || (start <= now + CLOSE && known <= now + CLOSE)
    }

    fn ends_as(&self, known: &Self) -> bool {
        match (self.end, known.end) {
            (None, None) => true,
            (Some(a), Some(b)) => close(a, b),
            _ => false,
        }
    }
}

fn close(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).abs() <= CLOSE
}

fn after(start: Timestamp, duration: &str) -> Option<Timestamp> {
    start.checked_add(SignedDuration::from_secs(equal::seconds(duration)?)).ok()
}

fn moment(json: &Json) -> Option<Timestamp> {
    json.as_str()?.parse().ok()
}

fn text_moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn text_json(value: &Value) -> Json {
    value.as_str().map_or(Json::Null, Json::from)
}
