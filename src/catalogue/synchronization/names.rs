//! Finding the parts of a synchronization schema by what people call them.

use serde_json::Value as Json;

use crate::declare::UNKNOWN;

/// Whether something is set: null and what is known after apply only is not.
pub(super) fn said(json: &Json) -> bool {
    !json.is_null() && json != UNKNOWN
}

/// An object mapping, and the rule that it is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) rule: &'a Json,
    pub(super) mapping: &'a Json,
}

/// What an object mapping is called: its name, what it is of, and both within its rule.
fn names(rule: &Json, mapping: &Json) -> Vec<String> {
    let text = |json: &Json| json.as_str().map(str::to_owned).filter(|text| !text.is_empty());
    let (from, to) = (text(&mapping["sourceObjectName"]), text(&mapping["targetObjectName"]));
    let of = from.zip(to).map(|(from, to)| format!("{from} to {to}"));
    let own: Vec<String> = text(&mapping["name"]).into_iter().chain(of).collect();
    let rule = text(&rule["name"]).unwrap_or_default();
    let within: Vec<String> = own.iter().map(|name| format!("{rule}/{name}")).collect();
    [own, within].concat()
}

/// Where the object mapping called `name` is, as the indices of its rule and of itself.
fn place(rules: &Json, name: &str) -> Result<(usize, usize), String> {
    let all: Vec<(usize, usize, Vec<String>)> = elements(rules)
        .enumerate()
        .flat_map(|(rule_at, rule)| {
            let own = elements(&rule["objectMappings"]).enumerate();
            own.map(move |(at, mapping)| (rule_at, at, names(rule, mapping)))
        })
        .collect();
    let is = |names: &[String]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
    let mut called = all.iter().filter(|(.., names)| is(names));
    match (called.next(), called.next()) {
        (Some((rule, at, _)), None) => Ok((*rule, *at)),
        (Some(_), Some(_)) => Err(format!(
            "The schema of the job has several object mappings {name}. Say which: {}",
            list(all.iter().filter(|(.., names)| is(names)).filter_map(|(.., names)| names.last()))
        )),
        (None, _) => Err(format!(
            "The schema of the job has no object mapping {name}. It has {}",
            list(all.iter().filter_map(|(.., names)| names.first()))
        )),
    }
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.is_empty() { "none.".to_owned() } else { format!("{}.", names.join(", ")) }
}

/// The object mapping called `name`.
pub(super) fn find<'a>(rules: &'a Json, name: &str) -> Result<Found<'a>, String> {
    let (rule, at) = place(rules, name)?;
    let rule = &rules[rule];
    Ok(Found { rule, mapping: &rule["objectMappings"][at] })
}

/// The same, to be changed.
pub(super) fn find_mut<'a>(rules: &'a mut Json, name: &str) -> Result<&'a mut Json, String> {
    let (rule, at) = place(rules, name)?;
    Ok(&mut rules[rule]["objectMappings"][at])
}

/// The mapping of an attribute of the target.
pub(super) fn of_target<'a>(mapping: &'a Json, target: &str) -> Option<&'a Json> {
    elements(&mapping["attributeMappings"]).find(|one| is_of(one, target))
}

fn is_of(one: &Json, target: &str) -> bool {
    one["targetAttributeName"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(target))
}

/// Puts the mapping of an attribute where the one before was, or at the end; none takes it away.
pub(super) fn put(mapping: &mut Json, target: &str, one: Option<Json>) {
    if !mapping["attributeMappings"].is_array() {
        mapping["attributeMappings"] = Json::Array(Vec::new());
    }
    let Some(all) = mapping["attributeMappings"].as_array_mut() else { return };
    let at = all.iter().position(|one| is_of(one, target));
    match (at, one) {
        (Some(at), Some(one)) => all[at] = one,
        (Some(at), None) => drop(all.remove(at)),
        (None, Some(one)) => all.push(one),
        (None, None) => {}
    }
}

