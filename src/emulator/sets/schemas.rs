//! Schemas of synchronization jobs: what a job carries over, and how. They are replaced as a whole.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Acted, Action, Properties, Set};
use super::super::store::{Place, text, texts};
use super::super::validate;
use super::synchronization::{READ, WRITE};

const TYPE: &str = "synchronizationSchema";
/// A job has one.
const ONLY: &str = "schema";

pub(super) static SCHEMAS: Set = Set {
    ty: TYPE,
    paths: &[
        "servicePrincipals/{servicePrincipal}/synchronization/jobs/{synchronizationJob}/schema",
    ],
    only: ONLY,
    put: true,
    read: READ,
    update: Some(WRITE),
    delete: Some(WRITE),
    // Whoever replaces a schema sends all of it back.
    read_only: &[],
    inline: &["directories"],
    // As in the documentation's example, they are told without being asked for.
    computed: &[("directories", |_, kept| kept.get("directories").cloned().unwrap_or_default())],
    actions: &[Action { name: "parseExpression", method: "POST", permissions: WRITE, run: parse }],
    on_update: |_, old, _, next| {
        check(next)?;
        let version = text(old, "version").parse::<u64>().unwrap_or_default() + 1;
        next.insert("version".into(), version.to_string().into());
        next.insert("id".into(), ONLY.into());
        Ok(())
    },
    ..Set::SINGLETON
};

/// What a job begins with: users and groups, mapped as no template of Microsoft's in particular does.
pub(super) fn begin(cx: &mut Context, job: &str, template: &str) {
    let target = match template {
        "Azure2Azure" => "Azure Active Directory (target tenant)",
        "AD2AADProvisioning" => "Azure Active Directory",
        _ => "customappsso",
    };
    let source = match template {
        "AD2AADProvisioning" => "Active Directory",
        _ => "Azure Active Directory",
    };
    let of_users = [
        "accountEnabled",
        "city",
        "department",
        "displayName",
        "employeeId",
        "givenName",
        "jobTitle",
        "mail",
        "mobile",
        "objectId",
        "surname",
        "userPrincipalName",
        "userType",
    ];
    let of_groups = ["displayName", "mailNickname", "members", "objectId"];
    let defined = |names: &[&str]| -> Vec<Value> {
        let one = |name: &&str| {
            json!({
                "anchor": *name == "objectId", "caseExact": false,
                "flowNullValues": false, "multivalued": *name == "members", "mutability": "ReadWrite",
                "name": name, "required": false, "type": if *name == "members" { "Reference" } else { "String" },
                "apiExpressions": [], "metadata": [], "referencedObjects": [],
            })
        };
        names.iter().map(one).collect()
    };
    let directory = |name: &str, id: u8| {
        json!({
            "id": format!("00000000-0000-0000-0000-00000000000{id}"), "name": name, "readOnly": false,
            "discoverabilities": "None", "version": "1",
            "objects": [
                { "name": "User", "attributes": defined(&of_users), "metadata": [], "supportedApis": [] },
                { "name": "Group", "attributes": defined(&of_groups), "metadata": [], "supportedApis": [] },
            ],
        })
    };
    let mapped = |target: &str, source: Value, priority: u8| {
        json!({
            "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged",
            "flowType": "Always", "matchingPriority": priority, "source": source,
            "targetAttributeName": target,
        })
    };
    let users = ["city", "department", "displayName", "givenName", "mobile", "surname"];
    let users = users.map(|name| mapped(name, attribute(name), 0)).into_iter().chain([
        mapped("userPrincipalName", attribute("userPrincipalName"), 1),
        mapped("userType", constant("Member"), 0),
    ]);
    let object = |kind: &str, mappings: Vec<Value>| {
        json!({
            "attributeMappings": mappings, "enabled": true, "flowTypes": "Add, Update, Delete",
            "metadata": [], "name": format!("Provision {source} {kind}s"),
            "sourceObjectName": kind, "targetObjectName": kind,
        })
    };
    let groups = vec![
        mapped("displayName", attribute("displayName"), 1),
        mapped("members", attribute("members"), 0),
    ];
    let schema = json!({
        "id": ONLY, "version": "1",
        "directories": [directory(source, 1), directory(target, 2)],
        "synchronizationRules": [{
            "editable": true, "id": "00000000-0000-0000-0000-000000000011", "metadata": [],
            "name": "USER_OUTBOUND_USER", "priority": 1, "sourceDirectoryName": source,
            "targetDirectoryName": target,
            "objectMappings": [object("User", users.collect()), object("Group", groups)],
        }],
    });
    if let Value::Object(schema) = schema {
        cx.state.insert(Place { set: TYPE, parent: job }, TYPE, schema);
    }
}

fn attribute(name: &str) -> Value {
    json!({ "expression": format!("[{name}]"), "name": name, "parameters": [], "type": "Attribute" })
}

fn constant(value: &str) -> Value {
    json!({ "expression": format!("\"{value}\""), "name": value, "parameters": [], "type": "Constant" })
}

