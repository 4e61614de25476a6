//! Who can still sign in and repair the tenant, with all policies at work.

use serde::Serialize;

use super::finding::Finding;
use super::{Scene, is_planned, scenario};
use crate::policy::ca::{Compiled, Decision, Mode, Outcome, SignIn, Standing, User};
use crate::policy::roles::REPAIRERS;
use crate::policy::truth::Truth;

/// Who survives.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Survivors {
    /// The emergency accounts.
    pub emergency: Vec<Survivor>,
    /// The other administrators that are known and could repair Conditional Access.
    pub administrators: Vec<Survivor>,
}

/// Whether one account survives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Survivor {
    /// The object id.
    pub id: String,
    /// The user principal name, else the id.
    pub name: String,
    /// Whether the account can sign in to what a repair needs.
    pub survives: Truth,
    /// The policies that stop it where it does not, or may not.
    pub stopped_by: Vec<String>,
}

/// Who survives the policies of `scene`.
pub fn survivors(scene: &Scene) -> Survivors {
    let scene = &scene.prepared();
    with(scene, &scene.compiled())
}

fn with(scene: &Scene, compiled: &Compiled<'_>) -> Survivors {
    let repairs = |user: &User| {
        user.roles
            .iter()
            .flatten()
            .any(|role| REPAIRERS.iter().any(|r| r.eq_ignore_ascii_case(role)))
    };
    let guest = |user: &User| user.user_type.as_deref() == Some("Guest");
    Survivors {
        emergency: scene.emergency_users().map(|user| of_emergency(user, compiled)).collect(),
        administrators: scene
            .directory
            .users
            .iter()
            .filter(|user| !scene.is_emergency_user(&user.id))
            .filter(|user| repairs(user) && !guest(user) && user.account_enabled != Some(false))
            .map(|user| of_administrator(user, scene, compiled))
            .collect(),
    }
}

fn of_emergency(user: &User, compiled: &Compiled<'_>) -> Survivor {
    let outcomes = scenario::emergency(&user.id);
    let outcomes = outcomes.iter().map(|sign_in| compiled.evaluate(sign_in, Mode::WorstCase));
    let mut survives = Truth::from(user.account_enabled != Some(false));
    let mut stopped_by = Vec::new();
    for outcome in outcomes {
        survives = survives.and(passes(&outcome));
        stopped_by.extend(stoppers(&outcome));
    }
    survivor(user, survives, stopped_by)
}

/// An administrator survives if in some circumstances every audience passes.
fn of_administrator(user: &User, scene: &Scene, compiled: &Compiled<'_>) -> Survivor {
    let mut survives = Truth::No;
    let mut stopped_by = Vec::new();
    for (conditions, facts) in scenario::everyday(&scene.directory) {
        let mut here = Truth::Yes;
        for audience in scenario::AUDIENCES {
            let sign_in =
                SignIn::of_user(&user.id, audience).under(conditions.clone()).with(facts.clone());
            let outcome = compiled.evaluate(&sign_in, Mode::WorstCase);
            here = here.and(passes(&outcome));
            stopped_by.extend(stoppers(&outcome));
        }
        survives = survives.or(here);
    }
    survivor(user, survives, stopped_by)
}

/// Where nobody is known, for want of a permission to look or of an emergency account, there is
/// still a policy that stops whoever it may be: one that blocks always and excludes nobody.
fn stranger(scene: &Scene, compiled: &Compiled<'_>) -> Option<(Survivor, Finding)> {
    let whoever = User { id: "whoever it is".to_owned(), ..User::default() };
    let stranger = of_administrator(&whoever, scene, compiled);
    // Whoever is excluded by id is somebody, and may be the one to repair it.
    let excludes = |name: &String| {
        let users = scene.policies.iter().filter(|policy| policy.name() == name);
        let mut users = users.flat_map(|policy| &policy.conditions.users);
        users.any(|users| !users.exclude_users.is_empty())
    };
    if !stranger.survives.is_no() || stranger.stopped_by.iter().any(excludes) {
        return None;
    }
    let policies: Vec<String> =
        stranger.stopped_by.iter().map(|name| format!("\"{name}\"")).collect();
    let finding = Finding::error(
        "L-01",
        "Nobody could sign in any more, to repair the tenant either",
    )
    .would(format!("Every sign-in is stopped by {}, and nobody is excluded.", policies.join(", ")))
    .to(["every user, administrators included".to_owned()])
    .fix(
        "exclude the emergency access group in exclude_groups, and name it in emergency_access \
             of the provider block",
    );
    Some((stranger, finding))
}

