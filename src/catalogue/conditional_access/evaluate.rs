//! `provider::m365::evaluate_sign_in`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::policy::PLANNED;
use super::sign_in::{self, OUTCOME, PERSON, SIGN_IN};
use crate::declare::{Attribute, Function, Kind, Misuse, Parameter};
use crate::policy::ca::{Directory, Identity, Mode, Policy, SignIn, evaluate};
use crate::terraform::{Type, Value};

/// What planned policies do to a sign-in, without asking Graph.
pub static EVALUATE_SIGN_IN: Function = Function {
    name: "evaluate_sign_in",
    summary: "What Conditional Access policies do to a sign-in, offline.",
    doc: "What Conditional Access policies do to a sign-in, by Microsoft's documented rules and without \
        asking Graph: for `check` blocks and for `terraform test`.\n\n\
        What is not given counts as not known. Where a policy depends on it, the answer says so in \
        `uncertain`, and the decision is `indeterminate` unless it makes no difference. As long as a \
        part of a policy is known after apply only, so is the answer. The data source \
        `m365_conditional_access_what_if` looks the user up in the tenant. See the guide \
        [Test your policies before they exist](../guides/test-your-policies.md).",
    parameters: &[
        Parameter {
            name: "policies",
            doc: "A list of `m365_conditional_access_policy` resources, or of objects like them.",
            ty: || Type::Dynamic,
        },
        Parameter {
            name: "sign_in",
            doc: "The sign-in: the attributes of `sign_in` of `m365_conditional_access_what_if`, and \
                what is known of the user: `group_ids` (nested groups too), `role_ids` (active, for \
                the whole tenant), `user_type`, `is_mfa_registered`, `methods` (such as `fido2`); and \
                of the address: `location_ids` (the named locations that it is in) and \
                `is_trusted_location`.",
            ty: || Type::Dynamic,
        },
    ],
    returns: returned,
    call,
};

/// The type of the answer: that of the data source.
fn returned() -> Type {
    fn object(attributes: &[Attribute]) -> Type {
        let types: BTreeMap<String, Type> =
            attributes.iter().map(|one| (one.name.to_owned(), ty(&one.kind))).collect();
        Type::Object(types)
    }
    fn ty(kind: &Kind) -> Type {
        match kind {
            Kind::Boolean => Type::Bool,
            Kind::Integer => Type::Number,
            Kind::Texts(_) | Kind::Flags | Kind::Links => Type::set(Type::String),
            Kind::Object(nested) | Kind::Variant(_, nested) => object(nested),
            Kind::Objects(nested) => Type::list(object(nested)),
            _ => Type::String,
        }
    }
    object(&OUTCOME)
}

fn call(arguments: &[Value]) -> Result<Value, Misuse> {
    let misuse = |argument: usize| move |text: String| Misuse { argument, text };
    let [policies, asked] = arguments else {
        return Err(misuse(0)("policies and sign_in are needed".to_owned()));
    };
    let Some(policies) = plain(policies).as_elements() else {
        if policies.is_unknown() {
            return Ok(Value::UNKNOWN);
        }
        return Err(misuse(0)("this is no list of policies".to_owned()));
    };
    let mut read = Vec::new();
    for policy in policies {
        match shape(PLANNED, policy, "policy", OF_THE_RESOURCE).map_err(misuse(0))? {
            Some(policy) => read
                .push(Policy::from_graph(&policy).map_err(|error| misuse(0)(error.to_string()))?),
            None => return Ok(Value::UNKNOWN),
        }
    }
    let all = [SIGN_IN, PERSON].concat();
    let Some(asked) = shape(&all, asked, "sign_in", &[]).map_err(misuse(1))? else {
        return Ok(Value::UNKNOWN);
    };
    let mut sign_in = sign_in::read(&asked).map_err(misuse(1))?;
    let directory = directory(&asked, &read, &mut sign_in);
    let told = sign_in::told(&evaluate(&read, &directory, &sign_in, Mode::WorstCase));
    Ok(value(&OUTCOME, &told))
}

/// What a resource has besides, which says nothing about evaluation.
const OF_THE_RESOURCE: &[&str] = &[
    "id",
    "template_id",
    "created_date_time",
    "modified_date_time",
    "purge_on_destroy",
    "acknowledge_lockout",
    "allow_direct_enable",
    "timeouts",
];

