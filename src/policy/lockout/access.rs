//! Whether a policy stops the emergency accounts, or everyone (L-01, L-02, L-11, L-15, L-19, L-35).

use std::collections::{BTreeMap, BTreeSet};

use super::Scene;
use super::finding::{Finding, Severity};
use super::trials::Trials;
use crate::policy::ca::{Control, Policy, PolicyResult, Requirement, Standing};

/// What the policy at a place among the trials does alone to the emergency accounts, to
/// administrators, and to everyone.
pub(super) fn findings(policy: &Policy, trials: &Trials, at: usize, scene: &Scene) -> Vec<Finding> {
    let mut findings = emergency(policy, trials.emergency(at));
    findings.extend(administrators(policy, trials.administrators(at)));
    findings.extend(nobody_has_the_device(policy, scene));
    findings
}

/// Administrators without a method of the strength that is demanded: each can be helped as long as
/// somebody else is let in, which is why it is no error here.
fn administrators<'a>(
    policy: &Policy,
    trials: impl Iterator<Item = (&'a str, &'a PolicyResult)>,
) -> Option<Finding> {
    let demands = Requirement::of(policy);
    let strength = |result: &PolicyResult| {
        result.applies.is_yes()
            && result.standing == Some(Standing::Impossible)
            && demands.mentions_strength()
    };
    let mut whom: BTreeMap<&str, bool> = BTreeMap::new();
    for (name, result) in trials {
        *whom.entry(name).or_insert(true) &= strength(result);
    }
    let whom: Vec<&str> = whom.into_iter().filter(|(_, lost)| *lost).map(|(who, _)| who).collect();
    (!whom.is_empty()).then(|| {
        let summary = format!(
            "Policy \"{}\" demands an authentication that administrators cannot give",
            policy.name()
        );
        Finding::warning("L-11", summary)
            .of(policy.name())
            .would(
                "They have no registered method that satisfies the demand, and are refused until \
                 somebody else gives them a temporary access pass to register one.",
            )
            .to(whom)
            .fix(
                "have each of them register a passkey (FIDO2) first, or let the policy report only \
                 until they have",
            )
    })
}

fn emergency<'a>(
    policy: &Policy,
    trials: impl Iterator<Item = (&'a str, &'a PolicyResult)>,
) -> Vec<Finding> {
    let mut found: BTreeMap<&'static str, (Severity, BTreeSet<String>, BTreeSet<String>)> =
        BTreeMap::new();
    for (name, result) in trials {
        let Some((id, severity)) = rule(policy, result) else { continue };
        let entry =
            found.entry(id).or_insert((Severity::Warning, BTreeSet::new(), BTreeSet::new()));
        entry.0 = entry.0.min(severity);
        entry.1.insert(name.to_owned());
        entry.2.extend(result.uncertain.iter().map(ToString::to_string));
    }
    // One cause is told once: what blocks anyway needs no word on risk or portals.
    if found.contains_key("L-01") {
        found.retain(|id, _| *id == "L-01");
    }
    found
        .into_iter()
        .map(|(id, (severity, whom, doubts))| told(id, severity, policy, whom, &doubts))
        .collect()
}

/// Which rule the result of an emergency sign-in breaks, if any, and how surely.
fn rule(policy: &Policy, result: &PolicyResult) -> Option<(&'static str, Severity)> {
    let standing = result.standing?;
    let risky = !policy.conditions.user_risk_levels.is_empty()
        || !policy.conditions.sign_in_risk_levels.is_empty();
    let id = if result.required == Requirement::Control(Control::Block) {
        if risky {
            "L-15"
        } else if is_for_portals_only(policy) {
            "L-19"
        } else {
            "L-01"
        }
    } else if result.required.mentions(&Control::PasswordChange)
        || result.required.mentions(&Control::RiskRemediation)
    {
        // Even where it can be met, an emergency is no time to change a password.
        return Some(("L-15", certainty(result)));
    } else if mentions_device(&result.required) {
        "L-02"
    } else if standing == Standing::AfterRegistration {
        return Some(("L-35", Severity::Warning));
    } else {
        "L-11"
    };
    match standing {
        Standing::Impossible => Some((id, certainty(result))),
        // Whether an emergency account has a strong method should be known; a plain demand for
        // multifactor authentication it meets with whatever it has.
        Standing::Unclear if result.required != Requirement::Control(Control::Mfa) => {
            Some((id, Severity::Warning))
        }
        _ => None,
    }
}

fn certainty(result: &PolicyResult) -> Severity {
    if result.applies.is_yes() { Severity::Error } else { Severity::Warning }
}

fn mentions_device(required: &Requirement) -> bool {
    [
        Control::CompliantDevice,
        Control::DomainJoinedDevice,
        Control::ApprovedApplication,
        Control::CompliantApplication,
    ]
    .iter()
    .any(|control| required.mentions(control))
}

