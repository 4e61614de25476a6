//! What an answer of Graph makes of a state.

use serde_json::{Value as Json, json};

use super::{shown, thing, value};
use crate::engine::decode;

#[track_caller]
fn check(before: Json, remote: Json, expected: Json) {
    let model = thing();
    let mut state = shown(&decode::state(&model, &remote, &value(&model, before)));
    let attributes = state.as_object_mut().unwrap();
    attributes.remove("purge_on_destroy");
    // What holds where nothing is said is of no interest but where the case is about it.
    if expected.get("is_enabled").is_none() {
        assert_eq!(attributes.remove("is_enabled"), Some(json!(true)));
    }
    assert_eq!(state, expected);
}

#[test]
fn nothing_stays_as_it_was_written() {
    check(json!({}), json!({"tags": [], "conditions": {"include": []}, "rules": []}), json!({}));
    check(json!({"tags": []}), json!({"tags": null}), json!({"tags": []}));
}

#[test]
fn what_graph_leaves_out_is_the_default() {
    check(json!({}), json!({"isEnabled": null}), json!({"is_enabled": true}));
    check(json!({"is_enabled": true}), json!({}), json!({"is_enabled": true}));
    check(json!({"is_enabled": true}), json!({"isEnabled": false}), json!({"is_enabled": false}));
}

#[test]
fn what_says_the_same_keeps_its_spelling() {
    check(json!({"template_id": "AB"}), json!({"templateId": "ab"}), json!({"template_id": "AB"}));
    let before = json!({"ip": {"ranges": ["2001:DB8::/32"], "is_trusted": false}});
    let remote = json!({"@odata.type": "#microsoft.graph.ipThing",
                        "ipRanges": [{"cidr": "2001:db8::/32"}], "isTrusted": false});
    check(before.clone(), remote, before);
}

#[test]
fn a_change_outside_is_seen_and_the_rest_keeps_its_spelling() {
    let before = json!({"conditions": {"include": ["ALL", "x"]}});
    let remote = json!({"conditions": {"include": ["All", "y"], "exclude": []}});
    check(before, remote, json!({"conditions": {"include": ["ALL", "y"]}}));
    check(json!({"description": "x"}), json!({"description": null}), json!({}));
}

#[test]
fn flags_come_as_one_string() {
    check(json!({}), json!({"levels": "low, high"}), json!({"levels": ["high", "low"]}));
    check(
        json!({"levels": ["low", "high"]}),
        json!({"levels": "high,low"}),
        json!({"levels": ["high", "low"]}),
    );
}

#[test]
fn what_graph_does_not_know_stays() {
    let before = json!({"password_version": 3, "owner_ids": ["o"], "manager_id": "m"});
    check(before.clone(), json!({"manager": {"id": "M"}}), before);
    check(json!({"manager_id": "m"}), json!({"manager": null}), json!({}));
}

#[test]
fn relationships_are_ids() {
    let remote = json!({"owners": [{"id": "a"}, {"id": "b"}]});
    check(json!({"owner_ids": ["A"]}), remote, json!({"owner_ids": ["A", "b"]}));
}

#[test]
fn elements_of_a_set_of_objects_are_matched_by_what_they_say() {
    let before = json!({"rules": [{"actions": ["a", "b"]}]});
    let remote = json!({"rules": [{"actions": ["b", "a"], "condition": null}]});
    check(before.clone(), remote, before);
}

#[test]
fn what_was_unknown_becomes_what_graph_says() {
    check(
        json!({"mail": "?"}),
        json!({"id": "1", "mail": "a@b", "size": 3}),
        json!({"id": "1", "mail": "a@b", "size": 3}),
    );
}