/// What is mapped is defined in the directories.
fn check(schema: &Properties) -> Outcome<()> {
    let schema = Value::Object(schema.clone());
    let all = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
    let directories = all(&schema, "directories");
    for rule in all(&schema, "synchronizationRules") {
        for mapping in all(&rule, "objectMappings") {
            let sides = [
                (&rule["sourceDirectoryName"], &mapping["sourceObjectName"]),
                (&rule["targetDirectoryName"], &mapping["targetObjectName"]),
            ];
            let mut defined: Vec<Vec<String>> = Vec::new();
            for (directory, object) in sides {
                let found = directories.iter().find(|one| one["name"] == *directory);
                let objects = found.map(|one| all(one, "objects")).unwrap_or_default();
                let Some(object) = objects.into_iter().find(|one| one["name"] == *object) else {
                    return Err(Refusal::bad_request(format!(
                        "The object {object} of the directory {directory} is not defined."
                    )));
                };
                let names = all(&object, "attributes");
                defined.push(
                    names
                        .iter()
                        .filter_map(|one| one["name"].as_str())
                        .map(str::to_owned)
                        .collect(),
                );
            }
            for one in all(&mapping, "attributeMappings") {
                let target = one["targetAttributeName"].as_str().unwrap_or_default();
                is_defined(&defined[1], target)?;
                uses(&defined[0], &one["source"])?;
            }
            for group in all(&mapping["scope"], "groups") {
                for clause in all(&group, "clauses") {
                    let name = clause["sourceOperandName"].as_str().unwrap_or_default();
                    is_defined(&defined[0], name)?;
                    let operator = clause["operatorName"].as_str().unwrap_or_default();
                    if !OPERATORS.contains(&operator) {
                        return Err(Refusal::bad_request(format!("'{operator}' is no operator.")));
                    }
                    if texts(&clause["targetOperand"], "values").count() == 0
                        && !operator.starts_with("IS ")
                    {
                        return Err(Refusal::bad_request(format!("'{operator}' takes a value.")));
                    }
                }
            }
        }
    }
    Ok(())
}

const OPERATORS: [&str; 11] = [
    "EQUALS",
    "NOT EQUALS",
    "IS TRUE",
    "IS FALSE",
    "IS NULL",
    "IS NOT NULL",
    "REGEX MATCH",
    "NOT REGEX MATCH",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUALS",
    "INCLUDES",
];

fn is_defined(known: &[String], name: &str) -> Outcome<()> {
    if known.iter().any(|one| one == name) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("The attribute '{name}' is not defined in its directory.")))
}

/// A source is whole: a function comes with what it is applied to.
fn uses(known: &[String], source: &Value) -> Outcome<()> {
    let name = source["name"].as_str().unwrap_or_default();
    match source["type"].as_str().unwrap_or("Attribute") {
        "Attribute" => is_defined(known, name),
        "Function" => {
            let parameters = source["parameters"].as_array().cloned().unwrap_or_default();
            if parameters.is_empty() {
                return Err(Refusal::bad_request(format!(
                    "The function '{name}' has no parameters."
                )));
            }
            parameters.iter().try_for_each(|one| uses(known, &one["value"]))
        }
        _ => Ok(()),
    }
}

fn parse(_: &mut Context, _: &Properties, sent: &Properties) -> Acted {
    let allowed = ["expression", "testInputObject", "targetAttributeDefinition"];
    let sent = validate::parameters(&Value::Object(sent.clone()), &allowed)?;
    let expression = text(&sent, "expression");
    let mut rest = expression.trim();
    let parsed = term(&mut rest).filter(|_| rest.trim().is_empty());
    let error = match parsed {
        Some(_) => Value::Null,
        None => json!({ "code": "InvalidExpression", "message": format!("Unexpected '{rest}'.") }),
    };
    let told = json!({
        "error": error, "evaluationResult": [], "evaluationSucceeded": false,
        "parsedExpression": parsed, "parsingSucceeded": error.is_null(),
    });
    Ok((200, Some(told)))
}

/// One term of an expression: `[attribute]`, `"constant"` or `Function(..)`.
fn term(rest: &mut &str) -> Option<Value> {
    *rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('[') {
        let (name, after) = inside.split_once(']')?;
        *rest = after;
        return Some(attribute(name));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let (value, after) = inside.split_once('"')?;
        *rest = after;
        return Some(constant(value));
    }
    let whole = *rest;
    let (name, after) = rest.split_once('(')?;
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    *rest = after;
    let mut parameters = Vec::new();
    loop {
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(')') {
            *rest = after;
            break;
        }
        if let Some(after) = rest.strip_prefix(',') {
            *rest = after;
            continue;
        }
        let key = if parameters.is_empty() {
            "source".to_owned()
        } else {
            format!("value{}", parameters.len())
        };
        parameters.push(json!({ "key": key, "value": term(rest)? }));
    }
    let expression = &whole[..whole.len() - rest.len()];
    Some(
        json!({ "expression": expression, "name": name, "parameters": parameters, "type": "Function" }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_apart() {
        let parsed = |text: &str| {
            let mut rest = text;
            term(&mut rest).filter(|_| rest.is_empty())
        };
        let told = parsed("Join(\" \", [givenName], Trim([surname]))").expect("an expression");
        assert_eq!(told["name"], "Join");
        assert_eq!(told["parameters"][2]["value"]["expression"], "Trim([surname])");
        for wrong in ["Join(", "[x", "a b(\"x\")", ""] {
            assert!(parsed(wrong).is_none(), "{wrong}");
        }
    }
}
