//! What is wrong with a Conditional Access policy as a whole: what Graph would refuse, and what
//! would do nothing. What does not depend on values is said by the declaration's rules.
//!
//! Unknown values are given the benefit of the doubt: every finding rests on known values only.

use crate::declare::Finding;
use crate::terraform::{Path, Value};

/// The contradictions of a planned policy.
pub(super) fn contradictions(policy: &Value) -> Vec<Finding> {
    let view = View::of(policy);
    let checks: &[fn(&View<'_>) -> Vec<Finding>] = &[
        keywords_stand_alone,
        included_and_excluded,
        filter_beside_all,
        external_tenants,
        workload_identities,
        no_control,
        block_stands_alone,
        sign_in_frequency,
        persistent_browser,
        controls_that_are_off,
        both_risks,
        evaluation_switched_off,
        device_code_and_devices,
        nobody,
    ];
    checks.iter().flat_map(|check| check(&view)).collect()
}

/// The parts of a policy that the checks look at.
struct View<'a> {
    conditions: &'a Value,
    users: &'a Value,
    applications: &'a Value,
    grant: &'a Value,
    session: &'a Value,
}

impl<'a> View<'a> {
    fn of(policy: &'a Value) -> Self {
        let conditions = part(policy, "conditions");
        Self {
            conditions,
            users: part(conditions, "users"),
            applications: part(conditions, "applications"),
            grant: part(policy, "grant_controls"),
            session: part(policy, "session_controls"),
        }
    }
}

/// An attribute of an object; what is in an object that is unknown is unknown too.
fn part<'a>(object: &'a Value, name: &str) -> &'a Value {
    if object.is_unknown() { object } else { object.get(name) }
}

/// The texts of a set that are known.
fn texts(set: &Value) -> Vec<&str> {
    set.as_elements().unwrap_or_default().iter().filter_map(Value::as_str).collect()
}

fn has(set: &Value, text: &str) -> bool {
    texts(set).iter().any(|element| element.eq_ignore_ascii_case(text))
}

/// Whether a set is known to have no elements.
fn is_empty(set: &Value) -> bool {
    set.is_null() || set.as_elements().is_some_and(<[Value]>::is_empty)
}

pub(super) fn path(dotted: &str) -> Path {
    dotted.split('.').fold(Path::root(), |path, name| path.at(name))
}

fn keywords_stand_alone(view: &View<'_>) -> Vec<Finding> {
    let sets: &[(&Value, &str, &str, &[&str])] = &[
        (view.users, "conditions.users", "include_users", &["All", "None"]),
        (view.applications, "conditions.applications", "include_applications", &["All", "None"]),
        (view.conditions, "conditions", "client_app_types", &["all"]),
        (view.conditions.get("platforms"), "conditions.platforms", "include_platforms", &["all"]),
        (view.conditions.get("locations"), "conditions.locations", "include_locations", &["All"]),
    ];
    let mut found = Vec::new();
    for (object, parent, name, keywords) in sets {
        let set = object.get(name);
        let several = set.as_elements().is_some_and(|elements| elements.len() > 1);
        let keyword = keywords.iter().find(|keyword| has(set, keyword));
        if let (true, Some(keyword)) = (several, keyword) {
            found.push(Finding::error(
                path(parent).at(name),
                format!("{keyword} must be the only element of {name}"),
                format!("{keyword} leaves nothing for the other elements to say. Keep either."),
            ));
        }
    }
    found
}

fn included_and_excluded(view: &View<'_>) -> Vec<Finding> {
    let pairs: &[(&Value, &str, &[&str])] = &[
        (view.users, "conditions.users", &["users", "groups", "roles"]),
        (view.applications, "conditions.applications", &["applications"]),
        (view.conditions.get("platforms"), "conditions.platforms", &["platforms"]),
        (view.conditions.get("locations"), "conditions.locations", &["locations"]),
        (
            view.conditions.get("client_applications"),
            "conditions.client_applications",
            &["service_principals"],
        ),
    ];
    let mut found = Vec::new();
    for (object, parent, nouns) in pairs {
        for noun in *nouns {
            let excluded = object.get(&format!("exclude_{noun}"));
            let included = texts(object.get(&format!("include_{noun}")));
            if let Some(both) = included.into_iter().find(|element| has(excluded, element)) {
                found.push(Finding::warning(
                    path(parent).at(&format!("exclude_{noun}")),
                    format!("{both} is both included and excluded"),
                    "Exclusion wins, so the inclusion does nothing. Remove one of the two.",
                ));
            }
        }
    }
    found
}