/// The attributes that a directory says its objects of a kind have.
pub(super) fn definitions<'a>(schema: &'a Json, directory: &Json, object: &Json) -> Vec<&'a Json> {
    let directory = elements(&schema["directories"]).find(|one| one["name"] == *directory);
    let objects = directory.into_iter().flat_map(|one| elements(&one["objects"]));
    objects
        .filter(|one| one["name"] == *object)
        .flat_map(|one| elements(&one["attributes"]))
        .collect()
}

/// The objects of a kind in a directory, to be changed.
pub(super) fn object_mut<'a>(
    schema: &'a mut Json,
    directory: &Json,
    object: &Json,
) -> Option<&'a mut Json> {
    let all = schema["directories"].as_array_mut()?.iter_mut();
    let own = all.filter(|one| one["name"] == *directory);
    own.filter_map(|one| one["objects"].as_array_mut()).flatten().find(|one| one["name"] == *object)
}

/// An expression without the spaces outside of quotes.
pub(super) fn bare(expression: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let kept = expression.chars().filter(|letter| {
        let keep = quoted || !letter.is_whitespace();
        match letter {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = *letter == '\\' && !escaped;
        keep
    });
    kept.collect()
}

/// Whether two texts of words separated by commas say the same; other values compare as they are.
pub(super) fn same_words(a: &Json, b: &Json) -> bool {
    let words = |json: &Json| -> Option<Vec<String>> {
        let mut words: Vec<String> =
            json.as_str()?.split(',').map(|word| word.trim().to_owned()).collect();
        words.sort();
        Some(words)
    };
    match (words(a), words(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// Whether two maps of filters say the same: neither clauses nor values have an order.
pub(super) fn same_filters(a: &Json, b: &Json) -> bool {
    let sorted = |filters: &Json| -> Vec<(String, Vec<String>)> {
        let filters = filters.as_object().into_iter().flatten().map(|(name, group)| {
            let clauses = elements(&group["clauses"]).map(|clause| {
                let mut values: Vec<String> =
                    elements(&clause["values"]).map(ToString::to_string).collect();
                values.sort();
                format!("{} {} {values:?}", clause["sourceOperandName"], clause["operatorName"])
            });
            let mut clauses: Vec<String> = clauses.collect();
            clauses.sort();
            (name.clone(), clauses)
        });
        filters.collect()
    };
    sorted(a) == sorted(b)
}

/// What is configured of the object mapping `name` and its directories do not have: where, and what.
///
/// # Errors
///
/// Why there is no such object mapping.
pub(super) fn lacking(
    schema: &Json,
    name: &str,
    planned: &Json,
) -> Result<Vec<(Vec<String>, String)>, String> {
    let Found { rule, mapping } = find(&schema["synchronizationRules"], name)?;
    let attributes = |side: &str, directory: &Json, object: &Json| -> Vec<&str> {
        let own = definitions(schema, directory, object);
        let mut known: Vec<&str> = own.into_iter().filter_map(|one| one["name"].as_str()).collect();
        if !known.is_empty() {
            let more = planned[side].as_object().into_iter().flatten();
            known.extend(more.map(|(name, _)| name.as_str()));
        }
        known
    };
    let source =
        attributes("sourceAttributes", &rule["sourceDirectoryName"], &mapping["sourceObjectName"]);
    let target =
        attributes("targetAttributes", &rule["targetDirectoryName"], &mapping["targetObjectName"]);
    let mut found = Vec::new();
    let mut look = |steps: &[&str], known: &[&str], attribute: &str, whose: &str| {
        // A directory may not say what it has.
        let there = known.is_empty() || known.iter().any(|one| one.eq_ignore_ascii_case(attribute));
        if !there && attribute != UNKNOWN {
            let far = |one: &&&str| strsim::damerau_levenshtein(one, attribute);
            let near = known.iter().min_by_key(far).filter(|near| far(near) <= 2);
            let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            let steps = steps.iter().map(|step| (*step).to_owned()).collect();
            found.push((steps, format!("The {whose} has no attribute {attribute}{near}")));
        }
    };
    for (name, one) in planned["attributeMappings"].as_object().into_iter().flatten() {
        let steps = ["attribute_mappings", name.as_str()];
        look(&steps, &target, name, "target");
        if let Some(from) = one["attribute"].as_str() {
            look(&[steps[0], steps[1], "attribute"], &source, from, "source");
        }
        for from in one["expression"].as_str().map(used).unwrap_or_default() {
            look(&[steps[0], steps[1], "expression"], &source, &from, "source");
        }
    }
    for (name, filter) in planned["scopingFilters"].as_object().into_iter().flatten() {
        for clause in elements(&filter["clauses"]) {
            let from = clause["sourceOperandName"].as_str().unwrap_or(UNKNOWN);
            look(&["scoping_filters", name, "clauses"], &source, from, "source");
        }
    }
    Ok(found)
}

/// The attributes that an expression uses, those of plain names.
fn used(expression: &str) -> Vec<String> {
    let unquoted = expression.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let parts = unquoted.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    let plain = |name: &str| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter))
    };
    parts.map(|(name, _)| name.to_owned()).filter(|name| plain(name)).collect()
}

fn elements(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Json {
        let attributes =
            |names: &[&str]| names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>();
        let mapping =
            json!({ "name": "Users", "sourceObjectName": "User", "targetObjectName": "Person" });
        json!({
            "directories": [
                { "name": "A", "objects": [{ "name": "User", "attributes": attributes(&["mail", "city"]) }] },
                { "name": "B", "objects": [{ "name": "Person", "attributes": attributes(&["email"]) }] },
            ],
            "synchronizationRules": [
                { "name": "ONE", "sourceDirectoryName": "A", "targetDirectoryName": "B",
                  "objectMappings": [mapping] },
                { "name": "TWO", "objectMappings": [{ "sourceObjectName": "Group", "targetObjectName": "Group" },
                    mapping] },
            ],
        })
    }

    #[test]
    fn an_object_mapping_has_several_names_and_one_must_be_enough() {
        let rules = &schema()["synchronizationRules"];
        for name in ["ONE/Users", "one/user to person", "Group to Group", "TWO/Group to Group"] {
            assert!(find(rules, name).is_ok(), "{name}");
        }
        let several = find(rules, "Users").expect_err("there are two");
        assert!(several.contains("ONE/User to Person, TWO/User to Person"), "{several}");
        assert!(find(rules, "Contacts").is_err());
    }

    #[test]
    fn what_the_directories_do_not_have_is_told_where_it_stands() {
        let planned = json!({
            "attributeMappings": {
                "email": { "expression": "Join(\"[x]\", [mail], [town])" },
                "emial": { "attribute": "mail" },
            },
            "scopingFilters": { "S": { "clauses": [{ "sourceOperandName": "cty" }] } },
        });
        let told = lacking(&schema(), "ONE/Users", &planned).expect("a mapping");
        let told: Vec<String> =
            told.iter().map(|(at, what)| format!("{}: {what}", at.join("."))).collect();
        assert_eq!(
            told,
            [
                "attribute_mappings.email.expression: The source has no attribute town",
                "attribute_mappings.emial: The target has no attribute emial; did you mean email?",
                "scoping_filters.S.clauses: The source has no attribute cty; did you mean city?",
            ]
        );
        // Directories that do not say what they have are believed.
        assert_eq!(lacking(&schema(), "TWO/Users", &planned), Ok(Vec::new()));
    }

    #[test]
    fn spaces_outside_of_quotes_say_nothing() {
        assert_eq!(bare("Join(\" \", [a] , \"\\\" b\")"), "Join(\" \",[a],\"\\\" b\")");
    }
}