fn is_for_portals_only(policy: &Policy) -> bool {
    policy.conditions.applications.as_ref().is_some_and(|applications| {
        !applications.include_applications.iter().any(|id| id.eq_ignore_ascii_case("All"))
    })
}

fn told(
    id: &'static str,
    severity: Severity,
    policy: &Policy,
    whom: BTreeSet<String>,
    doubts: &BTreeSet<String>,
) -> Finding {
    let may = if severity == Severity::Error { "" } else { "may " };
    let (summary, consequence) = match id {
        "L-01" => (
            "blocks the emergency access accounts",
            "With this policy enforced, the accounts that are to repair the tenant are refused \
             every token. If other administrators are blocked too, only Microsoft support can \
             undo it.",
        ),
        "L-02" => (
            "demands a device or application that the emergency access accounts do not have",
            "In an emergency these accounts sign in from a device that nobody enrolled, and are \
             refused.",
        ),
        "L-11" => (
            "demands an authentication that the emergency access accounts cannot give",
            "The accounts have no registered method that satisfies the demand, and are refused.",
        ),
        "L-15" => (
            "stops the emergency access accounts when they look risky",
            "An emergency sign-in comes from an unusual place and looks risky; at high risk this \
             policy blocks it or demands a change of the password first.",
        ),
        "L-19" => (
            "blocks the emergency access accounts from administration",
            "The accounts can sign in, but not to the portals or interfaces by which a tenant is \
             repaired.",
        ),
        _ => (
            "demands multifactor authentication of emergency access accounts without any method",
            "The accounts have a password only. They would have to register a method in the \
             middle of an emergency, and the admin portals demand one in any case.",
        ),
    };
    let verb = if may.is_empty() { summary.to_owned() } else { hedged(summary) };
    let mut consequence = consequence.to_owned();
    if !doubts.is_empty() {
        let doubts: Vec<&str> = doubts.iter().map(String::as_str).collect();
        consequence.push_str(&format!(" This is not certain: {}.", doubts.join("; ")));
    }
    let finding = match severity {
        Severity::Error => Finding::error(id, format!("Policy \"{}\" {verb}", policy.name())),
        Severity::Warning => Finding::warning(id, format!("Policy \"{}\" {verb}", policy.name())),
    };
    finding.of(policy.name()).would(consequence).to(whom).fix(match id {
        "L-11" | "L-35" => {
            "exclude the emergency access group in exclude_groups, or register a passkey (FIDO2) \
             for each of the accounts"
        }
        _ => {
            "exclude the emergency access group in exclude_groups, and enforce the policy only \
             after it has run as enabledForReportingButNotEnforced"
        }
    })
}

/// "blocks X" becomes "may block X".
fn hedged(summary: &str) -> String {
    let (verb, rest) = summary.split_once(' ').unwrap_or((summary, ""));
    format!("may {} {rest}", verb.strip_suffix('s').unwrap_or(verb))
}

/// A demand for devices of which the tenant has none stops everyone it is for.
fn nobody_has_the_device(policy: &Policy, scene: &Scene) -> Option<Finding> {
    let conditions = &policy.conditions;
    let everyone = conditions.users.as_ref()?.include_users.iter().any(|id| id == "All");
    let everything =
        conditions.applications.as_ref()?.include_applications.iter().any(|id| id == "All");
    if !everyone || !everything || !conditions.sign_in_risk_levels.is_empty() {
        return None;
    }
    let tenant = &scene.tenant;
    let missing = |control: &Control| match control {
        Control::CompliantDevice => tenant.compliant_devices == Some(0),
        Control::DomainJoinedDevice => tenant.hybrid_devices == Some(0),
        Control::CompliantApplication | Control::ApprovedApplication => {
            tenant.app_protection_policies == Some(0)
        }
        _ => false,
    };
    let required = Requirement::of(policy);
    if required.is_nothing() || !impossible(&required, &missing) {
        return None;
    }
    Some(
        Finding::error(
            "L-02",
            format!("Policy \"{}\" demands what nobody in the tenant has", policy.name()),
        )
        .of(policy.name())
        .would(format!(
            "It demands {required}, and the tenant has none yet. Every user that it is for is \
             refused, except to enrol a device."
        ))
        .to(["all users, except those excluded"])
        .fix(
            "enrol devices and assign a compliance or app protection policy first, or let \
             multifactor authentication do as well with operator = \"OR\"",
        ),
    )
}

fn impossible(required: &Requirement, missing: &dyn Fn(&Control) -> bool) -> bool {
    match required {
        Requirement::Control(control) => missing(control),
        Requirement::All(parts) => parts.iter().any(|part| impossible(part, missing)),
        Requirement::Any(parts) => parts.iter().all(|part| impossible(part, missing)),
    }
}
