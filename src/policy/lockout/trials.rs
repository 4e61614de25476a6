//! The sign-ins that every rule looks at, tried once for the whole set of policies.
//!
//! A rule is about one policy, and each trial tells of every policy what it does. So the work grows
//! with the number of policies, not with its square.

use super::{Scene, registration, scenario, survivors, synchronisation};
use crate::policy::ca::{Compiled, Mode, Outcome, PolicyResult, SignIn};

/// Outcomes of sign-ins, with the name of who signs in.
#[derive(Debug)]
pub(super) struct Trials {
    emergency: Vec<(String, Outcome)>,
    administrators: Vec<(String, Outcome)>,
    registering: Vec<(String, Outcome)>,
    synchronising: Vec<(String, Outcome)>,
    automation: Option<Outcome>,
}

impl Trials {
    pub(super) fn new(scene: &Scene, policies: &Compiled<'_>) -> Self {
        let judged = |sign_in: &SignIn| policies.evaluate(sign_in, Mode::WorstCase);
        let named = |sign_ins: Vec<(String, SignIn)>| -> Vec<(String, Outcome)> {
            sign_ins.into_iter().map(|(name, sign_in)| (name, judged(&sign_in))).collect()
        };
        let users = || scene.emergency_users();
        Self {
            emergency: named(
                users()
                    .flat_map(|user| {
                        let sign_ins = scenario::emergency(&user.id).into_iter();
                        sign_ins.map(|sign_in| (user.name().to_owned(), sign_in))
                    })
                    .collect(),
            ),
            administrators: named(
                survivors::administrators(scene)
                    // What is not known of them is no reason for a word on each.
                    .filter(|user| user.methods.is_some())
                    .flat_map(|user| {
                        let sign_ins = scenario::everyday(&user.id, &scene.directory).into_iter();
                        sign_ins.map(|(_, sign_in)| (user.name().to_owned(), sign_in))
                    })
                    .collect(),
            ),
            registering: named(
                users()
                    .map(|user| (user.name().to_owned(), registration::sign_in(&user.id)))
                    .collect(),
            ),
            synchronising: named(
                synchronisation::accounts(scene)
                    .map(|user| (user.name().to_owned(), synchronisation::sign_in(&user.id)))
                    .collect(),
            ),
            automation: scenario::automation(scene).as_ref().map(judged),
        }
    }

    /// What the policy at that place does to the emergency accounts.
    pub(super) fn emergency(&self, policy: usize) -> impl Iterator<Item = (&str, &PolicyResult)> {
        results(&self.emergency, policy)
    }

    /// What it does to administrators of whom the methods are known.
    pub(super) fn administrators(
        &self,
        policy: usize,
    ) -> impl Iterator<Item = (&str, &PolicyResult)> {
        results(&self.administrators, policy)
    }

    /// What it does when they register a method.
    pub(super) fn registering(&self, policy: usize) -> impl Iterator<Item = (&str, &PolicyResult)> {
        results(&self.registering, policy)
    }

    /// What it does to the accounts that synchronise the directory.
    pub(super) fn synchronising(
        &self,
        policy: usize,
    ) -> impl Iterator<Item = (&str, &PolicyResult)> {
        results(&self.synchronising, policy)
    }

    /// What it does to what carries out the plan.
    pub(super) fn automation(&self, policy: usize) -> Option<&PolicyResult> {
        self.automation.as_ref()?.policies.get(policy)
    }
}

fn results(
    outcomes: &[(String, Outcome)],
    policy: usize,
) -> impl Iterator<Item = (&str, &PolicyResult)> {
    outcomes
        .iter()
        .filter_map(move |(name, outcome)| Some((name.as_str(), outcome.policies.get(policy)?)))
}
