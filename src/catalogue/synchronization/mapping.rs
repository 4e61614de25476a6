//! The schema of a synchronization job as what is managed of it, and what is managed put into it.
//!
//! A schema is a tree: rules hold object mappings, and those hold attribute mappings and filters. A
//! configuration names the parts that it is about; every other part goes back to Graph as it came.

use serde_json::{Map, Value as Json, json};

use super::definitions;
use super::names::{self, said};
use crate::declare::{Ask, Rewrite};

/// Where the rules are.
const RULES: &str = "synchronizationRules";

/// What holds where nothing is said.
type Usual = fn() -> Json;

/// Members of an attribute mapping that are left alone where they are not set, and what they are in a
/// new one.
const MEMBERS: [(&str, Usual); 4] = [
    ("defaultValue", || Json::Null),
    ("flowType", || "Always".into()),
    ("flowBehavior", || "FlowWhenChanged".into()),
    ("matchingPriority", || 0.into()),
];

/// What `managed` names of a schema, with all its rules besides: they may have to be put back.
pub(super) fn view(schema: &Json, managed: &Json) -> Json {
    let named = managed["objectMappings"].as_object();
    let told = named.into_iter().flatten().filter_map(|(name, managed)| {
        let object = names::find(&schema[RULES], name).ok()?;
        let mut told = object_mapping(object.mapping, managed);
        for (side, definition) in definitions::told(schema, object, managed) {
            told.insert(side.into(), definition);
        }
        Some((name.clone(), told.into()))
    });
    let told: Map<String, Json> = told.collect();
    let told = if managed["objectMappings"].is_object() { told.into() } else { Json::Null };
    json!({ "objectMappings": told, RULES: schema[RULES] })
}

fn object_mapping(mapping: &Json, managed: &Json) -> Map<String, Json> {
    let mut told = Map::new();
    for member in ["enabled", "flowTypes"] {
        if said(&managed[member]) {
            told.insert(member.into(), mapping[member].clone());
        }
    }
    if said(&managed["scopingFilters"]) {
        told.insert("scopingFilters".into(), filters(mapping));
    }
    if let Some(named) = managed["attributeMappings"].as_object() {
        let one = |(target, managed): (&String, &Json)| {
            Some((target.clone(), attribute_mapping(names::of_target(mapping, target)?, managed)))
        };
        let named: Map<String, Json> = named.iter().filter_map(one).collect();
        told.insert("attributeMappings".into(), named.into());
    }
    if let Some(named) = managed["unmappedAttributes"].as_array() {
        let absent = named.iter().filter(|target| {
            target.as_str().is_some_and(|target| names::of_target(mapping, target).is_none())
        });
        told.insert("unmappedAttributes".into(), absent.cloned().collect());
    }
    told
}

/// The filters of an object mapping, by name; one without a name has its place.
fn filters(mapping: &Json) -> Json {
    let groups = mapping["scope"]["groups"].as_array().into_iter().flatten();
    let named = groups.enumerate().map(|(at, group)| {
        let name = group["name"].as_str().filter(|name| !name.is_empty());
        let name = name.map_or_else(|| format!("#{}", at + 1), str::to_owned);
        let clauses = group["clauses"].as_array().into_iter().flatten().map(|clause| {
            json!({
                "sourceOperandName": clause["sourceOperandName"],
                "operatorName": clause["operatorName"],
                "values": clause["targetOperand"]["values"],
            })
        });
        (name, json!({ "clauses": clauses.collect::<Vec<_>>() }))
    });
    named.collect::<Map<_, _>>().into()
}

fn attribute_mapping(mapping: &Json, managed: &Json) -> Json {
    let mut told = source(&mapping["source"], managed);
    for (member, _) in MEMBERS {
        if said(&managed[member]) {
            told.insert(member.into(), mapping[member].clone());
        }
    }
    told.into()
}

/// What an attribute is made of: an attribute, a constant or an expression, in the words of `managed`
/// where it says the same.
fn source(source: &Json, managed: &Json) -> Map<String, Json> {
    let (name, expression) = (&source["name"], &source["expression"]);
    let (kind, value) = match source["type"].as_str() {
        Some("Constant") => ("constant", name.clone()),
        Some("Function") => ("expression", expression.clone()),
        _ => ("attribute", name.clone()),
    };
    let own = managed["expression"].as_str();
    let same = own.zip(expression.as_str()).is_some_and(|(a, b)| names::bare(a) == names::bare(b));
    let (kind, value) = if same { ("expression", own.into()) } else { (kind, value) };
    Map::from_iter([(kind.to_owned(), value)])
}