fn filter_beside_all(view: &View<'_>) -> Vec<Finding> {
    let filter = view.applications.get("application_filter");
    let includes = filter.get("mode").as_str() == Some("include");
    if !(includes && has(part(view.applications, "include_applications"), "All")) {
        return Vec::new();
    }
    vec![Finding::error(
        path("conditions.applications.application_filter"),
        "The application filter does nothing beside All",
        "The policy includes all applications, whatever the filter says. Leave out \
         include_applications to include only what the filter matches.",
    )]
}

fn external_tenants(view: &View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in ["include_guests_or_external_users", "exclude_guests_or_external_users"] {
        let tenants = view.users.get(name).get("external_tenants");
        let members = tenants.get("members");
        let wrong = match tenants.get("membership_kind").as_str() {
            Some("enumerated") if is_empty(members) => "enumerated tenants without members",
            Some("all") if !is_empty(members) && !members.is_unknown() => {
                "all tenants with members"
            }
            _ => continue,
        };
        found.push(Finding::error(
            path("conditions.users").at(name).at("external_tenants"),
            format!("External tenants cannot be {wrong}"),
            "List the ids of the tenants in members where membership_kind is enumerated, and only \
             there.",
        ));
    }
    found
}

fn workload_identities(view: &View<'_>) -> Vec<Finding> {
    let workloads = view.conditions.get("client_applications");
    if workloads.as_object().is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let whose = ["include_users", "include_groups", "include_roles"];
    let people = whose
        .iter()
        .flat_map(|name| texts(view.users.get(name)))
        .any(|user| !user.eq_ignore_ascii_case("None"));
    if people || view.users.get("include_guests_or_external_users").as_object().is_some() {
        found.push(Finding::error(
            path("conditions.users"),
            "A policy applies either to users or to workload identities",
            "client_applications aims the policy at workload identities. Leave out users, and write \
             a second policy for them.",
        ));
    }
    let controls = part(view.grant, "built_in_controls");
    if controls.is_wholly_known() && !has(controls, "block") {
        found.push(Finding::error(
            path("grant_controls.built_in_controls"),
            "Workload identities can only be blocked",
            "A workload identity cannot satisfy a control. Set built_in_controls to [\"block\"].",
        ));
    }
    found
}

fn no_control(view: &View<'_>) -> Vec<Finding> {
    let names = [
        "built_in_controls",
        "authentication_strength_id",
        "terms_of_use",
        "custom_authentication_factors",
    ];
    let none = names.iter().all(|name| is_empty(view.grant.get(name)));
    if view.grant.as_object().is_none() || !none {
        return Vec::new();
    }
    vec![Finding::error(
        path("grant_controls"),
        "The grant controls hold no control",
        "Set built_in_controls, authentication_strength_id or terms_of_use, or leave out \
         grant_controls in a policy that has session controls only.",
    )]
}

fn block_stands_alone(view: &View<'_>) -> Vec<Finding> {
    let controls = part(view.grant, "built_in_controls");
    let several = controls.as_elements().is_some_and(|elements| elements.len() > 1);
    if !(several && has(controls, "block")) {
        return Vec::new();
    }
    vec![Finding::error(
        path("grant_controls.built_in_controls"),
        "block must be the only control",
        "A sign-in that is blocked cannot satisfy anything else. Keep block alone, or remove it.",
    )]
}

