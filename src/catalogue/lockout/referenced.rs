//! The guards of what policies refer to by id: authentication strengths and contexts, terms of use.

use serde::Deserialize;
use serde_json::Value as Json;

use super::policy::judged;
use super::{Guard, Judged, SILENT, later, mentions_unknown};
use crate::declare::{Answers, Question};
use crate::policy::ca::{AuthenticationStrength, Policy, State};
use crate::policy::lockout::{Change, Scene, demands, guard as judge};

/// Whether a strength that goes is demanded by a policy, or one that changes stops whom the policies
/// that demand it are for.
pub(in crate::catalogue) fn authentication_strength_policy(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let read = |json: &Json| AuthenticationStrength::deserialize(json).ok();
    let says = ["allowedCombinations", "combinationConfigurations"];
    let is_known = says.iter().all(|name| !mentions_unknown(&question.planned[*name]));
    let changed = !question.planned.is_null() && !question.prior.is_null() && is_known;
    match (read(question.prior), read(question.planned)) {
        (Some(before), Some(after)) if changed && !question.is_replaced => {
            if says_same(&before, &after) { SILENT } else { narrowed(question, answers, after) }
        }
        _ => removed(question, answers, Change::StrengthDeleted),
    }
}

/// Whether two versions of a strength let the same in, whatever the order is.
fn says_same(a: &AuthenticationStrength, b: &AuthenticationStrength) -> bool {
    let has = |all: &AuthenticationStrength, one: &String| all.allowed_combinations.contains(one);
    a.allowed_combinations.len() == b.allowed_combinations.len()
        && a.allowed_combinations.iter().all(|one| has(b, one))
        && a.combination_configurations == b.combination_configurations
}

fn narrowed(question: &Question<'_>, answers: &Answers, after: AuthenticationStrength) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(policies) = guard.policies(None) else { return guard.conclude(Vec::new()) };
    let is_demanding =
        |policy: &&Policy| policy.state == State::Enabled && demands(policy, &after.id);
    let subjects: Vec<Policy> = policies.iter().filter(is_demanding).cloned().collect();
    if subjects.is_empty() {
        return guard.conclude(Vec::new());
    }
    // As it is now, to be compared with what it will be.
    let before = AuthenticationStrength::deserialize(question.prior).unwrap_or_default();
    let change = Change::StrengthChanged(after);
    let by_rules = |scene: &Scene| {
        let mut scene = scene.clone();
        scene.put_strength(&before);
        judge(&change, &scene)
    };
    let (_, findings, _) = judged(&guard, policies, &subjects, &by_rules);
    guard.conclude(findings)
}

/// Whether a context that goes is what a policy is for.
pub(in crate::catalogue) fn authentication_context(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    removed(question, answers, Change::ContextDeleted)
}

/// Whether terms of use go that a policy demands.
pub(in crate::catalogue) fn terms_of_use(question: &Question<'_>, answers: &Answers) -> Judged {
    removed(question, answers, Change::TermsDeleted)
}

fn removed(question: &Question<'_>, answers: &Answers, change: fn(String) -> Change) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let id = question.prior["id"].as_str().filter(|_| guard.is_removed());
    let Some(id) = id else { return SILENT };
    let Some(policies) = guard.policies(None) else { return guard.conclude(Vec::new()) };
    let mut scene = guard.scene();
    scene.policies = policies;
    scene.until_then = guard.policies_until_then();
    let findings = later(question, judge(&change(id.to_owned()), &scene));
    guard.conclude(findings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere, Inquiry};
    use crate::terraform::Severity;

    /// What is said where the strength `s` or context `c1` of the only policy goes.
    fn said(
        ask: fn(&Question<'_>, &Answers) -> Judged,
        id: &str,
        is_writing: bool,
    ) -> Vec<Severity> {
        let policies = json!([{
            "id": "p", "displayName": "P", "state": "enabled",
            "conditions": {"users": {"includeUsers": ["All"]}, "applications":
                {"includeAuthenticationContextClassReferences": ["c1"]}},
            "grantControls": {"operator": "OR", "authenticationStrength": {"id": "s"}},
        }]);
        let mut answers = Answers::default();
        let elsewhere = Elsewhere::new();
        let (prior, gone) = (json!({ "id": id }), Json::Null);
        for _ in 0..4 {
            let question = Question {
                prior: &prior,
                planned: &gone,
                is_replaced: false,
                is_writing,
                provider: &json!({ "lockoutProtection": "error" }),
                token: &Json::Null,
                elsewhere: &elsewhere,
            };
            match ask(&question, &answers) {
                Inquiry::Concluded(found) => return found.iter().map(|one| one.severity).collect(),
                Inquiry::Needs(reads) => {
                    for read in reads {
                        answers.insert(read, Answer::Found(policies.clone()));
                    }
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
        panic!("there is no conclusion")
    }

    #[test]
    fn what_a_policy_refers_to_stays() {
        assert_eq!(said(authentication_strength_policy, "s", true), [Severity::Error]);
        assert_eq!(said(authentication_strength_policy, "s", false), [Severity::Warning]);
        assert_eq!(said(authentication_strength_policy, "other", true), []);
        assert_eq!(said(authentication_context, "C1", true), [Severity::Error]);
        assert_eq!(said(authentication_context, "c2", true), []);
    }
}