/// Expressions that have to be taken apart before they are written.
pub(super) fn asks(rewrite: &Rewrite<'_>) -> Vec<Ask> {
    let texts = expressions(rewrite).into_iter();
    let ask = |text| Ask { action: "parseExpression", body: json!({ "expression": text }) };
    texts.map(ask).collect()
}

/// The expressions that are planned and not there, each once.
fn expressions(rewrite: &Rewrite<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, planned) in entries(&rewrite.planned["objectMappings"]) {
        let Ok(object) = names::find(&rewrite.object[RULES], name) else { continue };
        for (target, planned) in entries(&planned["attributeMappings"]) {
            let Some(text) =
                planned["expression"].as_str().filter(|_| said(&planned["expression"]))
            else {
                continue;
            };
            let now = names::of_target(object.mapping, target);
            let there = now.is_some_and(|now| {
                source(&now["source"], planned).get("expression").and_then(Json::as_str)
                    == Some(text)
            });
            if !there && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
    }
    texts
}

/// The schema as it is to be.
pub(super) fn write(rewrite: &Rewrite<'_>, answers: &[Json]) -> Result<Json, String> {
    let mut parsed = Vec::new();
    for (text, answer) in expressions(rewrite).into_iter().zip(answers) {
        if answer["parsingSucceeded"] == false || !answer["parsedExpression"].is_object() {
            let why = answer["error"]["message"].as_str().unwrap_or("Graph does not say why");
            return Err(format!("The expression {text} is refused: {why}"));
        }
        parsed.push((text, answer["parsedExpression"].clone()));
    }
    let mut schema = rewrite.object.clone();
    let (before, after) = (&rewrite.prior["objectMappings"], &rewrite.planned["objectMappings"]);
    let left = entries(before).filter(|(name, _)| after.get(*name).is_none());
    for (name, _) in entries(after).chain(left) {
        let planned = &after[name.as_str()];
        let found = names::find(&rewrite.found[RULES], name).map(|found| found.mapping.clone());
        let mapping = match names::find_mut(&mut schema[RULES], name) {
            Ok(mapping) => mapping,
            // What is gone cannot be put back.
            Err(_) if planned.is_null() => continue,
            Err(why) => return Err(why),
        };
        let found = found.unwrap_or_else(|_| mapping.clone());
        let change =
            Change { found: &found, prior: &before[name.as_str()], planned, parsed: &parsed };
        change.apply(mapping);
        definitions::put(&mut schema, name, planned)?;
    }
    Ok(schema)
}

/// What becomes of one object mapping.
struct Change<'a> {
    found: &'a Json,
    prior: &'a Json,
    planned: &'a Json,
    /// Expressions, taken apart.
    parsed: &'a [(String, Json)],
}

impl Change<'_> {
    fn apply(&self, mapping: &mut Json) {
        for member in ["enabled", "flowTypes"] {
            if said(&self.planned[member]) {
                if !names::same_words(&mapping[member], &self.planned[member]) {
                    mapping[member] = self.planned[member].clone();
                }
            } else if said(&self.prior[member]) {
                mapping[member] = self.found[member].clone();
            }
        }
        let wanted = &self.planned["scopingFilters"];
        if said(wanted) {
            self.scope(mapping, wanted);
        } else if said(&self.prior["scopingFilters"]) {
            mapping["scope"] = self.found["scope"].clone();
        }
        self.attributes(mapping);
    }

    fn scope(&self, mapping: &mut Json, wanted: &Json) {
        let now = filters(mapping);
        if names::same_filters(&now, wanted) {
            return;
        }
        let groups = entries(wanted).map(|(name, group)| {
            let clauses = group["clauses"].as_array().into_iter().flatten().map(|clause| {
                json!({
                    "sourceOperandName": clause["sourceOperandName"],
                    "operatorName": clause["operatorName"],
                    "targetOperand": { "values": clause["values"].as_array().cloned().unwrap_or_default() },
                })
            });
            json!({ "name": name, "clauses": clauses.collect::<Vec<_>>() })
        });
        let groups: Vec<Json> = groups.collect();
        if mapping["scope"].is_object() {
            mapping["scope"]["groups"] = groups.into();
        } else {
            let others = json!({ "categoryFilterGroups": [], "inputFilterGroups": [] });
            mapping["scope"] = others;
            mapping["scope"]["groups"] = groups.into();
        }
    }

    fn attributes(&self, mapping: &mut Json) {
        let targets = |of: &Json| -> Vec<String> {
            let named = entries(&of["attributeMappings"]).map(|(target, _)| target.clone());
            let without = of["unmappedAttributes"].as_array().into_iter().flatten();
            named.chain(without.filter_map(Json::as_str).map(str::to_owned)).collect()
        };
        let (before, after) = (targets(self.prior), targets(self.planned));
        let stays = |target: &String| after.iter().any(|other| other.eq_ignore_ascii_case(target));
        for target in before.iter().filter(|target| !stays(target)) {
            names::put(mapping, target, names::of_target(self.found, target).cloned());
        }
        let planned = &self.planned["attributeMappings"];
        for target in &after {
            let wanted = &planned[target.as_str()];
            let one = wanted.is_object().then(|| self.attribute(mapping, target, wanted));
            names::put(mapping, target, one);
        }
    }

    fn attribute(&self, mapping: &Json, target: &str, wanted: &Json) -> Json {
        let now = names::of_target(mapping, target);
        let found = names::of_target(self.found, target);
        let prior = &self.prior["attributeMappings"][target];
        let mut one = now.cloned().unwrap_or_else(|| new_mapping(target));
        if !same_source(&one["source"], wanted) {
            one["source"] = self.source(wanted);
        }
        for (member, usual) in MEMBERS {
            if said(&wanted[member]) {
                one[member] = wanted[member].clone();
            } else if said(&prior[member]) {
                one[member] = found.map_or_else(usual, |found| found[member].clone());
            }
        }
        one
    }

    fn source(&self, wanted: &Json) -> Json {
        let plain = |name: &str, expression: String, kind: &str| json!({ "expression": expression, "name": name, "parameters": [], "type": kind });
        if let Some(name) = wanted["attribute"].as_str() {
            return plain(name, format!("[{name}]"), "Attribute");
        }
        if let Some(value) = wanted["constant"].as_str() {
            return plain(value, format!("\"{}\"", value.replace('"', "\\\"")), "Constant");
        }
        let text = wanted["expression"].as_str().unwrap_or_default();
        let parsed = self.parsed.iter().find(|(known, _)| known == text);
        parsed.map_or(Json::Null, |(_, parsed)| parsed.clone())
    }
}

