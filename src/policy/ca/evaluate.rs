//! Policies against a sign-in.
//!
//! The rules are those of Microsoft's documents on Conditional Access: all assignments of a policy
//! are to match; every enforced policy that matches is to be satisfied; one that blocks wins over
//! all; where none matches, the token is issued. The order of policies never matters.

use super::compile::Ready;
use super::condition::{self, Circumstances};
use super::directory::Directory;
use super::grant::Grounds;
use super::identity;
use super::index::Index;
use super::location::Origin;
use super::outcome::{Decision, Doubt, Outcome, PolicyResult, Reason, Standing};
use super::policy::{Policy, State};
use super::requirement::{Control, Requirement};
use super::session::Session;
use super::sign_in::SignIn;
use super::subject::Subject;
use super::target::{self, Resource};
use crate::policy::truth::Truth;

/// What becomes of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As in the What If API: a policy that uses a condition that was not given does not apply.
    Strict,
    /// A policy that may apply is said to, and the decision counts the worst that may be.
    WorstCase,
}

/// Evaluates `policies` for one sign-in. For many, make them ready once: [`Compiled`].
pub fn evaluate(
    policies: &[Policy],
    directory: &Directory,
    sign_in: &SignIn,
    mode: Mode,
) -> Outcome {
    Compiled::new(policies, directory).evaluate(sign_in, mode)
}

/// Policies and a directory, made ready to evaluate many sign-ins.
#[derive(Debug)]
pub struct Compiled<'a> {
    policies: Vec<Ready<'a>>,
    index: Index<'a>,
}

impl<'a> Compiled<'a> {
    /// Makes policies ready.
    pub fn new(policies: impl IntoIterator<Item = &'a Policy>, directory: &'a Directory) -> Self {
        let index = Index::new(directory);
        let policies = policies.into_iter().map(|policy| Ready::new(policy, &index)).collect();
        Self { policies, index }
    }

    /// What comes of `sign_in`.
    pub fn evaluate(&self, sign_in: &SignIn, mode: Mode) -> Outcome {
        let subject = Subject::new(&sign_in.sign_in_identity, &self.index);
        let resource = Resource::new(sign_in, &self.index);
        let circumstances = Circumstances::new(sign_in, Origin::new(sign_in, &self.index));
        let results: Vec<PolicyResult> = self
            .policies
            .iter()
            .map(|ready| self.judge(ready, &subject, &resource, &circumstances, mode))
            .collect();
        let remediation = self
            .applied(&results)
            .any(|(ready, _)| ready.required.mentions(&Control::RiskRemediation));
        let index = &self.index;
        let (subject, circumstances, resource) = (&subject, &circumstances, &resource);
        self.conclude(results, &Grounds { subject, circumstances, resource, index, remediation })
    }

    /// Whether one policy applies.
    fn judge(
        &self,
        ready: &Ready<'_>,
        subject: &Subject<'_>,
        resource: &Resource,
        circumstances: &Circumstances<'_>,
        mode: Mode,
    ) -> PolicyResult {
        let mut uncertain = Vec::new();
        let (mut applies, mut reason) =
            self.applies(ready, subject, resource, circumstances, &mut uncertain);
        if applies.is_maybe() {
            reason = Reason::NotEnoughInformation;
            if mode == Mode::Strict {
                applies = Truth::No;
            }
        } else {
            uncertain.clear();
        }
        dedup(&mut uncertain);
        PolicyResult {
            id: ready.policy.id.clone(),
            display_name: ready.policy.display_name.clone(),
            report_only: ready.policy.state == State::ReportOnly,
            applies,
            reason,
            required: if applies.is_no() { Requirement::NOTHING } else { ready.required.clone() },
            standing: None,
            uncertain,
        }
    }

    fn applies(
        &self,
        ready: &Ready<'_>,
        subject: &Subject<'_>,
        resource: &Resource,
        circumstances: &Circumstances<'_>,
        doubts: &mut Vec<Doubt>,
    ) -> (Truth, Reason) {
        let mut answer = match &ready.policy.state {
            State::Disabled => return (Truth::No, Reason::PolicyNotEnabled),
            State::Enabled | State::ReportOnly => Truth::Yes,
            State::Other(_) => {
                doubts.push(Doubt::Planned("state".to_owned()));
                Truth::Maybe
            }
        };
        if ready.is_empty() {
            return (Truth::No, Reason::EmptyPolicy);
        }
        let identity = identity::matches(&ready.who, subject, &self.index, doubts);
        if identity.is_no() {
            let reason =
                if subject.is_workload { Reason::WorkloadIdentities } else { Reason::Users };
            return (Truth::No, reason);
        }
        let (target, reason) = target::matches(&ready.what, resource, &self.index, doubts);
        // Policies on user actions are not evaluated as long as they only report.
        let silent = ready.policy.state == State::ReportOnly && resource.is_user_action();
        if target.is_no() || silent {
            return (Truth::No, reason);
        }
        let (conditions, reason) =
            condition::matches(ready, circumstances, subject.is_workload, doubts);
        answer = answer.and(identity).and(target).and(conditions);
        (answer, if answer.is_no() { reason } else { Reason::NotSet })
    }

