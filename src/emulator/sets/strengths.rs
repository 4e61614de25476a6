//! Authentication strengths: the three that are built in, custom ones, and their combinations.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::model::Version;
use super::super::query::Query;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Action, Filterable, Permissions, Properties, Service, Set};
use super::super::store::{Place, now, text, texts};
use super::super::tell;
use super::super::validate::parameters;
use super::access::invalid;

const READ: Permissions = &[
    &["Policy.Read.AuthenticationMethod"],
    &["Policy.Read.All"],
    &["Policy.ReadWrite.AuthenticationMethod"],
];
const WRITE: Permissions =
    &[&["Policy.ReadWrite.ConditionalAccess"], &["Policy.ReadWrite.AuthenticationMethod"]];

pub(super) static STRENGTHS: Set = Set {
    ty: "authenticationStrengthPolicy",
    paths: &[
        "policies/authenticationStrengthPolicies",
        "identity/conditionalAccess/authenticationStrength/policies",
    ],
    service: Service::Other,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["displayName", "allowedCombinations"],
    create_only: &["allowedCombinations"],
    filterable: Filterable::Only(&["policyType", "allowedCombinations"]),
    read_only: &[
        "id",
        "policyType",
        "requirementsSatisfied",
        "createdDateTime",
        "modifiedDateTime",
    ],
    computed: &[("combinationConfigurations", combinations)],
    actions: &[
        Action {
            name: "updateAllowedCombinations",
            method: "POST",
            permissions: WRITE,
            run: update_combinations,
        },
        Action { name: "usage", method: "GET", permissions: READ, run: usage },
    ],
    on_create: |_, strength| {
        check(strength)?;
        strength.insert("policyType".into(), json!("custom"));
        strength.insert("requirementsSatisfied".into(), json!("mfa"));
        strength.insert("createdDateTime".into(), now().into());
        strength.insert("modifiedDateTime".into(), now().into());
        Ok(())
    },
    on_update: |_, old, _, next| {
        refuse_built_in(old)?;
        check(next)?;
        next.insert("modifiedDateTime".into(), now().into());
        Ok(())
    },
    on_delete: |cx, strength| {
        refuse_built_in(strength)?;
        match used_by(cx, text(strength, "id")).first() {
            Some(policy) => Err(invalid(&format!(
                "The authentication strength is used by the policy {policy}."
            ))),
            None => Ok(()),
        }
    },
    ..Set::COLLECTION
};

pub(super) static COMBINATIONS: Set = Set {
    ty: "authenticationCombinationConfiguration",
    paths: &[
        "policies/authenticationStrengthPolicies/{authenticationStrengthPolicy}/combinationConfigurations",
        "identity/conditionalAccess/authenticationStrength/policies/{authenticationStrengthPolicy}/combinationConfigurations",
    ],
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["appliesToCombinations"],
    typed: true,
    on_create: |cx, configuration| {
        let parent = cx.parent.clone();
        cx.seen("authenticationStrengthPolicy", &parent).map_or(Ok(()), refuse_built_in)?;
        check_configuration(configuration)
    },
    on_update: |_, _, _, next| check_configuration(next),
    ..Set::COLLECTION
};

/// A configuration of security keys is about security keys, one of certificates about certificates.
fn check_configuration(configuration: &Properties) -> Outcome<()> {
    let possible: &[&str] = match configuration.contains_key("allowedAAGUIDs") {
        true => &["fido2"],
        false => &["x509CertificateSingleFactor", "x509CertificateMultiFactor"],
    };
    let whole = json!(configuration);
    match texts(&whole, "appliesToCombinations").find(|one| !possible.contains(one)) {
        None => Ok(()),
        Some(one) => Err(invalid(&format!(
            "A configuration of this type cannot apply to the combination '{one}'."
        ))),
    }
}