/// Whether a source is what is wanted already.
fn same_source(now: &Json, wanted: &Json) -> bool {
    source(now, wanted).iter().all(|(kind, value)| wanted[kind] == *value)
}

fn new_mapping(target: &str) -> Json {
    let mut new = json!({ "targetAttributeName": target, "exportMissingReferences": false });
    for (member, usual) in MEMBERS {
        new[member] = usual();
    }
    new
}

fn entries(map: &Json) -> impl Iterator<Item = (&String, &Json)> {
    map.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Json {
        let attribute = |target: &str, name: &str| {
            json!({
                "defaultValue": null, "exportMissingReferences": false,
                "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0,
                "source": { "expression": format!("[{name}]"), "name": name, "parameters": [],
                            "type": "Attribute" },
                "targetAttributeName": target,
            })
        };
        json!({
            "id": "j", "version": "1", "directories": [{ "name": "A" }, { "name": "B" }],
            RULES: [{ "name": "USER_TO_USER", "sourceDirectoryName": "A", "targetDirectoryName": "B",
                "objectMappings": [{
                    "enabled": true, "flowTypes": "Add, Update, Delete", "name": "Users", "scope": null,
                    "sourceObjectName": "User", "targetObjectName": "Person",
                    "attributeMappings": [attribute("mail", "mail"), attribute("city", "city"),
                        attribute("phone", "mobile")],
                }, { "sourceObjectName": "Group", "targetObjectName": "Group", "attributeMappings": [] }],
            }],
        })
    }

    fn users(of: &Json) -> &Json {
        &of[RULES][0]["objectMappings"][0]
    }

    fn planned(users: &Json) -> Json {
        json!({ "objectMappings": { "Users": users } })
    }

    #[track_caller]
    fn written(object: &Json, prior: &Json, planned: &Json, answers: &[Json]) -> Json {
        let found = view(&schema(), prior);
        write(&Rewrite { object, found: &found, prior, planned }, answers).expect("a schema")
    }

    #[test]
    fn what_is_not_named_stays_as_it_is() {
        let nothing = planned(&json!({ "attributeMappings": { "mail": { "attribute": "mail" } } }));
        assert_eq!(written(&schema(), &Json::Null, &nothing, &[]), schema());
        let one = planned(&json!({ "attributeMappings": {
            "mail": { "attribute": "userPrincipalName", "matchingPriority": 1 } } }));
        let now = written(&schema(), &Json::Null, &one, &[]);
        let mail = &users(&now)["attributeMappings"][0];
        assert_eq!(mail["source"]["expression"], "[userPrincipalName]");
        assert_eq!((&mail["matchingPriority"], &mail["flowType"]), (&json!(1), &json!("Always")));
        let mut rest = now.clone();
        rest[RULES][0]["objectMappings"][0]["attributeMappings"][0] =
            users(&schema())["attributeMappings"][0].clone();
        assert_eq!(rest, schema());
    }

    #[test]
    fn what_leaves_is_put_back_and_all_of_it_on_destroy() {
        let all = planned(&json!({
            "enabled": false, "flowTypes": "Add",
            "scopingFilters": { "Sales": { "clauses": [{ "sourceOperandName": "department",
                "operatorName": "EQUALS", "values": ["Sales"] }] } },
            "attributeMappings": { "mail": { "constant": "x" }, "new": { "attribute": "jobTitle" } },
            "unmappedAttributes": ["phone"],
        }));
        let now = written(&schema(), &Json::Null, &all, &[]);
        let told = &view(&now, &all)["objectMappings"];
        assert_eq!(told, &all["objectMappings"], "what is told is what was planned");
        assert_eq!(
            users(&now)["scope"]["groups"][0]["clauses"][0]["targetOperand"],
            json!({ "values": ["Sales"] })
        );
        let less = planned(&json!({ "attributeMappings": { "mail": { "constant": "x" } } }));
        let fewer = written(&now, &all, &less, &[]);
        let only_mail = written(&schema(), &Json::Null, &less, &[]);
        assert_eq!(sorted(&fewer), sorted(&only_mail));
        assert_eq!(sorted(&written(&fewer, &less, &Json::Null, &[])), sorted(&schema()));
    }

    /// Attribute mappings have no order.
    fn sorted(schema: &Json) -> Json {
        let mut schema = schema.clone();
        let mappings = schema[RULES][0]["objectMappings"][0]["attributeMappings"].as_array_mut();
        let target = |one: &Json| one["targetAttributeName"].as_str().map(str::to_owned);
        mappings.expect("mappings").sort_by_key(target);
        schema
    }

    #[test]
    fn expressions_are_taken_apart_by_graph_and_asked_for_once() {
        let plan = |text: &str| {
            planned(&json!({ "attributeMappings": {
            "mail": { "expression": text }, "city": { "expression": text } } }))
        };
        let parsed = json!({ "expression": "Trim([mail])", "name": "Trim", "type": "Function",
            "parameters": [{ "key": "source", "value": { "name": "mail", "type": "Attribute" } }] });
        let answer = json!({ "parsingSucceeded": true, "parsedExpression": parsed });
        let wanted = plan("Trim( [mail] )");
        let schema = schema();
        let rewrite =
            |object| Rewrite { object, found: &Json::Null, prior: &Json::Null, planned: &wanted };
        assert_eq!(asks(&rewrite(&schema)).len(), 1);
        let now = write(&rewrite(&schema), std::slice::from_ref(&answer)).expect("a schema");
        assert_eq!(users(&now)["attributeMappings"][0]["source"], parsed);
        assert_eq!(asks(&rewrite(&now)), []);
        assert_eq!(view(&now, &wanted)["objectMappings"], wanted["objectMappings"]);
        let wrong = json!({ "parsingSucceeded": false, "error": { "message": "no" } });
        assert!(write(&rewrite(&schema), &[wrong]).is_err_and(|why| why.contains("Trim")));
    }

    #[test]
    fn attributes_of_ones_own_are_defined_and_stay_defined() {
        let mut before = schema();
        before["directories"][1] = json!({ "name": "B", "objects": [{ "name": "Person",
            "attributes": [{ "name": "mail", "type": "String" }] }] });
        let plan = planned(&json!({ "targetAttributes": {
            "officeCode": { "type": "String", "multivalued": true }, "mail": { "type": "String" } } }));
        let now = written(&before, &Json::Null, &plan, &[]);
        let defined = &now["directories"][1]["objects"][0]["attributes"];
        assert_eq!(defined[0], json!({ "name": "mail", "type": "String" }), "it was there");
        assert_eq!(
            (&defined[1]["name"], &defined[1]["multivalued"]),
            (&json!("officeCode"), &json!(true))
        );
        assert_eq!(view(&now, &plan)["objectMappings"], plan["objectMappings"]);
        assert_eq!(written(&now, &plan, &Json::Null, &[]), now);
        let lost = planned(&json!({ "sourceAttributes": { "x": { "type": "String" } } }));
        let rewrite =
            Rewrite { object: &before, found: &Json::Null, prior: &Json::Null, planned: &lost };
        assert!(write(&rewrite, &[]).is_err_and(|why| why.contains("directory A")));
    }

    #[test]
    fn an_object_mapping_that_is_not_there_is_told() {
        let plan = json!({ "objectMappings": { "Contacts": {} } });
        let schema = schema();
        let rewrite =
            Rewrite { object: &schema, found: &Json::Null, prior: &Json::Null, planned: &plan };
        let why = write(&rewrite, &[]).expect_err("it is not there");
        assert!(
            why.contains("Contacts") && why.contains("Users") && why.contains("Group to Group")
        );
    }
}
