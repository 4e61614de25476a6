//! Who can still sign in and repair the tenant, with all policies at work.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::finding::Finding;
use super::scenario::Rests;
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
    /// The policies that refuse any of the sign-ins that are tried.
    #[serde(skip)]
    pub(super) impeded_by: BTreeSet<String>,
    /// What the easiest way in of an administrator rests on.
    #[serde(skip)]
    pub(super) rests: Option<Rests>,
}

/// Who survives the policies of `scene`.
pub fn survivors(scene: &Scene) -> Survivors {
    let scene = &scene.prepared();
    with(scene, &scene.compiled())
}

fn with(scene: &Scene, compiled: &Compiled<'_>) -> Survivors {
    Survivors {
        emergency: scene.emergency_users().map(|user| of_emergency(user, compiled)).collect(),
        administrators: administrators(scene)
            .map(|user| of_administrator(user, scene, compiled))
            .collect(),
    }
}

/// The users beside the emergency accounts who could repair Conditional Access.
pub(super) fn administrators(scene: &Scene) -> impl Iterator<Item = &User> {
    let repairs = |user: &User| {
        user.roles
            .iter()
            .flatten()
            .any(|role| REPAIRERS.iter().any(|r| r.eq_ignore_ascii_case(role)))
    };
    let guest = |user: &User| user.user_type.as_deref() == Some("Guest");
    scene
        .directory
        .users
        .iter()
        .filter(|user| !scene.is_emergency_user(&user.id))
        .filter(move |user| repairs(user) && !guest(user) && user.account_enabled != Some(false))
}

/// Whoever it may be, where nobody is known.
fn whoever() -> User {
    User { id: "whoever it is".to_owned(), ..User::default() }
}

/// Whether any sign-in that is tried is refused.
pub(super) fn stops_somebody(scene: &Scene, compiled: &Compiled<'_>) -> bool {
    let refused = |sign_in: &SignIn| {
        compiled.evaluate(sign_in, Mode::WorstCase).decision == Decision::Blocked
    };
    let everyday = |user: &User| {
        scenario::everyday(&user.id, &scene.directory).iter().any(|(_, sign_in)| refused(sign_in))
    };
    let mut nobody = true;
    scene
        .emergency_users()
        .inspect(|_| nobody = false)
        .any(|user| scenario::emergency(&user.id).iter().any(refused))
        || administrators(scene).inspect(|_| nobody = false).any(everyday)
        || (nobody && everyday(&whoever()))
}

fn of_emergency(user: &User, compiled: &Compiled<'_>) -> Survivor {
    let outcomes = scenario::emergency(&user.id);
    let outcomes = outcomes.iter().map(|sign_in| compiled.evaluate(sign_in, Mode::WorstCase));
    let mut survives = Truth::from(user.account_enabled != Some(false));
    let mut stoppers = Vec::new();
    for outcome in outcomes {
        survives = survives.and(passes(&outcome));
        stoppers.extend(stopping(&outcome));
    }
    survivor(user, survives, None, stoppers)
}

/// An administrator survives if under some circumstances every audience passes.
fn of_administrator(user: &User, scene: &Scene, compiled: &Compiled<'_>) -> Survivor {
    let mut ways: BTreeMap<Rests, Truth> = BTreeMap::new();
    let mut stoppers = Vec::new();
    for (rests, sign_in) in scenario::everyday(&user.id, &scene.directory) {
        let outcome = compiled.evaluate(&sign_in, Mode::WorstCase);
        let here = ways.entry(rests).or_insert(Truth::Yes);
        *here = here.and(passes(&outcome));
        stoppers.extend(stopping(&outcome));
    }
    let rests = ways.iter().find(|(_, passes)| !passes.is_no()).map(|(rests, _)| *rests);
    survivor(user, Truth::any(ways.into_values()), rests, stoppers)
}

