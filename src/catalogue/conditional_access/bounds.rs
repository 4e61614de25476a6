//! What Microsoft bounds, owns or has retired: how many policies and locations a tenant has, what can
//! be changed of a policy that Microsoft made, and settings elsewhere that a policy does not go with.
//!
//! The ids are those of the guide "choose and deploy your identity model".

use serde_json::Value as Json;

use super::{registration, tenant, written_by_microsoft};
use crate::declare::{Answers, Asking, Finding, Inquiry, Question, Read};
use crate::policy::ca::{Policy, State};
use crate::terraform::Path;

/// The most policies of a tenant, in whatever state (Entra, "Conditional Access: service limits").
const POLICIES: usize = 240;
/// The most named locations of a tenant (as above).
const LOCATIONS: usize = 195;

/// What is wrong with a policy as a part of its tenant.
pub(super) fn of_policy(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    if question.provider["lockoutProtection"] == "off" || question.planned.is_null() {
        return ask.conclude(Vec::new());
    }
    let mut found = Vec::new();
    if question.prior.is_null() {
        found.extend(too_many(&ask, &tenant::policies(), POLICIES, "Conditional Access policies"));
    } else {
        found.extend(written_by_microsoft::changed(question.prior, question.planned));
    }
    if let Ok(policy) = Policy::from_graph(question.planned) {
        found.extend(retired(question.prior, &policy));
        found.extend(registration::of_policy(&ask, question, &policy));
    }
    ask.conclude(found)
}

/// What is wrong with a named location as a part of its tenant.
pub(super) fn of_location(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let is_made = question.prior.is_null() && !question.planned.is_null();
    if question.provider["lockoutProtection"] == "off" || !is_made {
        return ask.conclude(Vec::new());
    }
    let found = too_many(&ask, &tenant::locations(), LOCATIONS, "named locations");
    ask.conclude(found.into_iter().collect())
}

fn too_many(ask: &Asking<'_>, all: &Read, most: usize, what: &str) -> Option<Finding> {
    let count = ask.objects(all)?.len();
    (count >= most).then(|| {
        Finding::error(
            Path::root(),
            format!("INV-30: The tenant has {count} {what}"),
            format!(
                "A tenant has {most} at most, those that are switched off included. Remove some, or put \
                 several into one."
            ),
        )
    })
}

/// Microsoft stopped enforcing approved client applications in March 2026: a policy that asks for
/// nothing else asks for nothing. One that stands may stay.
fn retired(prior: &Json, policy: &Policy) -> Option<Finding> {
    let grant = policy.grant_controls.as_ref()?;
    let has = |control: &str| grant.built_in_controls.iter().any(|one| one == control);
    if !has("approvedApplication") || has("compliantApplication") {
        return None;
    }
    let alone = grant.built_in_controls.len() == 1
        && grant.authentication_strength.is_none()
        && grant.terms_of_use.is_empty()
        && grant.custom_authentication_factors.is_empty();
    let stands = Policy::from_graph(prior).is_ok_and(|prior| {
        prior.state == policy.state && prior.grant_controls == policy.grant_controls
    });
    let told = match alone && !stands && policy.state != State::Disabled {
        true => Finding::error,
        false => Finding::warning,
    };
    Some(told(
        controls(),
        "INV-34: approvedApplication is retired".to_owned(),
        "Microsoft Entra no longer enforces approved client applications since March 2026. Ask for \
         compliantApplication (an app protection policy), or for either with the operator OR."
            .to_owned(),
    ))
}

fn controls() -> Path {
    Path::attribute("grant_controls").at("built_in_controls")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere};
    use crate::terraform::Severity;

    /// The summaries about what is planned, where the tenant has so many of each and such a setting.
    fn found(
        inquiry: fn(&Question<'_>, &Answers) -> Inquiry<Vec<Finding>>,
        [prior, planned, provider]: [&Json; 3],
        count: usize,
        setting: &str,
    ) -> Vec<String> {
        let question = Question {
            prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider,
            token: &Json::Null,
            elsewhere: &Elsewhere::new(),
        };
        let mut answers = Answers::default();
        loop {
            let reads = match inquiry(&question, &answers) {
                Inquiry::Needs(reads) => reads,
                Inquiry::Concluded(found) => {
                    return found.into_iter().map(|one| one.summary).collect();
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            };
            for read in reads {
                let told = match read.many {
                    true => json!(vec![json!({ "id": "x" }); count]),
                    false => json!({ "multiFactorAuthConfiguration": setting }),
                };
                answers.insert(read, Answer::Found(told));
            }
        }
    }

    #[test]
    fn a_tenant_has_so_many_and_no_more() {
        let new = [&Json::Null, &json!({ "displayName": "P" }), &Json::Null];
        let there = [new[1], new[1], &Json::Null];
        let off = json!({ "lockoutProtection": "off" });
        let policies = "INV-30: The tenant has 240 Conditional Access policies";
        assert_eq!(found(of_policy, new, 239, ""), Vec::<String>::new());
        assert_eq!(found(of_policy, new, 240, ""), [policies]);
        assert_eq!(found(of_policy, there, 240, ""), Vec::<String>::new());
        assert_eq!(found(of_policy, [new[0], new[1], &off], 240, ""), Vec::<String>::new());
        let locations = "INV-30: The tenant has 195 named locations";
        assert_eq!(found(of_location, new, 194, ""), Vec::<String>::new());
        assert_eq!(found(of_location, new, 195, ""), [locations]);
        assert_eq!(found(of_location, there, 195, ""), Vec::<String>::new());
    }

    #[test]
    fn what_is_retired_is_told_unless_there_is_another_way() {
        let policy = |controls: &[&str]| {
            let grant = json!({ "operator": "OR", "builtInControls": controls });
            json!({ "displayName": "P", "state": "disabled", "conditions": {}, "grantControls": grant })
        };
        let told = |controls: &[&str]| {
            let policy = policy(controls);
            found(of_policy, [&policy, &policy, &Json::Null], 0, "")
        };
        assert_eq!(told(&["approvedApplication"]), ["INV-34: approvedApplication is retired"]);
        let errors = |prior: &Json, controls: &[&str], state: &str| {
            let mut planned = policy(controls);
            planned["state"] = json!(state);
            let planned = Policy::from_graph(&planned).unwrap();
            retired(prior, &planned).unwrap().severity == Severity::Error
        };
        let alone: &[&str] = &["approvedApplication"];
        assert!(errors(&Json::Null, alone, "enabled"));
        assert!(!errors(&Json::Null, alone, "disabled"));
        assert!(!errors(&Json::Null, &["approvedApplication", "mfa"], "enabled"));
        assert!(errors(&policy(alone), alone, "enabled"));
        let mut stands = policy(alone);
        stands["state"] = json!("enabled");
        assert!(!errors(&stands, alone, "enabled"));
        assert!(told(&["approvedApplication", "compliantApplication"]).is_empty());
        assert!(told(&["compliantApplication"]).is_empty());
    }
}
