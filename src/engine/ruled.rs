//! Objects that are lists of rules, read as settings and written one rule at a time.

use serde_json::Value as Json;

use crate::declare::Ruled;
use crate::engine::{Model, Request, Verb, encode, names};
use crate::terraform::Value;

/// The request that finds the object: a list with one assignment, or none.
pub fn find(model: &Model, ruled: &Ruled, state: &Value) -> Request {
    let text = |name: &str| state.get(name).as_str().unwrap_or_default().to_lowercase();
    Request {
        query: vec![
            ("$filter", names::fill(ruled.filter, text)),
            ("$expand", "policy($expand=rules)".to_owned()),
        ],
        ..Request::new(Verb::Get, model.resource.path)
    }
}

/// The policy among the assignments found.
pub fn policy(listed: Vec<Json>) -> Option<Json> {
    listed.into_iter().next().map(|mut one| one["policy"].take())
}

/// The settings that a policy is, with what it is of.
pub fn settings(model: &Model, ruled: &Ruled, policy: &Json, state: &Value) -> Json {
    let mut settings = (ruled.read)(rules(policy));
    for attribute in ruled.of.iter().filter_map(|name| model.attribute(name)) {
        let (property, _) = names::location(attribute);
        settings[property] = state.get(attribute.name).as_str().into();
    }
    settings
}

/// What a plan wants, as settings.
pub fn wanted(model: &Model, planned: &Value) -> Json {
    Json::Object(encode::body(model, planned, &Value::Null))
}

/// What a policy is of, as people call it: a role by its name rather than its id.
pub fn whose(model: &Model, ruled: &Ruled, planned: &Value) -> String {
    let of = ruled.of.iter().filter_map(|name| {
        let own = names::location(model.attribute(name)?);
        let alike = model.attributes.iter().filter(|one| names::location(one) == own);
        alike.filter_map(|one| planned.get(one.name).as_str()).next()
    });
    of.collect::<Vec<_>>().join(", ")
}

/// The requests that make the settings of a policy as `wanted`, in order.
pub fn change(ruled: &Ruled, policy: &Json, wanted: &Json) -> Vec<Request> {
    let id = policy["id"].as_str().unwrap_or_default();
    let changed = (ruled.write)(rules(policy), wanted).into_iter().map(|rule| {
        let own = rule["id"].as_str().unwrap_or_default();
        let path = format!(
            "/policies/roleManagementPolicies/{}/rules/{}",
            names::segment(id),
            names::segment(own)
        );
        Request { body: Some(without_nulls(rule)), ..Request::new(Verb::Patch, path) }
    });
    changed.collect()
}

/// What Graph answers with null it takes as not given, and not always as null.
fn without_nulls(json: Json) -> Json {
    match json {
        Json::Object(object) => {
            let set = object.into_iter().filter(|(_, value)| !value.is_null());
            set.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Json::Array(elements) => elements.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn rules(policy: &Json) -> &[Json] {
    policy["rules"].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Resource, id, object, string};

    static POLICY: Resource = Resource {
        name: "policy",
        path: "/assignments",
        attributes: &[
            id("role_id", "").required(),
            object("activation", "").of(&[string("level", "")]),
        ],
        ..Resource::SINGLETON
    };

    const RULED: Ruled = Ruled {
        filter: "scopeId eq '/' and roleId eq '{role_id}'",
        of: &["role_id"],
        named: |_| None,
        read: |rules| json!({ "activation": { "level": rules[0]["level"] } }),
        write: |rules, wanted| {
            let mut rule = rules[0].clone();
            rule["level"] = wanted["activation"]["level"].clone();
            vec![rule]
        },
    };

    fn policy() -> Json {
        json!({ "id": "P/1", "rules": [{ "id": "R", "level": "All", "claim": null,
            "setting": { "mode": null, "stages": [{ "days": 1, "by": null }] } }] })
    }

    #[test]
    fn it_is_found_with_its_rules() {
        let model = Model::new(&POLICY);
        let state = Value::from([("role_id", "AB-C".into())]);
        let found = find(&model, &RULED, &state);
        assert_eq!(found.path, "/assignments");
        let expected = [
            ("$filter", "scopeId eq '/' and roleId eq 'ab-c'".to_owned()),
            ("$expand", "policy($expand=rules)".to_owned()),
        ];
        assert_eq!(found.query, expected);
        let read = settings(&model, &RULED, &policy(), &state);
        assert_eq!(read, json!({ "activation": { "level": "All" }, "roleId": "AB-C" }));
    }

    #[test]
    fn a_rule_is_sent_whole_and_without_nulls() {
        let sent = change(&RULED, &policy(), &json!({ "activation": { "level": "None" } }));
        let [request] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!(
            (request.verb, request.path.as_str()),
            (Verb::Patch, "/policies/roleManagementPolicies/P%2F1/rules/R")
        );
        let body = json!({ "id": "R", "level": "None", "setting": { "stages": [{ "days": 1 }] } });
        assert_eq!(request.body, Some(body));
    }
}
