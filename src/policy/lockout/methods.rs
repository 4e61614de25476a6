//! Whether the emergency accounts keep a method that satisfies what is demanded of them (L-11).

use super::Scene;
use super::finding::Finding;
use super::scenario;
use crate::policy::ca::{AuthenticationStrength, Compiled, Mode, Standing, User};

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

/// The combinations that a strength allows become others.
pub(super) fn strength_changed(scene: &Scene, id: &str, combinations: &[String]) -> Vec<Finding> {
    let mut after = scene.clone();
    after.directory.strengths.retain(|strength| !strength.id.eq_ignore_ascii_case(id));
    after.directory.strengths.push(AuthenticationStrength {
        id: id.to_owned(),
        allowed_combinations: combinations.to_vec(),
        ..AuthenticationStrength::default()
    });
    // Policies carry the strength as it is; it is to be looked up as it would be.
    for policy in &mut after.policies {
        let strength =
            policy.grant_controls.as_mut().and_then(|g| g.authentication_strength.as_mut());
        if let Some(strength) = strength.filter(|strength| strength.id.eq_ignore_ascii_case(id)) {
            strength.allowed_combinations.clear();
        }
    }
    locked_out(newly_stopped(scene, &after), "The authentication strength leaves out")
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
