//! Settings by name that are as their template says until somebody changes them: as they hold, and the
//! request that makes them so.

use serde_json::{Map, Value as Json, json};

use crate::declare::{Resource, Template};
use crate::engine::{Request, Verb, names};
use crate::terraform::Value;

/// The request for all templates.
pub fn templates(template: &Template) -> Request {
    Request::new(Verb::Get, template.path)
}

/// The request for all settings that somebody changed.
pub fn changed(resource: &Resource) -> Request {
    Request::new(Verb::Get, resource.path)
}

/// The settings of the template that `state` names, as they hold: `values` and the template's `defaults`
/// by name, and the `id` of the object, null as long as there is none.
///
/// # Errors
///
/// There is no such template; the words say which there are.
pub fn settings(
    template: &Template,
    state: &Value,
    (templates, changed): (&[Json], &[Json]),
) -> Result<Json, String> {
    let named = state.get(template.of).as_str().unwrap_or_default();
    // Whoever imports may know the object in place of its template.
    let of_object = changed.iter().find(|one| is(&one["id"], named));
    let id = of_object.map_or(named, |one| one["templateId"].as_str().unwrap_or_default());
    let Some(found) = Template::find(templates, id) else { return Err(unknown(templates, named)) };
    let object = changed.iter().find(|one| same(&one["templateId"], &found["id"]));
    let defaults = by_name(&found["values"], "defaultValue");
    let mut values = defaults.clone();
    values.extend(object.map(|one| by_name(&one["values"], "value")).unwrap_or_default());
    Ok(json!({
        "id": object.map(|one| &one["id"]),
        "templateId": found["id"],
        "displayName": found["displayName"],
        "values": values,
        "defaults": defaults,
    }))
}

fn unknown(templates: &[Json], named: &str) -> String {
    let known: Vec<&str> = templates.iter().filter_map(|one| one["displayName"].as_str()).collect();
    let near = names::nearest(named, known.iter().copied());
    let hint = near.map_or(String::new(), |near| format!(" Did you mean {near:?}?"));
    format!("There is no template {named:?}: there are {}.{hint}", known.join(", "))
}

/// The request that makes settings so; null makes them what the template says. None where they are.
pub fn change(resource: &Resource, settings: &Json, wanted: &Json) -> Option<Request> {
    let path = resource.path;
    let own = settings["id"].as_str().map(|id| format!("{path}/{}", names::segment(id)));
    if wanted.is_null() {
        return own.map(|own| Request::new(Verb::Delete, own));
    }
    if settings["values"] == wanted["values"] {
        return None;
    }
    // Graph wants the entire collection every time.
    let pairs = wanted["values"].as_object().into_iter().flatten();
    let pairs: Vec<Json> =
        pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    Some(match own {
        Some(own) => Request::new(Verb::Patch, own).with_body(json!({ "values": pairs })),
        None => {
            let body = json!({ "templateId": settings["templateId"], "values": pairs });
            Request::new(Verb::Post, path).with_body(body)
        }
    })
}

fn by_name(pairs: &Json, value: &str) -> Map<String, Json> {
    let pairs = pairs.as_array().into_iter().flatten();
    let named = pairs.filter_map(|pair| {
        let text = pair[value].as_str().unwrap_or_default();
        Some((pair["name"].as_str()?.to_owned(), text.into()))
    });
    named.collect()
}

fn is(json: &Json, text: &str) -> bool {
    json.as_str().is_some_and(|own| own.eq_ignore_ascii_case(text))
}

fn same(a: &Json, b: &Json) -> bool {
    b.as_str().is_some_and(|b| is(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: Template = Template { path: "/templates", of: "template" };
    static SETTING: Resource = Resource { path: "/settings", ..Resource::SINGLETON };

    fn known() -> Vec<Json> {
        let values =
            json!([{ "name": "A", "defaultValue": "true" }, { "name": "B", "defaultValue": "" }]);
        vec![json!({ "id": "t1", "displayName": "Group.Unified", "values": values })]
    }

    fn read(named: &str, changed: &[Json]) -> Result<Json, String> {
        let state = Value::from([("template", named.into())]);
        settings(&TEMPLATE, &state, (&known(), changed))
    }

    #[test]
    fn the_template_holds_until_somebody_changes_something() {
        let before = read("group.unified", &[]).unwrap();
        assert_eq!(before["values"], json!({ "A": "true", "B": "" }));
        assert_eq!(before["id"], Json::Null);
        let object =
            json!({ "id": "s1", "templateId": "T1", "values": [{ "name": "B", "value": "x" }] });
        for named in ["Group.Unified", "t1", "s1"] {
            let after = read(named, std::slice::from_ref(&object)).unwrap();
            assert_eq!(after["values"], json!({ "A": "true", "B": "x" }));
            assert_eq!(after["id"], "s1");
        }
        let wrong = read("Group.Unifed", &[]).unwrap_err();
        assert!(wrong.ends_with("Did you mean \"Group.Unified\"?"), "{wrong}");
    }

    #[test]
    fn all_values_are_written_and_nothing_where_it_is_so() {
        let before = read("t1", &[]).unwrap();
        let wanted = json!({ "values": { "A": "false", "B": "" } });
        let pairs = json!([{ "name": "A", "value": "false" }, { "name": "B", "value": "" }]);
        let made = change(&SETTING, &before, &wanted).unwrap();
        assert_eq!((made.verb, made.path.as_str()), (Verb::Post, "/settings"));
        assert_eq!(made.body, Some(json!({ "templateId": "t1", "values": pairs })));
        let mut there = before.clone();
        there["id"] = "s1".into();
        let changed = change(&SETTING, &there, &wanted).unwrap();
        assert_eq!((changed.verb, changed.path.as_str()), (Verb::Patch, "/settings/s1"));
        assert_eq!(changed.body, Some(json!({ "values": pairs })));
        assert_eq!(change(&SETTING, &there, &json!({ "values": there["values"] })), None);
        assert_eq!(change(&SETTING, &there, &Json::Null).unwrap().verb, Verb::Delete);
        assert_eq!(change(&SETTING, &before, &Json::Null), None);
    }
}
