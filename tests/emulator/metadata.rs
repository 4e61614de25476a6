//! All that is told is of the types that the metadata states: names, kinds of values, nulls, enumerations.

use std::collections::HashMap;

use serde_json::Value;

use super::client::Client;

/// Where objects of each type are told, with all their properties.
const TOLD: &[(&str, &str)] = &[
    ("user", "/users?$select=*"),
    ("group", "/groups?$select=*"),
    ("administrativeUnit", "/directory/administrativeUnits"),
    ("application", "/applications"),
    ("servicePrincipal", "/servicePrincipals"),
    ("unifiedRoleDefinition", "/roleManagement/directory/roleDefinitions"),
    ("conditionalAccessPolicy", "/identity/conditionalAccess/policies"),
    ("namedLocation", "/identity/conditionalAccess/namedLocations"),
    ("authenticationStrengthPolicy", "/policies/authenticationStrengthPolicies"),
    (
        "identitySecurityDefaultsEnforcementPolicy",
        "/policies/identitySecurityDefaultsEnforcementPolicy",
    ),
    ("authorizationPolicy", "/policies/authorizationPolicy"),
    ("organization", "/organization"),
    ("domain", "/domains"),
    ("subscribedSku", "/subscribedSkus"),
    ("onPremisesDirectorySynchronization", "/directory/onPremisesSynchronization"),
];

#[tokio::test]
async fn answers_agree_with_the_metadata() {
    let c = Client::new().await;
    for version in ["v1.0", "beta"] {
        let path = format!("{}/src/emulator/model/{version}.types", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let types = Types::read(&text);
        for (ty, path) in TOLD {
            let told = c.get(&format!("/{version}{path}")).await.is(200);
            let objects = told["value"].as_array().cloned().unwrap_or_else(|| vec![told.clone()]);
            assert!(!objects.is_empty(), "{path}");
            for object in objects {
                types.agree(ty, &object, &format!("{version}{path}"));
            }
        }
    }
}

/// The lines of a table, by type: base, and properties with their written types.
struct Types<'a> {
    structs: HashMap<&'a str, (Option<&'a str>, HashMap<&'a str, &'a str>)>,
    enums: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Types<'a> {
    fn read(text: &'a str) -> Types<'a> {
        let mut types = Types { structs: HashMap::new(), enums: HashMap::new() };
        let mut last = "";
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let words: Vec<&str> = line.trim_start().split(' ').collect();
            match (line.starts_with(' '), words[0]) {
                (true, name) => {
                    let property = words[words.len() - 1];
                    types.structs.get_mut(last).unwrap().1.insert(name, property);
                }
                (false, "enum" | "flags") => {
                    drop(types.enums.insert(words[1], words[2..].to_vec()))
                }
                (false, _) => {
                    last = words[1];
                    let base = (words.get(2) == Some(&":")).then(|| words[3]);
                    types.structs.insert(last, (base, HashMap::new()));
                }
            }
        }
        types
    }

    fn property(&self, ty: &str, name: &str) -> Option<&'a str> {
        let (base, properties) = self.structs.get(ty)?;
        properties.get(name).copied().or_else(|| self.property((*base)?, name))
    }

    fn agree(&self, ty: &str, object: &Value, at: &str) {
        let variant =
            object["@odata.type"].as_str().map(|t| t.trim_start_matches("#microsoft.graph."));
        let ty = variant.unwrap_or(ty);
        for (name, value) in
            object.as_object().unwrap_or_else(|| panic!("{at} is no object: {object}"))
        {
            if name.starts_with('@') {
                continue;
            }
            let at = format!("{at}/{name}");
            let property = self.property(ty, name).unwrap_or_else(|| panic!("{at} is not in {ty}"));
            let (bare, nullable) = (property.trim_end_matches('?'), property.ends_with('?'));
            match (bare.strip_prefix('[').and_then(|b| b.strip_suffix(']')), value) {
                (Some(item), Value::Array(items)) => {
                    items.iter().for_each(|v| self.value(item, v, &at))
                }
                (Some(_), other) => panic!("{at} is no collection: {other}"),
                (None, Value::Null) => assert!(nullable || is_never_set(name), "{at} is null"),
                (None, value) => self.value(bare, value, &at),
            }
        }
    }

    fn value(&self, ty: &str, value: &Value, at: &str) {
        if let Some(members) = self.enums.get(ty) {
            let text = value.as_str().unwrap_or_else(|| panic!("{at} is no member: {value}"));
            assert!(text.split(',').all(|m| members.contains(&m)), "{at} has no member {text}");
            return;
        }
        if self.structs.contains_key(ty) {
            return self.agree(ty, value, at);
        }
        let fits = match ty {
            "Boolean" => value.is_boolean(),
            "Int16" | "Int32" | "Int64" | "Double" => value.is_number(),
            "DateTimeOffset" => {
                value.as_str().is_some_and(|s| s.parse::<jiff::Timestamp>().is_ok())
            }
            "Guid" => value.as_str().is_some_and(|s| uuid::Uuid::try_parse(s).is_ok()),
            _ => value.is_string(),
        };
        assert!(fits, "{at} is no {ty}: {value}");
    }
}

/// Kept by services that are not there, and null for want of them.
fn is_never_set(name: &str) -> bool {
    [
        "birthday",
        "hireDate",
        "mailboxSettings",
        "deviceEnrollmentLimit",
        "signInAudienceRestrictions",
    ]
    .contains(&name)
}
