//! Attributes of one's own: a directory says which attributes its objects have, and can be told of more.

use serde_json::{Map, Value as Json, json};

use super::names::{self, Found, said};

/// Where the attributes of each side are configured, and what names their directory and their object.
const SIDES: [(&str, &str, &str); 2] = [
    ("sourceAttributes", "sourceDirectoryName", "sourceObjectName"),
    ("targetAttributes", "targetDirectoryName", "targetObjectName"),
];

/// The definitions that `managed` names.
pub(super) fn told(schema: &Json, found: Found<'_>, managed: &Json) -> Vec<(&'static str, Json)> {
    let told = SIDES.into_iter().filter_map(|(side, directory, object)| {
        let named = managed[side].as_object()?;
        let (directory, object) = (&found.rule[directory], &found.mapping[object]);
        let one = |(name, managed): (&String, &Json)| {
            let defined = names::definitions(schema, directory, object);
            let own = defined.into_iter().find(|one| is_called(one, name))?;
            let members = ["type", "multivalued"].into_iter().filter(|name| said(&managed[*name]));
            let told = members.map(|name| (name.to_owned(), own[name].clone()));
            Some((name.clone(), Json::Object(told.collect())))
        };
        Some((side, Json::Object(named.iter().filter_map(one).collect::<Map<_, _>>())))
    });
    told.collect()
}

/// Defines what is planned for the object mapping `name`, and leaves all other definitions as they are.
pub(super) fn put(schema: &mut Json, name: &str, planned: &Json) -> Result<(), String> {
    let found = names::find(&schema["synchronizationRules"], name)?;
    let places = SIDES.map(|(side, directory, object)| {
        (side, found.rule[directory].clone(), found.mapping[object].clone())
    });
    for (side, directory, object) in places {
        let Some(wanted) = planned[side].as_object().filter(|wanted| !wanted.is_empty()) else {
            continue;
        };
        let lacks =
            || format!("The directory {} has no object {}", text(&directory), text(&object));
        let own = names::object_mut(schema, &directory, &object).ok_or_else(lacks)?;
        if !own["attributes"].is_array() {
            own["attributes"] = json!([]);
        }
        let Some(all) = own["attributes"].as_array_mut() else { continue };
        for (name, wanted) in wanted {
            let at = all.iter().position(|one| is_called(one, name)).unwrap_or_else(|| {
                all.push(new(name));
                all.len() - 1
            });
            for member in ["type", "multivalued"] {
                if said(&wanted[member]) {
                    all[at][member] = wanted[member].clone();
                }
            }
        }
    }
    Ok(())
}

fn new(name: &str) -> Json {
    json!({
        "anchor": false, "caseExact": false, "flowNullValues": false, "multivalued": false,
        "mutability": "ReadWrite", "name": name, "required": false, "type": "String",
    })
}

fn is_called(definition: &Json, name: &str) -> bool {
    definition["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or("without a name")
}
