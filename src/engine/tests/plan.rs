//! What apply shall reach.

use serde_json::{Value as Json, json};

use super::{shown, thing, value};
use crate::declare::{Resource, object, string};
use crate::engine::{Model, plan};
use crate::terraform::Value;

/// Plans `config` over `prior` (null for a create) and compares what is set in the plan.
#[track_caller]
fn check(prior: Json, config: Json, planned: Json) -> plan::Outcome {
    let model = thing();
    let prior = if prior.is_null() { Value::Null } else { value(&model, prior) };
    let outcome = plan::plan(&model, &prior, &value(&model, config));
    assert_eq!(shown(&outcome.planned), planned);
    outcome
}

#[track_caller]
fn check_replaced(prior: Json, config: Json, expected: &[&str]) {
    let model = thing();
    let outcome = plan::plan(&model, &value(&model, prior), &value(&model, config));
    let paths: Vec<_> = outcome.replace.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, expected);
}

fn created() -> Json {
    json!({"id": "1", "display_name": "A", "nickname": "a", "is_enabled": true, "size": 3,
           "mail": "a@b", "purge_on_destroy": false})
}

#[test]
fn a_create_fills_in_defaults_and_leaves_to_graph_what_graph_decides() {
    check(
        Json::Null,
        json!({"display_name": "A", "password": "secret", "password_version": 1}),
        json!({"id": "?", "display_name": "A", "nickname": "a", "is_enabled": true, "size": "?",
               "mail": "?", "password_version": 1, "purge_on_destroy": false}),
    );
}

#[test]
fn a_derived_default_is_unknown_as_long_as_its_source_is() {
    let planned = json!({"id": "?", "display_name": "?", "nickname": "?", "is_enabled": true,
                         "size": "?", "mail": "?", "purge_on_destroy": false});
    check(Json::Null, json!({"display_name": "?"}), planned);
}

#[test]
fn what_only_the_beta_tells_is_not_known_before_somebody_goes_there() {
    static SETTING: Resource = Resource {
        name: "setting",
        path: "/setting",
        attributes: &[
            string("old", "").optional_computed(),
            string("new", "").optional_computed().beta(),
            object("newer", "").optional_computed().beta().of(&[
                string("state", "").optional_computed(),
                string("whom", "").optional_computed(),
            ]),
        ],
        ..Resource::SINGLETON
    };
    let model = Model::new(&SETTING);
    let planned = |prior: Json, config: Json| {
        let (prior, config) = (value(&model, prior), value(&model, config));
        shown(&plan::plan(&model, &prior, &config).planned)
    };
    let prior = json!({"id": "setting", "old": "a", "on_destroy": "restore"});
    assert_eq!(planned(prior.clone(), json!({"old": "a"})), prior);
    let mut first = prior.clone();
    first["new"] = json!("?");
    first["newer"] = json!({"state": "on", "whom": "?"});
    let config = json!({"newer": {"state": "on"}});
    assert_eq!(planned(prior, config.clone()), first);
    // Whoever is there already has been told.
    let mut there = first;
    there["new"] = json!("b");
    there["newer"] = json!({"state": "on", "whom": "c"});
    assert_eq!(planned(there.clone(), config), there);
}

#[test]
fn what_is_needed_at_create_is_missed_at_create_only() {
    static SEALED: Resource = Resource {
        name: "sealed",
        path: "/sealed",
        attributes: &[string("name", ""), string("seal", "").write_only().needed_at_create()],
        ..Resource::MEMBER
    };
    let model = Model::new(&SEALED);
    let told = |prior: Value, config: Json| {
        let told = plan::plan(&model, &prior, &value(&model, config)).diagnostics;
        told.iter().map(|told| told.summary.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(Value::Null, json!({"name": "a"})), ["seal is missing"]);
    assert!(told(Value::Null, json!({"seal": "x"})).is_empty());
    assert!(told(Value::Null, json!({"seal": "?"})).is_empty());
    let made = value(&model, json!({"id": "1", "name": "a"}));
    assert!(told(made, json!({"name": "b"})).is_empty());
}

#[test]
fn no_change_plans_no_change() {
    check(created(), json!({"display_name": "A"}), created());
}

#[test]
fn a_change_shows_that_change_only() {
    let mut planned = created();
    planned["description"] = json!("new");
    check(created(), json!({"display_name": "A", "description": "new"}), planned);
}

#[test]
fn what_follows_a_change_is_unknown() {
    let mut planned = created();
    planned["nickname"] = json!("b");
    planned["mail"] = json!("?");
    check(created(), json!({"display_name": "A", "nickname": "b"}), planned);
}

#[test]
fn what_is_removed_is_cleared_or_left() {
    let mut prior = created();
    prior["description"] = json!("old");
    prior["owner_ids"] = json!(["x"]);
    let mut planned = created();
    planned["owner_ids"] = json!(["x"]);
    check(prior, json!({"display_name": "A"}), planned);
}

#[test]
fn another_spelling_is_no_change() {
    let mut prior = created();
    prior["template_id"] = json!("AB-CD");
    let config = json!({"display_name": "A", "template_id": "ab-cd"});
    check(prior.clone(), config, prior);
}

#[test]
fn replacements_have_paths_and_reasons() {
    let mut prior = created();
    prior["kind"] = json!("big");
    check_replaced(prior.clone(), json!({"display_name": "A", "kind": "small"}), &["kind"]);
    check_replaced(prior.clone(), json!({"display_name": "A", "kind": "?"}), &["kind"]);
    check_replaced(prior, json!({"display_name": "A", "kind": "big"}), &[]);
    let mut prior = created();
    prior["ip"] = json!({"ranges": ["203.0.113.0/24"], "is_trusted": false});
    let config = json!({"display_name": "A", "country": {"countries": ["DE"]}});
    check_replaced(prior, config, &["ip", "country"]);
}

#[test]
fn defaults_reach_into_nested_objects() {
    let model = thing();
    let config = json!({"display_name": "A", "ip": {"ranges": ["203.0.113.0/24"]}});
    let outcome = plan::plan(&model, &Value::Null, &value(&model, config));
    assert_eq!(outcome.planned.get("ip").get("is_trusted"), &Value::Bool(false));
}