/// The value inside of what brought its type along.
fn plain(value: &Value) -> &Value {
    match value {
        Value::Dynamic(inner) => plain(&inner.1),
        other => other,
    }
}

/// An object in Graph's shape; nothing as long as a part of it is not known. Attributes that there
/// are not are refused by name: a misspelt condition would never apply.
fn shape(
    attributes: &[Attribute],
    object: &Value,
    at: &str,
    besides: &[&str],
) -> Result<Option<Json>, String> {
    let object = plain(object);
    if object.is_unknown() {
        return Ok(None);
    }
    let Some(given) = object.as_object() else { return Err(format!("{at} is no object")) };
    let mut shaped = Map::new();
    for (name, value) in given {
        let Some(attribute) = attributes.iter().find(|one| one.name == name) else {
            if besides.contains(&name.as_str()) {
                continue;
            }
            return Err(format!("{at} has no attribute {name}"));
        };
        let value = plain(value);
        if value.is_null() {
            continue;
        }
        if !value.is_wholly_known() {
            return Ok(None);
        }
        let json = match attribute.kind {
            Kind::Object(nested) => match shape(nested, value, &format!("{at}.{name}"), &[])? {
                Some(json) => json,
                None => return Ok(None),
            },
            _ => known(value),
        };
        let json = attribute.via.map_or_else(|| json.clone(), |codec| (codec.encode)(json.clone()));
        shaped.insert(attribute.graph.map_or_else(|| camel(name), str::to_owned), json);
    }
    Ok(Some(Json::Object(shaped)))
}

/// A known value as JSON.
fn known(value: &Value) -> Json {
    match plain(value) {
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => number.as_i64().map_or(Json::Null, Json::from),
        Value::String(text) => text.as_str().into(),
        Value::List(elements) | Value::Set(elements) => elements.iter().map(known).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| (camel(name), known(value)))
            .collect::<Map<_, _>>()
            .into(),
        _ => Json::Null,
    }
}

/// `display_name` is `displayName`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

/// The answer as a value of the type that was promised.
fn value(attributes: &[Attribute], told: &Json) -> Value {
    let object = attributes.iter().map(|attribute| {
        let json = &told[camel(attribute.name)];
        let texts = || json.as_array().into_iter().flatten();
        let value = match attribute.kind {
            Kind::Boolean => json.as_bool().map_or(Value::Null, Value::Bool),
            Kind::Texts(_) => Value::set(texts().filter_map(Json::as_str).map(Value::from)),
            Kind::Objects(nested) => Value::List(texts().map(|one| value(nested, one)).collect()),
            _ => json.as_str().map_or(Value::Null, Value::from),
        };
        (attribute.name.to_owned(), value)
    });
    Value::Object(object.collect())
}

