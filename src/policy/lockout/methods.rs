//! Whether the emergency accounts keep a method that satisfies what is demanded of them (L-11), where
//! a strength or a method changes.

use super::finding::Finding;
use super::{Scene, judge};
use crate::policy::ca::{AuthenticationStrength, Policy, State, User};

/// Whether a policy demands the strength with this id.
pub fn demands(policy: &Policy, id: &str) -> bool {
    let grant = policy.grant_controls.as_ref();
    let strength = grant.and_then(|grant| grant.authentication_strength.as_ref());
    strength.is_some_and(|strength| strength.id.eq_ignore_ascii_case(id))
}

/// A strength becomes another: what each enforced policy that demands it would do then and does not
/// do now.
pub(super) fn strength_changed(scene: &Scene, strength: &AuthenticationStrength) -> Vec<Finding> {
    let mut after = scene.clone();
    after.put_strength(strength);
    let remedy = "let the strength go on allowing what they have, until they have registered what it \
                  is to allow";
    let consequence = format!(
        "The policy demands the authentication strength \"{}\", which is about to allow less.",
        strength.display_name
    );
    worse(scene, &after, &|policy| demands(policy, &strength.id), remedy, &consequence)
}

/// A method can no longer be used: what each enforced policy would do then and does not do now, and
/// the emergency accounts that have nothing left.
pub(super) fn disabled(
    scene: &Scene,
    method: &str,
    modes: &[String],
    users: Option<&[String]>,
) -> Vec<Finding> {
    let is_it = |own: &String| modes.iter().any(|mode| own.eq_ignore_ascii_case(mode));
    let mut after = scene.clone();
    if users.is_none() && modes.iter().any(|mode| mode.starts_with("x509Certificate")) {
        after.directory.certificates = false;
    }
    let hit = |user: &User| {
        users.is_none_or(|users| users.iter().any(|id| id.eq_ignore_ascii_case(&user.id)))
    };
    let mut bare = Vec::new();
    for user in after.directory.users.iter_mut().filter(|user| hit(user)) {
        let Some(methods) = &mut user.methods else { continue };
        let before = methods.len();
        methods.retain(|own| !is_it(own));
        let left = methods.iter().any(|own| !own.eq_ignore_ascii_case("password"));
        if methods.len() < before && !left {
            user.is_mfa_registered = Some(false);
            if scene.is_emergency_user(&user.id) {
                bare.push(user.name().to_owned());
            }
        }
    }
    let remedy = "leave them the method until they have registered another one that is good enough";
    let consequence = format!("{method} is about to be taken from them.");
    let mut findings = worse(scene, &after, &|_| true, remedy, &consequence);
    bare.retain(|name| {
        !findings.iter().any(|finding| finding.id == "L-11" && finding.whom.contains(name))
    });
    if !bare.is_empty() {
        bare.sort();
        let summary = format!("{method} is the only method of the emergency access accounts");
        findings.push(
            Finding::error("L-11", summary)
                .would("Without it they have nothing but a password, which Microsoft no longer takes from administrators.")
                .to(bare)
                .fix("register a method that stays allowed for these accounts first"),
        );
    }
    findings
}

/// What each enforced policy that is `concerned` would do after a change, and does not do now.
fn worse(
    scene: &Scene,
    after: &Scene,
    concerned: &dyn Fn(&Policy) -> bool,
    remedy: &str,
    consequence: &str,
) -> Vec<Finding> {
    let enforced = scene.policies.iter().filter(|policy| policy.state == State::Enabled);
    let mut findings = Vec::new();
    for policy in enforced.filter(|policy| concerned(policy)) {
        let name = if policy.id.is_empty() { policy.name() } else { &policy.id };
        let now = judge(scene, Some(name));
        let new = judge(after, Some(name)).into_iter().filter(|finding| is_worse(finding, &now));
        findings.extend(new.map(|finding| Finding {
            remedy: format!("{remedy}; or {}", finding.remedy),
            consequence: format!("{consequence} {}", finding.consequence),
            ..finding
        }));
    }
    // Several policies may demand it of the same set of people.
    findings.dedup();
    findings
}

/// Whether a finding is no part of what is the case already: a change for the better leaves some of
/// it.
fn is_worse(finding: &Finding, now: &[Finding]) -> bool {
    let mut same = now.iter().filter(|one| {
        (one.id, &one.policy) == (finding.id, &finding.policy) && one.severity <= finding.severity
    });
    !same.any(|one| finding.whom.iter().all(|who| one.whom.contains(who)))
}
