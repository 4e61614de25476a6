//! The requests that operations make.

use serde_json::{Value as Json, json};

use super::{MEMBERSHIP, SETTING, shown, thing, value};
use crate::engine::import::{self, Wanted};
use crate::engine::patch::LinkChange;
use crate::engine::{Model, Request, Verb, patch, request};
use crate::terraform::Value;

const BASE: &str = "https://graph.example/v1.0";

fn line(request: &Request) -> String {
    let query: Vec<_> =
        request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let body = request.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
    format!("{:?} {}{query}{body}", request.verb, request.path)
}

#[test]
fn reading_names_what_is_managed() {
    let model = thing();
    let read = request::read(&model, &value(&model, json!({"id": "a/b"})));
    assert_eq!(
        line(&read),
        "Get /things/a%2Fb?$select=id,displayName,description,nickname,isEnabled,size,kind,\
         templateId,tags,levels,mail,secretProfile,conditions,rules,ip,country\
         &$expand=manager($select=id)"
    );
}

#[test]
fn members_are_bound_twenty_at_a_time_and_removed_by_ref() {
    let change = LinkChange {
        property: "members".into(),
        single: false,
        bound: true,
        add: (0..21).map(|n| format!("m{n}")).collect(),
        remove: vec!["x".into()],
    };
    let lines: Vec<_> = request::relate("/groups/g", &change, BASE).iter().map(line).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with(r#"Patch /groups/g {"members@odata.bind":["https://graph.example/v1.0/directoryObjects/m0","#));
    assert_eq!(lines[2], "Delete /groups/g/members/x/$ref");
}

#[test]
fn the_index_follows_no_relationship() {
    let model = thing();
    let plain = request::list(&model, &Value::Null, Some("a ne 'b'".into()));
    let indexed = request::indexed(plain.clone());
    assert!(line(&plain).contains("$expand=manager") && plain.headers.is_empty());
    assert!(line(&indexed).ends_with("&$filter=a ne 'b'&$count=true"), "{}", line(&indexed));
    assert!(!line(&indexed).contains("$expand"));
    assert_eq!(indexed.headers, [("ConsistencyLevel", "eventual")]);
    let links = request::expanded_links(&model);
    assert_eq!(line(&links[0].1("x")), "Get /things/x/manager?$select=id");
}

#[test]
fn a_single_relationship_is_put_and_deleted() {
    let change = |add: &[&str]| LinkChange {
        property: "manager".into(),
        single: true,
        bound: false,
        add: add.iter().map(|id| (*id).to_owned()).collect(),
        remove: vec!["old".into()],
    };
    let only = |change| line(&request::relate("/users/u", &change, BASE)[0]);
    assert_eq!(
        only(change(&["new"])),
        r#"Put /users/u/manager/$ref {"@odata.id":"https://graph.example/v1.0/directoryObjects/new"}"#
    );
    assert_eq!(only(change(&[])), "Delete /users/u/manager/$ref");
}

#[test]
fn a_reference_is_made_and_removed_by_ref() {
    let model = Model::new(&MEMBERSHIP);
    let state = value(&model, json!({"thing_id": "t", "member_id": "m"}));
    assert_eq!(
        line(&request::create(&model, &state, &state, BASE)),
        r#"Post /things/t/members/$ref {"@odata.id":"https://graph.example/v1.0/directoryObjects/m"}"#
    );
    assert_eq!(
        line(&request::delete(&model, &state, &Json::Null)),
        "Delete /things/t/members/m/$ref"
    );
    let listed = line(&request::references(&model, &state));
    assert_eq!(listed, "Get /things/t/members?$select=id&$top=999");
    let shouted = value(&model, json!({"thing_id": "t", "member_id": "AB-1"}));
    let removed = line(&request::delete(&model, &shouted, &Json::Null));
    assert_eq!(removed, "Delete /things/t/members/ab-1/$ref");
    assert_eq!(import::made_up_id(&model, &state), Some(Value::from("t/m")));
}

#[track_caller]
fn check_import(model: &Model, id: &str, expected: Json) {
    let Ok(Wanted::State(state)) = import::parse(model, id) else { panic!("{id} is refused") };
    assert_eq!(shown(&state), expected);
}

#[test]
fn imports_take_ids_paths_and_keys() {
    let model = thing();
    check_import(&model, "42", json!({"id": "42"}));
    check_import(&model, "/things/42", json!({"id": "42"}));
    assert_eq!(
        import::parse(&model, "display_name=R & D"),
        Ok(Wanted::Key("display_name", "R & D".into()))
    );
    let model = Model::new(&MEMBERSHIP);
    let whole = json!({"id": "t/m", "thing_id": "t", "member_id": "m"});
    check_import(&model, "t/m", whole.clone());
    check_import(&model, "/things/t/members/m/$ref", whole);
}

#[test]
fn a_wrong_import_id_says_what_a_right_one_looks_like() {
    let model = thing();
    for id in ["", "/groups/1", "a/b"] {
        let told = import::parse(&model, id).unwrap_err();
        assert!(
            told.detail
                .contains("<id>, by its Graph path /things/<id>, or display_name=<display_name>"),
            "{told:?}"
        );
    }
}

#[test]
fn the_one_object_of_a_place_is_written_there() {
    let model = Model::new(&SETTING);
    let before = value(&model, json!({ "id": "t", "thing_id": "t", "is_enabled": true }));
    let after = value(&model, json!({ "thing_id": "t", "text": "a", "is_enabled": true }));
    let path = "/organization/{tenant}/things/t/setting";
    let expected = |verb, body: Option<Json>| Request {
        headers: &[("Accept-Language", "0")],
        body,
        ..Request::new(verb, path)
    };
    let created = request::create(&model, &before, &Value::Null, BASE);
    assert_eq!(created, expected(Verb::Put, Some(json!({ "isEnabled": true }))));
    let body = patch::body(&model, &before, &after, &Value::Null);
    let updated = request::update(&model, &after, body);
    assert_eq!(updated, expected(Verb::Patch, Some(json!({ "text": "a" }))));
    assert_eq!(request::read(&model, &after), expected(Verb::Get, None));
    assert_eq!(request::delete(&model, &after, &Json::Null), expected(Verb::Delete, None));
}

#[test]
fn the_one_object_of_a_place_is_imported_by_what_it_belongs_to() {
    let model = Model::new(&SETTING);
    for typed in ["t", "/organization/any/things/t/setting"] {
        let Ok(Wanted::State(state)) = import::parse(&model, typed) else {
            panic!("{typed} is understood")
        };
        assert_eq!(shown(&state), json!({ "id": "t", "thing_id": "t" }), "{typed}");
    }
    assert!(import::parse(&model, "t/u").is_err());
}
