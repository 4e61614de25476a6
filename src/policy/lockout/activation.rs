//! Whether rules for activating a role by PIM leave anyone who can: approvers (L-09) and the step-up
//! by an authentication context (L-10).

use super::change::RoleActivation;
use super::finding::Finding;
use super::guard::name_of;
use super::{Scene, scenario};
use crate::policy::ca::{
    Compiled, Context, Control, Mode, Policy, Requirement, SignIn, Standing, State, User,
};
use crate::policy::roles::{GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR};

/// What the rules would lock out.
pub(super) fn findings(scene: &Scene, rules: &RoleActivation) -> Vec<Finding> {
    let highest = [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR];
    let is_active = |user: &&User| {
        user.account_enabled != Some(false)
            && user
                .roles
                .iter()
                .flatten()
                .any(|role| highest.iter().any(|h| h.eq_ignore_ascii_case(role)))
    };
    let active: Vec<&User> = scene.directory.users.iter().filter(is_active).collect();
    let mut findings = Vec::new();
    if rules.is_approval_required && highest.iter().any(|h| h.eq_ignore_ascii_case(&rules.role)) {
        findings.extend(nobody_approves(scene, rules, &active));
    }
    if let Some(context) = &rules.authentication_context {
        findings.extend(step_up(scene, rules, context));
    }
    findings
}

fn nobody_approves(scene: &Scene, rules: &RoleActivation, active: &[&User]) -> Option<Finding> {
    let approvers = rules.approvers.as_ref()?;
    let disabled = |id: &&String| {
        let found = scene.directory.users.iter().find(|user| user.id.eq_ignore_ascii_case(id));
        found.is_some_and(|user| {
            user.account_enabled == Some(false) || user.user_type.as_deref() == Some("Guest")
        })
    };
    let able: Vec<&String> = approvers.iter().filter(|id| !disabled(id)).collect();
    let itself = |id: &String| rules.eligible.len() == 1 && rules.eligible.contains(id);
    if !active.is_empty() || able.iter().any(|id| !itself(id)) {
        return None;
    }
    Some(
        Finding::error("L-09", "Nobody could approve the activation of the highest roles")
            .breaks("INV-20")
            .would(
                "Nobody holds Global or Privileged Role Administrator actively, every activation \
                 needs approval, and no approver is able to give it: nobody can ever become one.",
            )
            .to(rules.eligible.iter().map(|id| name_of(scene, id)))
            .fix(
                "keep two emergency access accounts with the role assigned actively, and name two \
                 approvers who do not hold the role themselves",
            ),
    )
}

fn step_up(scene: &Scene, rules: &RoleActivation, context: &str) -> Vec<Finding> {
    let policies: Vec<&Policy> =
        scene.policies.iter().filter(|policy| asks_for(policy, context)).collect();
    let enforced: Vec<&&Policy> = policies.iter().filter(|p| p.state == State::Enabled).collect();
    if enforced.is_empty() {
        let state = if policies.is_empty() { "no policy is for it" } else { "none is enforced" };
        return vec![
            Finding::warning(
                "L-10",
                format!("Authentication context {context} protects nothing: {state}"),
            )
            .breaks("INV-21")
            .would("The activation asks for a step-up that nothing demands.")
            .fix("create and enforce a policy for the context before a role asks for it"),
        ];
    }
    let mut findings = Vec::new();
    for policy in &enforced {
        let roles = policy.conditions.users.iter().flat_map(|users| &users.include_roles);
        if roles.into_iter().any(|role| role.eq_ignore_ascii_case(&rules.role)) {
            findings.push(
                Finding::error(
                    "L-10",
                    format!(
                        "Policy \"{}\" never applies when the role is activated",
                        policy.name()
                    ),
                )
                .of(policy.name())
                .breaks("INV-22")
                .would("It is for holders of the role, and who activates it is none yet.")
                .fix("include the users or the group that are eligible instead of the role"),
            );
        }
    }
    let compiled = Compiled::new(enforced.iter().map(|policy| **policy), &scene.directory);
    let stopped: Vec<String> = rules
        .eligible
        .iter()
        .filter(|id| {
            let outcomes: Vec<Standing> = scenario::circumstances(&scene.directory)
                .into_iter()
                .map(|(_, conditions)| {
                    let context = Context::AuthenticationContext {
                        authentication_context_value: context.to_owned(),
                    };
                    let sign_in = SignIn {
                        sign_in_context: context,
                        ..SignIn::of_user(id.as_str(), "").under(conditions)
                    };
                    compiled.evaluate(&sign_in, Mode::WorstCase).standing
                })
                .collect();
            outcomes.iter().all(|standing| *standing == Standing::Impossible)
        })
        .map(|id| name_of(scene, id))
        .collect();
    if !stopped.is_empty() {
        let demands = Requirement::all(enforced.iter().map(|policy| Requirement::of(policy)));
        findings.push(
            Finding::error(
                "L-10",
                format!("The step-up of authentication context {context} cannot be passed"),
            )
            .would(match &demands {
                Requirement::Control(Control::Block) => "It blocks these users.".to_owned(),
                demands => format!("It demands {demands}, which these users cannot give."),
            })
            .to(stopped)
            .fix("let them register a method or enrol a device that satisfies it first"),
        );
    }
    findings
}

/// Whether a policy is for an authentication context.
pub(super) fn asks_for(policy: &Policy, context: &str) -> bool {
    policy.conditions.applications.iter().any(|applications| {
        applications
            .include_authentication_context_class_references
            .iter()
            .any(|own| own.eq_ignore_ascii_case(context))
    })
}