fn sign_in_frequency(view: &View<'_>) -> Vec<Finding> {
    let frequency = view.session.get("sign_in_frequency");
    let (value, unit) = (frequency.get("value"), frequency.get("type"));
    let summary = match frequency.get("frequency_interval").as_str() {
        Some("timeBased") if value.is_null() || unit.is_null() => {
            "A time-based sign-in frequency needs value and type"
        }
        _ if unit.as_str() == Some("hours")
            && value
                .as_number()
                .and_then(|hours| hours.as_i64())
                .is_some_and(|hours| hours > 23) =>
        {
            "A sign-in frequency in hours is at most 23"
        }
        _ => return Vec::new(),
    };
    vec![Finding::error(
        path("session_controls.sign_in_frequency"),
        summary,
        "Set value and type (1 to 23 hours, 1 to 365 days), or frequency_interval to everyTime.",
    )]
}

fn persistent_browser(view: &View<'_>) -> Vec<Finding> {
    let everything = part(view.applications, "include_applications");
    let wanted = view.session.get("persistent_browser").as_object().is_some();
    if !wanted || !everything.is_wholly_known() || has(everything, "All") {
        return Vec::new();
    }
    vec![Finding::error(
        path("session_controls.persistent_browser"),
        "INV-29: A persistent browser session needs all applications",
        "A browser has one session for all of them. Set include_applications to [\"All\"].",
    )]
}

fn controls_that_are_off(view: &View<'_>) -> Vec<Finding> {
    let controls = view.session.as_object().into_iter().flatten();
    let off = controls.filter(|(_, control)| control.get("is_enabled").as_bool() == Some(false));
    off.map(|(name, _)| {
        Finding::warning(
            path("session_controls").at(name),
            format!("{name} is switched off, and so does nothing"),
            "Leave it out, which says the same.",
        )
    })
    .collect()
}

fn both_risks(view: &View<'_>) -> Vec<Finding> {
    let risks = ["user_risk_levels", "sign_in_risk_levels"];
    let set = |name: &&str| !texts(view.conditions.get(name)).is_empty();
    if !risks.iter().all(set) {
        return Vec::new();
    }
    vec![Finding::warning(
        path("conditions.sign_in_risk_levels"),
        "Both user risk and sign-in risk must match",
        "A risky sign-in of a user who is not at risk yet passes this policy, and so does the \
         reverse. Write one policy for each kind of risk.",
    )]
}

fn evaluation_switched_off(view: &View<'_>) -> Vec<Finding> {
    let mode = view.session.get("continuous_access_evaluation").get("mode");
    if mode.as_str() != Some("disabled") {
        return Vec::new();
    }
    let everything = part(view.applications, "include_applications");
    let names = ["platforms", "locations", "devices", "sign_in_risk_levels", "user_risk_levels"];
    let condition = names.iter().find(|name| !is_empty(part(view.conditions, name)));
    let wrong = match condition {
        Some(name) if !part(view.conditions, name).is_unknown() => {
            format!("it cannot be combined with the condition {name}")
        }
        _ if everything.is_wholly_known() && !has(everything, "All") => {
            "it needs include_applications to be [\"All\"]".to_owned()
        }
        _ => return Vec::new(),
    };
    vec![Finding::error(
        path("session_controls.continuous_access_evaluation"),
        format!("INV-29: Continuous access evaluation is not switched off like this: {wrong}"),
        "It is switched off for all applications and without conditions, or not at all.",
    )]
}

/// Whoever signs in by a code on another device shows nothing of a device.
fn device_code_and_devices(view: &View<'_>) -> Vec<Finding> {
    let flows = part(part(view.conditions, "authentication_flows"), "transfer_methods");
    let only = texts(flows) == ["deviceCodeFlow"];
    let controls = texts(part(view.grant, "built_in_controls"));
    let of_device = ["compliantDevice", "domainJoinedDevice"];
    let all = !controls.is_empty() && controls.iter().all(|control| of_device.contains(control));
    if !(only && all) {
        return Vec::new();
    }
    vec![Finding::warning(
        path("grant_controls.built_in_controls"),
        "A device code sign-in can never satisfy a control of the device",
        "Nothing is known of the device when it signs in by a code, so the policy blocks. Say block, \
         which says so.",
    )]
}