/// Where nobody is known, for want of a permission to look or of an emergency account, there is
/// still a policy that stops whoever it may be: one that blocks always and excludes nobody.
fn stranger(scene: &Scene, compiled: &Compiled<'_>) -> Option<(Survivor, Finding)> {
    let stranger = of_administrator(&whoever(), scene, compiled);
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

fn survivor(
    user: &User,
    survives: Truth,
    rests: Option<Rests>,
    stoppers: Vec<(String, Standing)>,
) -> Survivor {
    // Of who is surely lost, what surely stops it is the cause.
    let counts = |standing: Standing| match survives {
        Truth::Yes => false,
        Truth::Maybe => true,
        Truth::No => standing == Standing::Impossible,
    };
    let those = |wanted: &dyn Fn(Standing) -> bool| -> BTreeSet<String> {
        let wanted = stoppers.iter().filter(|(_, standing)| wanted(*standing));
        wanted.map(|(name, _)| name.clone()).collect()
    };
    Survivor {
        id: user.id.clone(),
        name: user.name().to_owned(),
        survives,
        stopped_by: those(&counts).into_iter().collect(),
        impeded_by: those(&|standing| standing == Standing::Impossible),
        rests,
    }
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

fn stopping(outcome: &Outcome) -> impl Iterator<Item = (String, Standing)> {
    outcome.possible().filter_map(|result| {
        let standing = result.standing.filter(|one| *one < Standing::AfterRegistration)?;
        Some((result.name().to_owned(), standing))
    })
}

/// The findings on the whole set: who is left. The emergency accounts that a single policy stops are
/// told by the rule that it breaks, and need no second word.
pub(super) fn findings(
    scene: &Scene,
    compiled: &Compiled<'_>,
    planned: Option<&str>,
) -> Vec<Finding> {
    let survivors = with(scene, compiled);
    let takes_part = |survivor: &Survivor| {
        let mut policies = scene.policies.iter().filter(|policy| is_planned(policy, planned));
        planned.is_none() || policies.any(|policy| survivor.impeded_by.contains(policy.name()))
    };
    let everyone = || survivors.emergency.iter().chain(&survivors.administrators);
    if everyone().next().is_none() {
        let stranger = stranger(scene, compiled).filter(|(who, _)| takes_part(who));
        return stranger.map(|(_, finding)| finding).into_iter().collect();
    }
    if !everyone().any(takes_part) {
        return Vec::new();
    }
    left_out(&survivors).or_else(|| narrow(&survivors)).into_iter().collect()
}

/// That nobody is left, or the emergency accounts alone.
fn left_out(survivors: &Survivors) -> Option<Finding> {
    let (emergency, administrators) = (&survivors.emergency, &survivors.administrators);
    let lost = |all: &[Survivor]| -> Vec<Survivor> {
        all.iter().filter(|one| one.survives.is_no()).cloned().collect()
    };
    let (lost_emergency, lost_others) = (lost(emergency), lost(administrators));
    let left = emergency.len() - lost_emergency.len();
    let nobody = left == 0 && lost_others.len() == administrators.len();
    let all = [lost_emergency.clone(), lost_others.clone()].concat();
    if nobody {
        let finding =
            Finding::error("L-01", "No known administrator could sign in to repair the tenant");
        let (who, verb) = stoppers(&all);
        return Some(
            finding
                .would(format!("{who} {verb} every one of them."))
                .to(names(&all))
                .fix("exclude the emergency access group in exclude_groups, in every policy named"),
        );
    }
    if !administrators.is_empty() && lost_others.len() == administrators.len() && left > 0 {
        let summary = "Nobody but the emergency access accounts could administer the tenant";
        let (who, verb) = stoppers(&lost_others);
        return Some(
            Finding::warning("L-01", summary)
                .would(format!(
                    "{who} {verb} every other administrator that is known, wherever they work."
                ))
                .to(names(&lost_others))
                .fix("let administrators satisfy the policies, or exclude those who repair them"),
        );
    }
    None
}

/// That every way in rests on something which can fail. An emergency account gets in from anywhere,
/// on any device, or does not survive.
fn narrow(survivors: &Survivors) -> Option<Finding> {
    if survivors.emergency.iter().any(|one| !one.survives.is_no()) {
        return None;
    }
    let left: Vec<Survivor> =
        survivors.administrators.iter().filter(|one| !one.survives.is_no()).cloned().collect();
    let rests = |on: fn(&Rests) -> bool| {
        !left.is_empty() && left.iter().all(|one| one.rests.as_ref().is_some_and(on))
    };
    let on = match (rests(|rests| rests.on_device), rests(|rests| rests.on_place)) {
        (true, true) => "a managed device at a trusted location",
        (true, false) => "a managed device",
        (false, true) => "a trusted location",
        (false, false) => return None,
    };
    Some(
        Finding::warning("L-01", format!("Administrators could sign in with {on} only"))
            .would(format!("Without it, nobody could repair the tenant: {on} is the only way in."))
            .to(names(&left))
            .fix(
                "keep two emergency access accounts that every policy excludes, and name them in \
                 emergency_access of the provider block",
            ),
    )
}

fn names(survivors: &[Survivor]) -> Vec<String> {
    survivors.iter().map(|survivor| survivor.name.clone()).collect()
}

/// The policies that stop them, as the subject of a sentence and its verb.
fn stoppers(survivors: &[Survivor]) -> (String, &'static str) {
    let all: BTreeSet<&String> = survivors.iter().flat_map(|one| &one.stopped_by).collect();
    let all: Vec<String> = all.into_iter().map(|name| format!("\"{name}\"")).collect();
    match all.as_slice() {
        [] => ("That they are disabled".to_owned(), "stops"),
        [only] => (format!("Policy {only}"), "stops"),
        several => (format!("Together, the policies {}", several.join(", ")), "stop"),
    }
}
