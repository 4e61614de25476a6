//! What a change sends.

use serde_json::{Value as Json, json};

use super::{thing, value};
use crate::engine::patch::{self, LinkChange};
use crate::engine::{encode, plan};
use crate::terraform::Value;

#[track_caller]
fn check(prior: Json, planned: Json, config: Json, expected: Json) {
    let model = thing();
    let body =
        patch::body(&model, &value(&model, prior), &value(&model, planned), &value(&model, config));
    assert_eq!(Json::Object(body), expected);
}

#[test]
fn only_what_changed_is_sent() {
    let prior = json!({"display_name": "A", "description": "x", "tags": ["a"]});
    let planned = json!({"display_name": "A", "description": "y", "tags": ["a"]});
    check(prior, planned, json!({}), json!({"description": "y"}));
}

#[test]
fn what_is_cleared_is_null_or_empty() {
    let prior = json!({"description": "x", "tags": ["a"], "levels": ["low"]});
    check(prior, json!({}), json!({}), json!({"description": null, "tags": [], "levels": null}));
    check(json!({"levels": ["low"]}), json!({"levels": []}), json!({}), json!({"levels": null}));
}

#[test]
fn what_graph_shall_decide_is_not_sent() {
    check(json!({"size": 1}), json!({}), json!({}), json!({"size": null}));
    check(json!({"kind": "x"}), json!({"kind": "?"}), json!({}), json!({}));
}

#[test]
fn a_complex_value_is_sent_whole_and_says_what_it_clears() {
    let prior =
        json!({"conditions": {"include": ["All"], "exclude": ["x"], "filter": {"rule": "r"}}});
    let planned = json!({"conditions": {"include": ["All"]}});
    let expected = json!({"conditions": {"include": ["All"], "exclude": [], "filter": null}});
    check(prior, planned, json!({}), expected);
}

#[test]
fn a_variant_names_its_type_and_sends_its_properties_at_the_top() {
    let prior = json!({"ip": {"ranges": ["203.0.113.0/24"], "is_trusted": false}});
    let planned = json!({"ip": {"ranges": ["203.0.113.0/24"], "is_trusted": true}});
    let expected = json!({"@odata.type": "#microsoft.graph.ipThing", "isTrusted": true});
    check(prior.clone(), planned, json!({}), expected);
    check(prior.clone(), prior, json!({}), json!({}));
}

#[test]
fn a_secret_is_sent_when_its_version_changes_and_not_otherwise() {
    let config = json!({"password": "secret"});
    let expected = json!({"secretProfile": {"password": "secret"}});
    check(json!({"password_version": 1}), json!({"password_version": 2}), config.clone(), expected);
    check(
        json!({"password_version": 1}),
        json!({"password_version": 1}),
        config.clone(),
        json!({}),
    );
    let expected = json!({"secretProfile": {"forceChange": true}});
    check(
        json!({"password_version": 1}),
        json!({"password_version": 1, "force_change": true}),
        config,
        expected,
    );
}

#[test]
fn relationships_change_by_difference() {
    let model = thing();
    let prior = value(&model, json!({"owner_ids": ["a", "B"], "manager_id": "m"}));
    let planned = value(&model, json!({"owner_ids": ["b", "c"]}));
    let change = |property: &str, single, add: &[&str], remove: &[&str]| LinkChange {
        property: property.into(),
        single,
        bound: !single,
        add: add.iter().map(|id| (*id).to_owned()).collect(),
        remove: remove.iter().map(|id| (*id).to_owned()).collect(),
    };
    assert_eq!(
        patch::links(&model, &prior, &planned),
        [change("manager", true, &[], &["m"]), change("owners", false, &["c"], &["a"])]
    );
}

#[test]
fn a_create_sends_what_is_set() {
    let model = thing();
    let config = value(
        &model,
        json!({"display_name": "A", "password": "secret", "levels": ["high", "low"],
               "rules": [{"actions": ["a"]}], "country": {"countries": ["DE"]},
               "template_id": "?"}),
    );
    let planned = plan::plan(&model, &Value::Null, &config).planned;
    let body = encode::body(&model, &planned, &config);
    assert_eq!(
        Json::Object(body),
        json!({"displayName": "A", "nickname": "a", "isEnabled": true, "levels": "low,high",
               "secretProfile": {"password": "secret"}, "rules": [{"actions": ["a"]}],
               "@odata.type": "#microsoft.graph.countryThing", "countries": ["DE"]})
    );
}