/// The tenant as the caller tells it: the user, and the named locations that policies mention.
fn directory(asked: &Json, policies: &[Policy], sign_in: &mut SignIn) -> Directory {
    let mut directory = Directory::default();
    if let Identity::User { user_id, .. } = &sign_in.sign_in_identity {
        let user = json!({
            "id": user_id,
            "userType": asked["userType"],
            "groups": asked["groupIds"],
            "roles": asked["roleIds"],
            "isMfaRegistered": asked["isMfaRegistered"],
            "methods": asked["methods"],
        });
        directory.users.extend(serde_json::from_value::<crate::policy::ca::User>(user).ok());
    }
    if asked["locationIds"].is_null() && asked["isTrustedLocation"].is_null() {
        return directory;
    }
    // Where the address is is told; that it is somewhere takes an address.
    let nowhere = std::net::IpAddr::from([192, 0, 2, 1]);
    let address = *sign_in.sign_in_conditions.ip_address.get_or_insert(nowhere);
    let here = ipnet::IpNet::from(address).to_string();
    let inside = |id: &str| {
        let ids = asked["locationIds"].as_array().into_iter().flatten();
        ids.filter_map(Json::as_str).any(|own| own.eq_ignore_ascii_case(id))
    };
    let mentioned = policies.iter().flat_map(|policy| &policy.conditions.locations);
    let mentioned = mentioned
        .flat_map(|places| places.include_locations.iter().chain(&places.exclude_locations));
    let place = |id: &str, inside: bool, trusted: bool| {
        let ranges = if inside { vec![here.clone()] } else { Vec::new() };
        let location = json!({
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": id, "displayName": id, "ipRanges": ranges, "isTrusted": trusted,
        });
        serde_json::from_value::<crate::policy::ca::NamedLocation>(location).ok()
    };
    for id in mentioned {
        directory.locations.extend(place(id, inside(id), false));
    }
    let trusted = asked["isTrustedLocation"] == true;
    directory.locations.extend(place("a trusted location", trusted, true));
    directory.complete.locations = true;
    directory
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(further: &[(&str, Value)]) -> Value {
        let set = |text: &str| Value::set([Value::from(text)]);
        let mut policy = Value::from([
            ("id", Value::UNKNOWN),
            ("display_name", "MFA".into()),
            ("state", "enabled".into()),
            (
                "conditions",
                Value::from([
                    ("applications", Value::from([("include_applications", set("All"))])),
                    (
                        "users",
                        Value::from([("include_users", set("All")), ("exclude_groups", set("g"))]),
                    ),
                    ("locations", Value::Null),
                ]),
            ),
            (
                "grant_controls",
                Value::from([("operator", "OR".into()), ("built_in_controls", set("mfa"))]),
            ),
        ]);
        if let Value::Object(policy) = &mut policy {
            policy.extend(further.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
        policy
    }

    fn sign_in(further: &[(&str, Value)]) -> Value {
        let mut sign_in = Value::from([
            ("user_id", "u".into()),
            ("application_ids", Value::List(vec!["a-1".into()])),
        ]);
        if let Value::Object(sign_in) = &mut sign_in {
            sign_in.extend(further.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
        sign_in
    }

    #[track_caller]
    fn check(policies: &[Value], sign_in: Value, expected: &str) {
        let policies = Value::Dynamic(Box::new((Type::Dynamic, Value::List(policies.to_vec()))));
        let told = call(&[policies, sign_in]).unwrap();
        assert_eq!(told.get("decision").as_str(), Some(expected), "{told:?}");
    }

    #[test]
    fn a_sign_in_is_evaluated() {
        let groups =
            |ids: &[&str]| ("group_ids", Value::set(ids.iter().map(|id| Value::from(*id))));
        check(&[policy(&[])], sign_in(&[groups(&[])]), "needs");
        check(&[policy(&[])], sign_in(&[groups(&["G"])]), "granted");
        check(&[policy(&[])], sign_in(&[]), "indeterminate");
        check(&[policy(&[("state", "disabled".into())])], sign_in(&[]), "granted");
    }

    #[test]
    fn places_are_told_by_their_ids() {
        let places = Value::from([
            ("include_locations", Value::set(["All".into()])),
            ("exclude_locations", Value::set(["office".into(), "AllTrusted".into()])),
        ]);
        let conditions = policy(&[]).get("conditions").as_object().cloned().map(|mut all| {
            all.insert("locations".into(), places);
            Value::Object(all)
        });
        let policies = [policy(&[("conditions", conditions.unwrap())])];
        let none = ("group_ids", Value::set([]));
        let at = |ids: &[&str], trusted: bool| {
            let ids = Value::set(ids.iter().map(|id| Value::from(*id)));
            sign_in(&[none.clone(), ("location_ids", ids), ("is_trusted_location", trusted.into())])
        };
        check(&policies, at(&["office"], false), "granted");
        check(&policies, at(&[], true), "granted");
        check(&policies, at(&["elsewhere"], false), "needs");
    }

    #[test]
    fn what_is_not_known_yet_makes_the_answer_not_known() {
        let policies = Value::List(vec![policy(&[("state", Value::UNKNOWN)])]);
        assert_eq!(call(&[policies, sign_in(&[])]), Ok(Value::UNKNOWN));
    }

    #[test]
    fn misspelt_attributes_are_refused() {
        let wrong = call(&[Value::List(vec![policy(&[("stat", "x".into())])]), sign_in(&[])]);
        assert_eq!(wrong.unwrap_err().text, "policy has no attribute stat");
        let wrong = call(&[Value::List(Vec::new()), sign_in(&[("group", "x".into())])]);
        assert_eq!(
            wrong.unwrap_err(),
            Misuse { argument: 1, text: "sign_in has no attribute group".into() }
        );
    }
}
