//! Whether the emergency accounts keep a method that satisfies what is demanded of them (L-11).

use super::finding::Finding;
use super::{Scene, judge, scenario};
use crate::policy::ca::{AuthenticationStrength, Compiled, Mode, Policy, Standing, State, User};

/// The emergency accounts that an enforced policy stops only after the change.
fn newly_stopped(scene: &Scene, after: &Scene) -> Vec<String> {
    let (was, is) = (scene.compiled(), after.compiled());
    scene
        .emergency_users()
        .filter(|user| {
            scenario::emergency(&user.id).iter().any(|sign_in| {
                let standing =
                    |policies: &Compiled<'_>| policies.evaluate(sign_in, Mode::WorstCase).standing;
                standing(&is) == Standing::Impossible && standing(&was) != Standing::Impossible
            })
        })
        .map(|user| user.name().to_owned())
        .collect()
}

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
    let demanding = scene
        .policies
        .iter()
        .filter(|policy| policy.state == State::Enabled)
        .filter(|policy| demands(policy, &strength.id));
    let mut findings = Vec::new();
    for policy in demanding {
        let name = if policy.id.is_empty() { policy.name() } else { &policy.id };
        let now = judge(scene, Some(name));
        let new = judge(&after, Some(name)).into_iter().filter(|finding| is_worse(finding, &now));
        findings.extend(new.map(|finding| Finding {
            remedy: format!(
                "let the strength go on allowing what they have, until they have registered what it \
                 is to allow; or {}",
                finding.remedy
            ),
            consequence: format!(
                "The policy demands the authentication strength \"{}\", which is about to allow \
                 less. {}",
                strength.display_name, finding.consequence
            ),
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

/// A method can no longer be used.
pub(super) fn disabled(scene: &Scene, method: &str, users: Option<&[String]>) -> Vec<Finding> {
    let mut after = scene.clone();
    let hit = |user: &User| {
        users.is_none_or(|users| users.iter().any(|id| id.eq_ignore_ascii_case(&user.id)))
    };
    let mut bare = Vec::new();
    for user in after.directory.users.iter_mut().filter(|user| hit(user)) {
        let Some(methods) = &mut user.methods else { continue };
        let before = methods.len();
        methods.retain(|own| !own.eq_ignore_ascii_case(method));
        let left = methods.iter().any(|own| !own.eq_ignore_ascii_case("password"));
        if methods.len() < before && !left {
            user.is_mfa_registered = Some(false);
            if scene.is_emergency_user(&user.id) {
                bare.push(user.name().to_owned());
            }
        }
    }
    let mut stopped = newly_stopped(scene, &after);
    stopped.extend(bare);
    stopped.sort();
    stopped.dedup();
    locked_out(stopped, &format!("Without {method}, policies stop"))
}

fn locked_out(stopped: Vec<String>, cause: &str) -> Vec<Finding> {
    if stopped.is_empty() {
        return Vec::new();
    }
    vec![
        Finding::error("L-11", format!("{cause} the emergency access accounts"))
            .would("No method that they have registered would satisfy what is demanded of them.")
            .to(stopped)
            .fix("register a method that stays allowed for these accounts first"),
    ]
}
