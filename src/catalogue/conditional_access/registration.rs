//! INV-19: multifactor authentication at the registration of devices is asked for by Conditional Access
//! or by the tenant's device settings, and not by both.
//!
//! Entra does not enforce policies for `urn:user:registerdevice` as they are written as long as the device
//! settings ask for it too. So it is judged from both sides: of a policy with the settings as they are
//! planned or found, and of the settings with all policies as they are planned or found. What is planned
//! later than this is not known yet; whoever changes both in one configuration says which comes first.

use serde_json::Value as Json;

use super::tenant;
use crate::declare::{Answers, Asking, Finding, Inquiry, Question, Read};
use crate::policy::ca::{Policy, State};
use crate::terraform::Path;

const ACTION: &str = "urn:user:registerdevice";

/// The device settings of the tenant.
pub(in crate::catalogue) fn settings() -> Read {
    Read::one("/policies/deviceRegistrationPolicy", "Policy.Read.DeviceConfiguration")
}

/// What is wrong with a policy, where the device settings ask too.
pub(super) fn of_policy(
    ask: &Asking<'_>,
    question: &Question<'_>,
    policy: &Policy,
) -> Option<Finding> {
    if !is_enforced(policy) {
        return None;
    }
    let planned = question.elsewhere.iter().find_map(|((resource, _), planned)| {
        let said = planned["multiFactorAuthConfiguration"].as_str();
        said.filter(|said| *resource == "device_registration_policy" && is_known(said))
    });
    let said = planned.or_else(|| ask.known(&settings())?["multiFactorAuthConfiguration"].as_str());
    (said == Some("required")).then(|| {
        Finding::error(
            Path::attribute("grant_controls").at("built_in_controls"),
            "INV-19: The registration of devices asks for multifactor authentication by itself",
            "The tenant's device settings require it already, and as long as they do Microsoft Entra does \
             not enforce policies for urn:user:registerdevice as they are written. Set \
             multi_factor_auth_configuration of m365_device_registration_policy to notRequired, and let \
             this policy depend on that resource (depends_on), so that it is planned and changed first. In \
             the Entra admin center, that is \"Require Multifactor Authentication to register or join \
             devices with Microsoft Entra\": No.",
        )
    })
}

/// What is wrong with the device settings, where a policy asks too.
pub(in crate::catalogue) fn of_settings(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let asks = |json: &Json| json["multiFactorAuthConfiguration"] == "required";
    if question.provider["lockoutProtection"] == "off" || !asks(question.planned) {
        return ask.conclude(Vec::new());
    }
    let enforced = policies(&ask, question).into_iter().find(is_enforced);
    let found = enforced.map(|policy| {
        let path = Path::attribute("multi_factor_auth_configuration");
        let name = policy.name();
        let summary =
            format!("INV-19: The policy {name:?} asks for multifactor authentication already");
        let detail = format!(
            "{name:?} is enabled for {ACTION}, and as long as the device settings require multifactor \
             authentication too, Microsoft Entra does not enforce such policies as they are written. Set \
             multi_factor_auth_configuration to notRequired. To ask here in place of the policy, switch \
             the policy off first: where it is an m365_conditional_access_policy, let this resource depend \
             on it (depends_on)."
        );
        // What is so already is told, and holds nothing else up.
        match asks(question.prior) {
            true => Finding::warning(path, summary, detail),
            false => Finding::error(path, summary, detail),
        }
    });
    ask.conclude(found.into_iter().collect())
}

/// Whether it is enforced when devices are registered.
fn is_enforced(policy: &Policy) -> bool {
    let applications = policy.conditions.applications.as_ref();
    policy.state == State::Enabled
        && applications.is_some_and(|of| of.include_user_actions.iter().any(|one| one == ACTION))
}

