//! What in a policy itself disarms its protection (L-04, L-07, L-14, L-27), and going live at once.

use super::Scene;
use super::finding::Finding;
use crate::policy::ca::{Control, NamedLocation, Policy, Requirement, State, UNKNOWN};

/// What Microsoft's templates hold in place of an id.
const PLACEHOLDER: &str = "Current administrator will be excluded";

pub(super) fn findings(policy: &Policy, scene: &Scene) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(placeholder(policy));
    if policy.state != State::Disabled {
        findings.extend(excluded_groups_that_are_gone(policy, scene));
    }
    if policy.state == State::Enabled {
        findings.extend(security_defaults(policy, scene));
        findings.extend(no_trusted_location(policy, scene));
    }
    findings
}

/// Going from not enforced to enforced without a time of reporting only. Not a lockout by itself,
/// but the step in which lockouts happen.
pub fn enabling(before: Option<&Policy>, after: &Policy) -> Option<Finding> {
    let was = before.map(|policy| &policy.state);
    if after.state != State::Enabled || matches!(was, Some(State::Enabled | State::ReportOnly)) {
        return None;
    }
    Some(
        Finding::warning(
            "direct-enable",
            format!("Policy \"{}\" is enforced without having reported first", after.name()),
        )
        .of(after.name())
        .would(
            "Whom it stops shows only when it stops them. In report-only mode the sign-in logs \
             tell it beforehand.",
        )
        .fix(
            "set state = \"enabledForReportingButNotEnforced\" first and read the sign-in logs, or \
             say allow_direct_enable = true",
        ),
    )
}

fn placeholder(policy: &Policy) -> Option<Finding> {
    let users = policy.conditions.users.as_ref()?;
    users.exclude_users.iter().any(|id| id == PLACEHOLDER).then(|| {
        Finding::error(
            "L-27",
            format!("Policy \"{}\" excludes a placeholder of a template", policy.name()),
        )
        .of(policy.name())
        .breaks("INV-32")
        .would(format!("\"{PLACEHOLDER}\" is no id, so that nobody is excluded."))
        .fix("replace it by the emergency access group in exclude_groups")
    })
}

fn excluded_groups_that_are_gone(policy: &Policy, scene: &Scene) -> Option<Finding> {
    if !scene.directory.complete.groups {
        return None;
    }
    let exists = |id: &str| scene.directory.groups.iter().any(|g| g.id.eq_ignore_ascii_case(id));
    let users = policy.conditions.users.as_ref()?;
    let gone: Vec<&String> =
        users.exclude_groups.iter().filter(|id| *id != UNKNOWN && !exists(id)).collect();
    (!gone.is_empty()).then(|| {
        Finding::warning(
            "L-07",
            format!("Policy \"{}\" excludes a group that is gone", policy.name()),
        )
        .of(policy.name())
        .would("The id stays in the policy and protects nobody.")
        .to(gone.into_iter().cloned())
        .fix(
            "restore the group within 30 days of its deletion, which keeps its id, or exclude \
                 the group that takes its place",
        )
    })
}

fn security_defaults(policy: &Policy, scene: &Scene) -> Option<Finding> {
    (scene.tenant.security_defaults == Some(true)).then(|| {
        Finding::error(
            "L-14",
            format!("Policy \"{}\" cannot be enforced under security defaults", policy.name()),
        )
        .of(policy.name())
        .breaks("INV-01")
        .would(
            "Entra refuses to enforce Conditional Access as long as security defaults are on. \
             Turned off long before, they leave the tenant open.",
        )
        .fix(
            "create the policies report-only, turn security defaults off, then enforce the \
             policies, all in one change",
        )
    })
}

/// Security defaults are turned on while policies are enforced, or off while none is.
pub(super) fn defaults(scene: &Scene, enabled: bool) -> Vec<Finding> {
    let enforced: Vec<String> = scene
        .policies
        .iter()
        .filter(|policy| policy.state == State::Enabled)
        .map(|policy| format!("policy \"{}\"", policy.name()))
        .collect();
    let finding = match (enabled, enforced.is_empty()) {
        (true, false) => {
            Finding::error("L-14", "Security defaults cannot be on while policies are enforced")
                .breaks("INV-01")
                .would("Entra refuses one as long as there is the other.")
                .to(enforced)
                .fix("disable the policies or set them to report-only first")
        }
        (false, true) => {
            Finding::warning("L-14", "Security defaults go, and no policy takes their place")
                .breaks("INV-01")
                .would(
                    "From then on a password alone is enough to sign in, for administrators too, \
                     until a policy is enforced.",
                )
                .to(["everyone"])
                .fix(
                    "create the policies report-only, turn security defaults off, then enforce \
                     the policies, all in one change",
                )
        }
        _ => return Vec::new(),
    };
    vec![finding]
}

/// A block everywhere but at trusted locations, of which there are none.
fn no_trusted_location(policy: &Policy, scene: &Scene) -> Option<Finding> {
    let locations = policy.conditions.locations.as_ref()?;
    let trusted = scene.directory.locations.iter().any(NamedLocation::is_trusted);
    let only_trusted =
        locations.exclude_locations.iter().all(|id| id.eq_ignore_ascii_case("AllTrusted"));
    let blocks = Requirement::of(policy) == Requirement::Control(Control::Block);
    let nowhere = !locations.exclude_locations.is_empty()
        && only_trusted
        && scene.directory.complete.locations
        && !trusted;
    (blocks && nowhere).then(|| {
        Finding::error(
            "L-04",
            format!("Policy \"{}\" leaves no place to sign in from", policy.name()),
        )
        .of(policy.name())
        .would(
            "It blocks everywhere but at trusted locations, and no named location is trusted. \
             Trusted IPs of multifactor authentication, which Graph does not tell, are not counted.",
        )
        .to(["everyone the policy is for"])
        .fix("mark a named location as trusted first, or exclude one by its id")
    })
}