    fn applied<'s>(
        &'s self,
        results: &'s [PolicyResult],
    ) -> impl Iterator<Item = (&'s Ready<'a>, &'s PolicyResult)> {
        self.policies
            .iter()
            .zip(results)
            .filter(|(_, result)| result.applies.is_yes() && !result.report_only)
    }

    /// Puts the results of all policies together.
    fn conclude(&self, mut results: Vec<PolicyResult>, grounds: &Grounds<'_>) -> Outcome {
        let mut session = Session::default();
        let (mut standing, mut worst) = (Standing::Met, Standing::Met);
        let (mut required, mut because, mut uncertain) = (Vec::new(), Vec::new(), Vec::new());
        for (ready, result) in self.policies.iter().zip(&mut results) {
            if result.applies.is_no() {
                continue;
            }
            let mut reasons = Vec::new();
            let own = grounds.standing(&ready.required, ready.policy, &mut reasons);
            result.standing = Some(own);
            if result.report_only {
                continue;
            }
            worst = worst.min(own);
            let name = ready.policy.name();
            if result.applies.is_maybe() {
                uncertain.extend(result.uncertain.iter().map(|doubt| format!("{name}: {doubt}")));
                continue;
            }
            standing = standing.min(own);
            because.extend(reasons.iter().map(|reason| format!("{name}: {reason}")));
            required.push(ready.required.clone());
            if let Some(controls) = &ready.policy.session_controls {
                session.merge(controls);
            }
        }
        let certain = decision(standing);
        let worst = match worst {
            Standing::Unclear => Decision::Blocked,
            known => decision(known),
        };
        uncertain.sort();
        uncertain.dedup();
        Outcome {
            // What only may apply makes the rest uncertain, unless it could make it no worse.
            decision: if uncertain.is_empty() || worst <= certain {
                certain
            } else {
                Decision::Indeterminate
            },
            worst,
            required: required_together(required),
            standing,
            because,
            session,
            notes: self.notes(grounds),
            policies: results,
            uncertain,
        }
    }

    /// What was taken for granted.
    fn notes(&self, grounds: &Grounds<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        let directory = self.index.directory;
        let trusted = |ready: &Ready<'_>| {
            ready.locations.as_ref().is_some_and(|(include, exclude)| {
                include
                    .iter()
                    .chain(exclude)
                    .any(|p| matches!(p, super::compile::Place::AllTrusted))
            })
        };
        if directory.mfa_trusted_ips.is_none() && self.policies.iter().any(trusted) {
            notes.push(
                "Graph does not tell the trusted IPs of multifactor authentication; it was taken \
                 that there are none"
                    .to_owned(),
            );
        }
        if grounds.resource.audiences().is_empty()
            && !grounds.resource.is_user_action()
            && !grounds.resource.is_context()
        {
            notes.push("no application id was given, so no policy on applications applies".into());
        }
        notes
    }
}

/// What a standing comes to. A demand of which nobody knows whether it can be met is still a need.
fn decision(standing: Standing) -> Decision {
    match standing {
        Standing::Met => Decision::Granted,
        Standing::Possible | Standing::AfterRegistration | Standing::Unclear => Decision::Needs,
        Standing::Impossible => Decision::Blocked,
    }
}

/// All demands together; remediation of the risk takes the place of a password change.
fn required_together(demands: Vec<Requirement>) -> Requirement {
    let all = Requirement::all(demands);
    if all.mentions(&Control::RiskRemediation) {
        all.without(&Control::PasswordChange)
    } else {
        all
    }
}

fn dedup(doubts: &mut Vec<Doubt>) {
    let mut seen: Vec<Doubt> = Vec::new();
    doubts.retain(|doubt| {
        let new = !seen.contains(doubt);
        if new {
            seen.push(doubt.clone());
        }
        new
    });
}
