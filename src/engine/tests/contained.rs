//! Sets whose elements are objects of their own.

use serde_json::{Value as Json, json};

use super::value;
use crate::declare::{Contained, Form, Resource, objects, string, strings};
use crate::engine::contained::{self, Changes};
use crate::engine::{Model, Request, decode, request};

static KEYS: Contained = Contained::MEMBERS.of("keyPart");
static PAGES: Contained = Contained {
    with_create: true,
    expanded: true,
    changed_by: crate::declare::Method::Post,
    key: &["language"],
    ..Contained::MEMBERS
};

static WHOLE: Resource = Resource {
    name: "whole",
    path: "/wholes",
    entity: "whole",
    attributes: &[
        string("display_name", "").required(),
        strings("combinations", "").form(Form::Words).required().by_action("updateCombinations"),
        objects("keys", "")
            .of(const { &[strings("allowed", "").required(), string("comment", "")] })
            .graph("parts")
            .contained(&KEYS),
        objects("pages", "")
            .of(const { &[string("language", "").required(), string("text", "").not_returned()] })
            .contained(&PAGES),
    ],
    ..Resource::MEMBER
};

fn line(request: &Request) -> String {
    let body = request.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
    format!("{:?} {}{body}", request.verb, request.path)
}

#[track_caller]
fn check(remote: Json, prior: Json, planned: Json, removals: &[&str], additions: &[&str]) {
    let model = Model::new(&WHOLE);
    let (prior, planned) = (value(&model, prior), value(&model, planned));
    let Changes { removals: gone, additions: come } =
        contained::changes(&model, &remote, &prior, &planned);
    assert_eq!(gone.iter().map(line).collect::<Vec<_>>(), removals);
    assert_eq!(come.iter().map(line).collect::<Vec<_>>(), additions);
}

#[test]
fn elements_are_made_changed_and_removed_one_by_one() {
    let remote = json!({ "parts": [
        { "@odata.type": "#microsoft.graph.keyPart", "id": "1", "allowed": ["a"], "comment": "x" },
        { "@odata.type": "#microsoft.graph.keyPart", "id": "2", "allowed": ["b"] },
        { "@odata.type": "#microsoft.graph.otherPart", "id": "3" },
    ] });
    let prior =
        json!({ "id": "w", "keys": [{ "allowed": ["a"], "comment": "x" }, { "allowed": ["b"] }] });
    let with = |keys: Json| json!({ "id": "w", "keys": keys });
    check(remote.clone(), prior.clone(), prior.clone(), &[], &[]);
    check(
        remote.clone(),
        prior.clone(),
        with(json!([{ "allowed": ["b"] }])),
        &["Delete /wholes/w/parts/1"],
        &[],
    );
    check(
        remote.clone(),
        prior.clone(),
        with(json!([{ "allowed": ["c"] }, { "allowed": ["b"] }])),
        &[],
        &[
            r##"Patch /wholes/w/parts/1 {"@odata.type":"#microsoft.graph.keyPart","allowed":["c"],"comment":null}"##,
        ],
    );
    check(
        json!({}),
        json!({ "id": "w" }),
        with(json!([{ "allowed": ["c"] }])),
        &[],
        &[r##"Post /wholes/w/parts {"@odata.type":"#microsoft.graph.keyPart","allowed":["c"]}"##],
    );
}

#[test]
fn a_successor_is_posted_where_nothing_is_patched() {
    let remote =
        json!({ "pages": [{ "id": "1", "language": "en" }, { "id": "2", "language": "nl" }] });
    let pages =
        |en: &str| json!([{ "language": "en", "text": en }, { "language": "nl", "text": "n" }]);
    check(
        remote.clone(),
        json!({ "id": "w", "pages": pages("old") }),
        json!({ "id": "w", "pages": pages("new") }),
        &[],
        &[r#"Post /wholes/w/pages {"language":"en","text":"new"}"#],
    );
    let model = Model::new(&WHOLE);
    let before = value(&model, json!({ "id": "w", "pages": pages("old") }));
    let state = decode::state(&model, &remote, &before);
    assert_eq!(state.get("pages"), before.get("pages"), "what is not returned stays");
}

#[test]
fn create_takes_what_it_takes_and_reading_asks_for_what_is_not_told() {
    let model = Model::new(&WHOLE);
    let planned = value(
        &model,
        json!({ "display_name": "W", "combinations": ["b, a"], "keys": [{ "allowed": ["a"] }],
                "pages": [{ "language": "en", "text": "t" }] }),
    );
    assert_eq!(
        line(&request::create(&model, &planned, &planned, "")),
        r#"Post /wholes {"combinations":["b, a"],"displayName":"W","pages":[{"language":"en","text":"t"}]}"#
    );
    let read = request::read(&model, &value(&model, json!({ "id": "w" })));
    assert!(read.query.contains(&("$expand", "pages".to_owned())), "{read:?}");
    assert!(contained::missing(&model, &planned));
}

#[test]
fn an_action_changes_what_patch_does_not() {
    let model = Model::new(&WHOLE);
    let of = |combinations: Json| value(&model, json!({ "id": "w", "combinations": combinations }));
    let changed = request::actions(&model, &of(json!(["a,b"])), &of(json!(["c"])));
    let changed: Vec<_> = changed.iter().map(line).collect();
    assert_eq!(changed, [r#"Post /wholes/w/updateCombinations {"combinations":["c"]}"#]);
    assert!(request::actions(&model, &of(json!(["a,b"])), &of(json!(["b, a"]))).is_empty());
}