/// Every policy, as this process planned it or else as Graph has it.
fn policies(ask: &Asking<'_>, question: &Question<'_>) -> Vec<Policy> {
    let saved = ask.objects(&tenant::policies()).unwrap_or_default();
    let id = |policy: &Json| policy["id"].as_str().unwrap_or_default().to_lowercase();
    let planned: Vec<(&str, &Json)> = question
        .elsewhere
        .iter()
        .filter(|((resource, _), _)| *resource == "conditional_access_policy")
        .map(|((_, name), planned)| (name.as_str(), planned))
        .collect();
    let kept = saved.iter().filter_map(|policy| {
        match planned.iter().find(|(name, _)| *name == id(policy)) {
            Some((_, Json::Null)) => None,
            Some((_, planned)) => Some(tenant::laid_over(policy, planned)),
            None => Some(policy.clone()),
        }
    });
    let is_new = |name: &str| !saved.iter().any(|policy| id(policy) == name);
    let new = planned.iter().filter(|(name, policy)| is_new(name) && !policy.is_null());
    let all = kept.chain(new.map(|(_, policy)| tenant::laid_over(&Json::Null, policy)));
    all.filter_map(|policy| Policy::from_graph(&policy).ok()).collect()
}

fn is_known(text: &str) -> bool {
    text != crate::declare::UNKNOWN
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere, UNKNOWN};

    fn policy(state: &str) -> Json {
        json!({ "id": "1", "displayName": "Devices", "state": state,
            "conditions": { "applications": { "includeUserActions": [ACTION] } },
            "grantControls": { "operator": "OR", "builtInControls": ["mfa"] } })
    }

    fn said(configuration: &str) -> Json {
        json!({ "multiFactorAuthConfiguration": configuration })
    }

    fn question<'a>([prior, planned]: [&'a Json; 2], elsewhere: &'a Elsewhere) -> Question<'a> {
        Question {
            prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere,
        }
    }

    /// Whether a policy is refused, where the settings say this in Graph and that in the plan.
    fn refused(state: &str, found: &str, planned: Option<&str>) -> bool {
        let planned = planned.map(|planned| {
            (("device_registration_policy", "deviceregistrationpolicy".to_owned()), said(planned))
        });
        let elsewhere = planned.into_iter().collect();
        let mut answers = Answers::default();
        answers.insert(settings(), Answer::Found(said(found)));
        let policy = Policy::from_graph(&policy(state)).unwrap();
        let question = question([&Json::Null, &Json::Null], &elsewhere);
        of_policy(&answers.asking(), &question, &policy).is_some()
    }

    #[test]
    fn a_policy_is_judged_by_what_the_settings_will_be() {
        assert!(refused("enabled", "required", None));
        assert!(!refused("enabled", "notRequired", None));
        assert!(!refused("disabled", "required", None));
        assert!(!refused("enabledForReportingButNotEnforced", "required", None));
        assert!(!refused("enabled", "required", Some("notRequired")));
        assert!(refused("enabled", "notRequired", Some("required")));
        assert!(refused("enabled", "required", Some(UNKNOWN)));
    }

    /// What is told of settings that go from one to the other, where Graph has a policy in one state and
    /// the plan in another.
    fn told([prior, planned]: [&str; 2], saved: &str, plan: Option<Json>) -> Vec<Finding> {
        let key = ("conditional_access_policy", "1".to_owned());
        let elsewhere = plan.map(|planned| (key, planned)).into_iter().collect();
        let mut answers = Answers::default();
        let policies = if saved.is_empty() { json!([]) } else { json!([policy(saved)]) };
        answers.insert(tenant::policies(), Answer::Found(policies));
        let (prior, planned) = (said(prior), said(planned));
        match of_settings(&question([&prior, &planned], &elsewhere), &answers) {
            Inquiry::Concluded(found) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_are_judged_by_what_the_policies_will_be() {
        use crate::terraform::Severity::{Error, Warning};
        let on = ["notRequired", "required"];
        let severities = |saved: &str, plan: Option<Json>| -> Vec<_> {
            told(on, saved, plan).into_iter().map(|one| one.severity).collect()
        };
        assert_eq!(severities("enabled", None), [Error]);
        assert!(told(on, "enabled", None)[0].summary.contains("\"Devices\""));
        assert_eq!(severities("disabled", None), []);
        assert_eq!(severities("", None), []);
        assert_eq!(severities("enabled", Some(json!({ "state": "disabled" }))), []);
        assert_eq!(severities("enabled", Some(Json::Null)), []);
        assert_eq!(severities("disabled", Some(json!({ "state": "enabled" }))), [Error]);
        assert_eq!(severities("", Some(policy("enabled"))), [Error]);
        assert_eq!(told(["required", "required"], "enabled", None)[0].severity, Warning);
        assert_eq!(told(["required", "notRequired"], "enabled", None), []);
    }
}
