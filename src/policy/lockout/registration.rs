//! Whether people can still register the methods that are demanded of them (L-12).

use super::finding::Finding;
use super::{Scene, scenario};
use crate::policy::ca::{
    Context, Control, NamedLocation, Policy, PolicyResult, Requirement, SignIn, Standing,
};

const ACTION: &str = "urn:user:registersecurityinfo";

pub(super) fn findings<'a>(
    policy: &Policy,
    trials: impl Iterator<Item = (&'a str, &'a PolicyResult)>,
    scene: &Scene,
) -> Vec<Finding> {
    let of_action = policy.conditions.applications.iter().any(|applications| {
        applications.include_user_actions.iter().any(|action| action.eq_ignore_ascii_case(ACTION))
    });
    if !of_action {
        return Vec::new();
    }
    let mut findings = Vec::new();
    findings.extend(newcomers(policy, scene));
    findings.extend(emergency(policy, trials));
    findings
}

/// Those without any method need a temporary access pass, or a place that is trusted.
fn newcomers(policy: &Policy, scene: &Scene) -> Option<Finding> {
    let required = Requirement::of(policy);
    let blocks = required == Requirement::Control(Control::Block);
    let trusted = scene.directory.locations.iter().any(NamedLocation::is_trusted);
    let no_place = scene.directory.complete.locations && !trusted;
    let finding = if blocks {
        if !no_place {
            return None;
        }
        Finding::error("L-12", format!("Policy \"{}\" lets nobody register", policy.name()))
            .would(
                "It blocks the registration of security information outside of trusted locations, \
                 and no named location is trusted. New users and administrators who lost their \
                 methods cannot register any.",
            )
            .fix("mark a named location as trusted first")
    } else if demands_a_method(&required) && scene.tenant.temporary_access_pass == Some(false) {
        Finding::error(
            "L-12",
            format!("Policy \"{}\" demands a method before the first is registered", policy.name()),
        )
        .would(format!(
            "To register security information it demands {required}. Who has no method yet would \
             need a temporary access pass, and these are not enabled."
        ))
        .fix("enable temporary access passes in the authentication methods policy")
    } else if demands_a_method(&required) && scene.tenant.temporary_access_pass.is_none() {
        Finding::warning(
            "L-12",
            format!("Policy \"{}\" relies on temporary access passes", policy.name()),
        )
        .would(format!(
            "To register security information it demands {required}. Who has no method yet needs a \
             temporary access pass; whether these are enabled is not known."
        ))
        .fix("see that temporary access passes are enabled for the users that register")
    } else {
        return None;
    };
    Some(finding.of(policy.name()).to(["users without a registered method"]))
}

fn demands_a_method(required: &Requirement) -> bool {
    match required {
        Requirement::Control(control) => {
            matches!(control, Control::Mfa | Control::Strength(_))
        }
        Requirement::All(parts) => parts.iter().any(demands_a_method),
        Requirement::Any(parts) => !parts.is_empty() && parts.iter().all(demands_a_method),
    }
}

/// A user who registers a method, from anywhere.
pub(super) fn sign_in(user: &str) -> SignIn {
    SignIn {
        sign_in_context: Context::UserAction {
            user_action: "registerSecurityInformation".to_owned(),
        },
        ..SignIn::of_user(user, "").under(scenario::calm())
    }
}

/// An emergency account has to be able to replace a lost key.
fn emergency<'a>(
    policy: &Policy,
    trials: impl Iterator<Item = (&'a str, &'a PolicyResult)>,
) -> Option<Finding> {
    let stopped: Vec<&str> = trials
        .filter(|(_, result)| {
            result.applies.is_yes() && result.standing == Some(Standing::Impossible)
        })
        .map(|(name, _)| name)
        .collect();
    (!stopped.is_empty()).then(|| {
        Finding::error(
            "L-12",
            format!(
                "Policy \"{}\" stops the emergency access accounts from registering a method",
                policy.name()
            ),
        )
        .of(policy.name())
        .would("A lost or replaced key cannot be registered from where an emergency is handled.")
        .to(stopped)
        .fix("exclude the emergency access group in exclude_groups")
    })
}
