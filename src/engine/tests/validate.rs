//! What a configuration must satisfy.

use serde_json::{Value as Json, json};

use super::{thing, value};
use crate::declare::{Resource, Rule, strings, variant};
use crate::engine::{Model, validate};

/// The summaries of what is found, warnings with a `~` before them.
#[track_caller]
fn check(config: Json, expected: &[&str]) {
    let model = thing();
    let found = validate::resource(&model, &value(&model, config), true);
    let found: Vec<_> = found
        .iter()
        .map(|one| format!("{}{}", if one.is_error() { "" } else { "~" }, one.summary))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_good_configuration_passes() {
    check(json!({"display_name": "A", "kind": "big", "ip": {"ranges": ["203.0.113.0/24"]}}), &[]);
}

#[test]
fn forms_are_checked() {
    check(
        json!({"template_id": "x", "ip": {"ranges": ["203.0.113.0/33"]}}),
        &[
            "template_id is not an object id (a GUID)",
            "ranges is not a range of addresses such as 203.0.113.0/24 or 2001:db8::/32",
        ],
    );
}

#[test]
fn what_graph_decides_cannot_be_set() {
    check(json!({"mail": "a@b.c"}), &["mail cannot be set"]);
    check(json!({"mail": "?"}), &["mail cannot be set"]);
}

#[test]
fn enums_are_open() {
    check(json!({"kind": "bigg"}), &["~\"bigg\" is not a value of kind that this provider knows"]);
}

#[test]
fn rules_are_checked_and_unknown_passes() {
    let both = json!({"ip": {"ranges": []}, "country": {"countries": ["DE"]}});
    check(both, &[]);
    let both = json!({"ip": {"ranges": ["203.0.113.0/24"]}, "country": {"countries": ["DE"]}});
    check(both, &["ip and country do not go together"]);
    check(json!({"template_id": "?"}), &[]);
}

#[test]
fn which_shape_it_is_can_be_said_by_nothing_more() {
    static CHOICE: Resource = Resource {
        name: "thing",
        attributes: &[
            variant("ip", "ipThing", "").of(&[strings("ranges", "")]),
            variant("country", "countryThing", "").of(&[strings("countries", "")]),
        ],
        rules: &[Rule::ExactlyOneOf(&["ip", "country"])],
        ..Resource::MEMBER
    };
    let model = Model::new(&CHOICE);
    let summaries = |config: Json| -> Vec<String> {
        let found = validate::resource(&model, &value(&model, config), true);
        found.iter().map(|one| one.summary.clone()).collect()
    };
    assert_eq!(summaries(json!({"ip": {}})), [""; 0]);
    assert_eq!(summaries(json!({})), ["One of ip, country is missing"]);
    assert_eq!(summaries(json!({"ip": {}, "country": {}})), ["ip and country do not go together"]);
}

#[test]
fn a_secret_needs_a_terraform_that_keeps_it_out_of_the_state() {
    let model = thing();
    let config = value(&model, json!({"password": "x"}));
    let found = validate::resource(&model, &config, false);
    assert_eq!(found.iter().next().unwrap().summary, "password needs Terraform 1.11 or later");
}