/// `None` beside groups or roles is dropped by Graph; alone, for people, it makes a policy for nobody.
fn nobody(view: &View<'_>) -> Vec<Finding> {
    let workloads = part(view.conditions, "client_applications");
    let others = ["include_groups", "include_roles", "include_guests_or_external_users"];
    let alone = others.iter().all(|name| is_empty(view.users.get(name)));
    let none =
        texts(view.users.get("include_users")).iter().any(|user| user.eq_ignore_ascii_case("None"));
    let several = view.users.get("include_users").as_elements().is_some_and(|all| all.len() > 1);
    if several || !(none && alone && workloads.is_null()) {
        return Vec::new();
    }
    vec![Finding::warning(
        path("conditions.users.include_users"),
        "The policy applies to nobody",
        "None includes no user. Name users, groups or roles, or client_applications for workload \
         identities.",
    )]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    /// Arrays are sets; the text `?` is unknown.
    fn value(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(truth) => (*truth).into(),
            Json::Number(number) => number.as_i64().unwrap().into(),
            Json::String(text) if text == "?" => Value::UNKNOWN,
            Json::String(text) => text.as_str().into(),
            Json::Array(elements) => Value::set(elements.iter().map(value)),
            Json::Object(attributes) => Value::Object(
                attributes.iter().map(|(name, json)| (name.clone(), value(json))).collect(),
            ),
        }
    }

    /// The attributes at fault in a policy made of a sound one and `changes`.
    #[track_caller]
    fn check(changes: &[(&str, Json)], at: &[&str]) {
        let mut policy = json!({
            "conditions": {
                "users": { "include_users": ["All"], "exclude_groups": ["1"] },
                "applications": { "include_applications": ["All"] },
                "client_app_types": ["all"],
            },
            "grant_controls": { "operator": "OR", "built_in_controls": ["mfa"] },
        });
        for (pointer, json) in changes {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = match parent {
                "" => &mut policy,
                parent => policy.pointer_mut(parent).unwrap(),
            };
            parent[name] = json.clone();
        }
        let found = contradictions(&value(&policy));
        let found: Vec<_> = found.iter().map(|finding| finding.path.to_string()).collect();
        assert_eq!(found, at, "{policy}");
    }

    #[test]
    fn a_sound_policy_has_none() {
        check(&[], &[]);
        check(&[("/grant_controls", json!("?")), ("/conditions", json!("?"))], &[]);
        check(&[("/grant_controls/built_in_controls", json!("?"))], &[]);
        check(&[("/grant_controls/built_in_controls", json!(["?"]))], &[]);
    }

    #[test]
    fn keywords_leave_no_room() {
        let at = "conditions.users.include_users";
        check(&[("/conditions/users/include_users", json!(["All", "42"]))], &[at]);
        check(&[("/conditions/users/include_users", json!(["?", "None"]))], &[at]);
        check(&[("/conditions/users/include_users", json!(["42", "43"]))], &[]);
        let at = "conditions.client_app_types";
        check(&[("/conditions/client_app_types", json!(["all", "browser"]))], &[at]);
    }

    #[test]
    fn exclusion_wins() {
        check(
            &[("/conditions/users/include_groups", json!(["1"]))],
            &["conditions.users.exclude_groups"],
        );
        let locations = json!({ "include_locations": ["A"], "exclude_locations": ["a"] });
        check(&[("/conditions/locations", locations)], &["conditions.locations.exclude_locations"]);
    }

    #[test]
    fn a_filter_adds_nothing_to_all() {
        let at = "conditions.applications.application_filter";
        let filter = |mode: &str| json!({ "mode": mode, "rule": "r" });
        check(&[("/conditions/applications/application_filter", filter("include"))], &[at]);
        check(&[("/conditions/applications/application_filter", filter("exclude"))], &[]);
    }

    #[test]
    fn tenants_are_listed_or_all() {
        let at = "conditions.users.include_guests_or_external_users.external_tenants";
        let guests = |tenants: Json| {
            let guests = json!({ "external_tenants": tenants });
            ("/conditions/users/include_guests_or_external_users", guests)
        };
        check(&[guests(json!({ "membership_kind": "enumerated" }))], &[at]);
        check(&[guests(json!({ "membership_kind": "enumerated", "members": ["1"] }))], &[]);
        check(&[guests(json!({ "membership_kind": "enumerated", "members": "?" }))], &[]);
        check(&[guests(json!({ "membership_kind": "all", "members": ["1"] }))], &[at]);
        check(&[guests(json!({ "membership_kind": "all" }))], &[]);
    }

    #[test]
    fn workload_identities_are_blocked_and_no_users() {
        let workloads =
            ("/conditions/client_applications", json!({ "include_service_principals": ["1"] }));
        let block = ("/grant_controls/built_in_controls", json!(["block"]));
        let nobody = ("/conditions/users", json!({ "include_users": ["None"] }));
        check(&[workloads.clone(), block.clone(), nobody.clone()], &[]);
        check(&[workloads.clone(), block.clone(), ("/conditions/users", json!(null))], &[]);
        check(&[workloads.clone(), block], &["conditions.users"]);
        check(&[workloads, nobody], &["grant_controls.built_in_controls"]);
    }

    #[test]
    fn controls_go_together_or_do_not() {
        let controls = |controls: Json| ("/grant_controls/built_in_controls", controls);
        let at = "grant_controls.built_in_controls";
        check(&[controls(json!([]))], &["grant_controls"]);
        check(&[controls(json!(["block", "mfa"]))], &[at]);
    }

    #[test]
    fn session_controls_do_something() {
        let session =
            |control: &str, properties: Json| ("/session_controls", json!({ control: properties }));
        let frequency = |properties: Json| session("sign_in_frequency", properties);
        let at = "session_controls.sign_in_frequency";
        check(&[frequency(json!({ "frequency_interval": "timeBased" }))], &[at]);
        check(&[frequency(json!({ "frequency_interval": "everyTime" }))], &[]);
        let hours = |value: i64| {
            frequency(json!({
                "frequency_interval": "timeBased", "value": value, "type": "hours",
            }))
        };
        check(&[hours(23)], &[]);
        check(&[hours(24)], &[at]);
        let browser = session("persistent_browser", json!({ "mode": "never" }));
        check(std::slice::from_ref(&browser), &[]);
        let exchange = ("/conditions/applications/include_applications", json!(["1"]));
        check(&[browser.clone(), ("/conditions/applications", json!("?"))], &[]);
        check(&[browser, exchange], &["session_controls.persistent_browser"]);
        check(
            &[session("secure_sign_in_session", json!({ "is_enabled": false }))],
            &["session_controls.secure_sign_in_session"],
        );
    }

    #[test]
    fn what_can_never_be_satisfied_or_applies_to_nobody_is_told() {
        let evaluation = |mode: &str| {
            ("/session_controls", json!({ "continuous_access_evaluation": { "mode": mode } }))
        };
        let at = "session_controls.continuous_access_evaluation";
        let platforms = ("/conditions/platforms", json!({ "include_platforms": ["all"] }));
        check(&[evaluation("disabled")], &[]);
        check(&[evaluation("disabled"), platforms.clone()], &[at]);
        check(&[evaluation("strictLocation"), platforms], &[]);
        let controls = |controls: Json| ("/grant_controls/built_in_controls", controls);
        let at = "grant_controls.built_in_controls";
        let flow =
            ("/conditions/authentication_flows", json!({ "transfer_methods": ["deviceCodeFlow"] }));
        check(&[controls(json!(["compliantDevice"])), flow.clone()], &[at]);
        check(&[controls(json!(["compliantDevice", "mfa"])), flow], &[]);
        let none = ("/conditions/users", json!({ "include_users": ["None"] }));
        check(std::slice::from_ref(&none), &["conditions.users.include_users"]);
    }

    #[test]
    fn risks_are_rarely_meant_together() {
        check(
            &[
                ("/conditions/user_risk_levels", json!(["high"])),
                ("/conditions/sign_in_risk_levels", json!(["high"])),
            ],
            &["conditions.sign_in_risk_levels"],
        );
    }
}