fn check(strength: &Properties) -> Outcome<()> {
    if text(strength, "displayName").is_empty()
        || text(strength, "displayName").chars().count() > 30
    {
        return Err(invalid(
            "The displayName of an authentication strength has 1 to 30 characters.",
        ));
    }
    if strength.get("allowedCombinations").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(invalid("An authentication strength must allow at least one combination."));
    }
    Ok(())
}

fn refuse_built_in(strength: &Properties) -> Outcome<()> {
    if text(strength, "policyType") == "builtIn" {
        return Err(invalid("Built-in authentication strengths cannot be changed or deleted."));
    }
    Ok(())
}

fn used_by(cx: &Context, id: &str) -> Vec<String> {
    let uses = |policy: &Properties| {
        policy
            .get("grantControls")
            .and_then(|g| g.pointer("/authenticationStrength/id"))
            .is_some_and(|v| v == id)
    };
    let policies = cx.state.all("conditionalAccessPolicy").filter(|(_, p)| uses(p));
    policies.map(|(_, p)| text(p, "id").to_owned()).collect()
}

fn combinations(cx: &Context, strength: &Properties) -> Value {
    let place = Place { set: COMBINATIONS.ty, parent: text(strength, "id") };
    let objects = cx.state.collection(place).into_iter().flat_map(|c| c.after(0));
    let told = objects.filter_map(|(_, o)| {
        tell::object(cx, &COMBINATIONS, o.ty, o.seen(cx.now)?, &Query::default()).ok()
    });
    told.map(Value::Object).collect()
}

/// A strength as it is told within a policy.
pub(super) fn told(cx: &Context, id: &str) -> Value {
    let found = cx.seen(STRENGTHS.ty, id);
    let told =
        found.and_then(|s| tell::object(cx, &STRENGTHS, STRENGTHS.ty, s, &Query::default()).ok());
    told.map_or(Value::Null, Value::Object)
}

fn update_combinations(
    cx: &mut Context,
    strength: &Properties,
    body: &Properties,
) -> Outcome<(u16, Option<Value>)> {
    refuse_built_in(strength)?;
    let body = parameters(&json!(body), &["allowedCombinations"])?;
    let members = Version::V1.model().enumeration("authenticationMethodModes");
    let mut allowed = Vec::new();
    for combination in texts(&json!(body), "allowedCombinations") {
        let parts: Option<Vec<&str>> =
            combination.split(',').map(|p| members.and_then(|m| m.member(p))).collect();
        let parts = parts.ok_or_else(|| {
            Refusal::bad_request(format!(
                "'{combination}' is not a combination of authentication methods."
            ))
        })?;
        allowed.push(parts.join(","));
    }
    let id = text(strength, "id").to_owned();
    let mut next = strength.clone();
    let previous = next.insert("allowedCombinations".into(), json!(allowed));
    next.insert("modifiedDateTime".into(), now().into());
    check(&next)?;
    let references = used_by(cx, &id);
    cx.state.replace(STRENGTHS.ty, &id, next);
    let told = json!({
        "@odata.context": format!("{}/{}/$metadata#microsoft.graph.updateAllowedCombinationsResult", cx.base, cx.version.as_str()),
        "previousCombinations": previous,
        "currentCombinations": allowed,
        "conditionalAccessReferences": references,
        "additionalInformation": "",
    });
    Ok((200, Some(told)))
}

fn usage(cx: &mut Context, strength: &Properties, _: &Properties) -> Outcome<(u16, Option<Value>)> {
    let used = used_by(cx, text(strength, "id"));
    let told = |id: &String| -> Option<Value> {
        let policy = cx.seen("conditionalAccessPolicy", id)?;
        let set = super::of_type("conditionalAccessPolicy")?;
        Some(Value::Object(tell::object(cx, set, set.ty, policy, &Query::default()).ok()?))
    };
    Ok((200, Some(json!({ "mfa": used.iter().filter_map(told).collect::<Vec<_>>(), "none": [] }))))
}