fn survivor(user: &User, survives: Truth, mut stopped_by: Vec<String>) -> Survivor {
    stopped_by.sort();
    stopped_by.dedup();
    if survives.is_yes() {
        stopped_by.clear();
    }
    Survivor { id: user.id.clone(), name: user.name().to_owned(), survives, stopped_by }
}

fn passes(outcome: &Outcome) -> Truth {
    match outcome.decision {
        Decision::Blocked => Truth::No,
        Decision::Indeterminate => Truth::Maybe,
        // A demand for a method that nobody looked up is no reason to say that it is not met, and
        // none to rely on it.
        _ if outcome.standing == Standing::Unclear => Truth::Maybe,
        _ => Truth::Yes,
    }
}

fn stoppers(outcome: &Outcome) -> impl Iterator<Item = String> {
    outcome
        .possible()
        .filter(|result| {
            result.standing.is_some_and(|standing| standing < Standing::AfterRegistration)
        })
        .map(|result| result.name().to_owned())
}

/// The findings on the whole set. The emergency accounts that a single policy stops are told by
/// the rule that it breaks; here is told that nobody at all is left.
pub(super) fn findings(
    scene: &Scene,
    compiled: &Compiled<'_>,
    planned: Option<&str>,
) -> Vec<Finding> {
    let survivors = with(scene, compiled);
    let takes_part = |survivor: &Survivor| {
        planned.is_none()
            || scene.policies.iter().any(|policy| {
                is_planned(policy, planned)
                    && survivor.stopped_by.iter().any(|p| p == policy.name())
            })
    };
    let everyone = || survivors.emergency.iter().chain(&survivors.administrators);
    if everyone().next().is_none() {
        return stranger(scene, compiled)
            .filter(|(who, _)| takes_part(who))
            .map(|(_, f)| f)
            .into_iter()
            .collect();
    }
    let lost: Vec<&Survivor> = everyone().filter(|s| s.survives.is_no()).collect();
    if lost.is_empty() || !lost.iter().any(|survivor| takes_part(survivor)) {
        return Vec::new();
    }
    let names = || lost.iter().map(|survivor| survivor.name.clone());
    let policies: std::collections::BTreeSet<&str> =
        lost.iter().flat_map(|s| &s.stopped_by).map(String::as_str).collect();
    let policies: Vec<String> = policies.iter().map(|name| format!("\"{name}\"")).collect();
    let nobody = everyone().all(|survivor| survivor.survives.is_no());
    let left = survivors.emergency.iter().filter(|s| !s.survives.is_no()).count();
    let finding = if nobody {
        Finding::error("L-01", "No known administrator could sign in to repair the tenant").would(
            format!("Together, the policies {} stop every one of them.", policies.join(", ")),
        )
    } else if !survivors.emergency.is_empty() && left < 2 && left < survivors.emergency.len() {
        let count = if left == 0 { "None" } else { "Only one" };
        Finding::warning("L-01", format!("{count} of the emergency access accounts could sign in"))
            .would(format!("The policies {} stop the rest.", policies.join(", ")))
    } else {
        return Vec::new();
    };
    vec![
        finding
            .to(names())
            .fix("exclude the emergency access group in exclude_groups of each of these policies"),
    ]
}
