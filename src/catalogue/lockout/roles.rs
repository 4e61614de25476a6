//! The guards of role assignments, of the policies of roles, and of security defaults.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::accounts::{holders, name};
use super::facts::automation;
use super::{Guard, Judged, SILENT, mentions_unknown};
use crate::catalogue::conditional_access::tenant;
use crate::declare::{Answers, Question, Read};
use crate::policy::lockout::{Change, RoleActivation, guard as judge};
use crate::policy::roles::{GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR};

/// Whether an assignment goes that the repair of the tenant, or this plan itself, rests on. For
/// assignments that are always active and for those with an end.
pub(in crate::catalogue) fn role_assignment(question: &Question<'_>, answers: &Answers) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let whole_tenant = guard.before("directoryScopeId") == Some("/");
    let (Some(principal), Some(role)) =
        (guard.before("principalId"), guard.before("roleDefinitionId"))
    else {
        return SILENT;
    };
    let ends = question.planned["hasEnded"] == true && question.prior["hasEnded"] != true;
    if !(guard.is_removed() || ends) || !whole_tenant {
        return SILENT;
    }
    let highest = role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR);
    let own = automation(question.token).service_principal_id;
    let is_own = own.is_some_and(|own| own.eq_ignore_ascii_case(principal));
    if !highest && !is_own {
        return SILENT;
    }
    let mut scene = guard.scene();
    let mut changes = Vec::new();
    if is_own {
        let (id, what) = (principal.to_owned(), "a directory role".to_owned());
        changes.push(Change::ApplicationWeakened { id, what });
    }
    if highest {
        holders(&guard, &[GLOBAL_ADMINISTRATOR], &mut scene);
        let emergency = scene.emergency.user_ids.iter();
        if emergency.clone().any(|id| id.eq_ignore_ascii_case(principal)) {
            let read = tenant::user(principal);
            let told = guard.ask.known(&read).and_then(|user| user["userPrincipalName"].as_str());
            name(&mut scene, principal, told);
        }
        changes
            .push(Change::RoleRemoved { principal: principal.to_owned(), role: role.to_owned() });
    }
    let findings = changes.iter().flat_map(|change| judge(change, &scene)).collect();
    guard.conclude(findings)
}

/// How many people are looked at: a batch of reads.
const ASKED: usize = 20;

/// Whether anybody could still activate a role after its policy has changed.
pub(in crate::catalogue) fn role_management_policy(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(role) = question.planned["roleDefinitionId"].as_str() else { return SILENT };
    let activation = &question.planned["activation"];
    let highest = [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR];
    let approval = activation["requireApproval"] == true && highest.contains(&role);
    let context = match activation["requireAuthenticationContext"] == true {
        true => activation["authenticationContext"].as_str(),
        false => None,
    };
    let context = context.filter(|context| *context != crate::declare::UNKNOWN);
    if guard.is_unchanged() || (!approval && context.is_none()) {
        return SILENT;
    }
    let mut scene = guard.scene();
    let eligible = eligible(&guard, role);
    let known = holders(&guard, &highest, &mut scene);
    if context.is_some() {
        let policies = guard.policies(None).unwrap_or_default();
        let directory = tenant::directory(&guard.ask, &policies);
        scene.directory.locations = directory.locations;
        scene.directory.strengths = directory.strengths;
        scene.directory.complete = directory.complete;
        for id in eligible.iter().take(ASKED) {
            let user = tenant::person(&guard.ask, &policies, id, false);
            super::facts::put(&mut scene.directory, user);
        }
        scene.policies = policies;
    }
    let approvers = approvers(&guard, role, activation);
    if approval {
        // An account that is switched off approves nothing, and an assignment does not tell.
        let able = scene.directory.users.iter().filter(|user| user.account_enabled.is_none());
        let asked = able.map(|user| &user.id).chain(approvers.iter().flatten()).cloned();
        for id in asked.take(ASKED).collect::<BTreeSet<String>>() {
            super::facts::put(&mut scene.directory, tenant::person(&guard.ask, &[], &id, false));
        }
    }
    let rules = RoleActivation {
        role: role.to_owned(),
        // Where nobody could look who holds the roles, it is not said that nobody does.
        is_approval_required: approval && known,
        approvers,
        authentication_context: context.map(str::to_owned),
        eligible,
    };
    let findings = judge(&Change::RoleActivation(rules), &scene);
    guard.conclude(findings)
}

/// The users who are eligible for a role, themselves or by a group.
fn eligible(guard: &Guard<'_>, role: &str) -> Vec<String> {
    let read = Read::all(
        "/roleManagement/directory/roleEligibilitySchedules",
        "RoleEligibilitySchedule.Read.Directory",
    )
    .filter(format!("roleDefinitionId eq '{role}'"))
    .expand("principal");
    let mut users = Vec::new();
    for schedule in guard.ask.objects(&read).unwrap_or_default() {
        let Some(id) = schedule["principalId"].as_str() else { continue };
        match schedule["principal"]["@odata.type"].as_str() {
            Some("#microsoft.graph.group") => users.extend(guard.users_in(id).unwrap_or_default()),
            _ => users.push(id.to_owned()),
        }
    }
    users
}

/// Who may approve, where it is not configured as Graph has it; nothing where that is not known.
fn approvers(guard: &Guard<'_>, role: &str, activation: &Json) -> Option<Vec<String>> {
    let named = |name: &str, kind: &str, id: &str| -> Option<Vec<String>> {
        let configured = &activation[name];
        if !mentions_unknown(configured) {
            let all = configured.as_array().into_iter().flatten();
            return Some(all.filter_map(Json::as_str).map(str::to_owned).collect());
        }
        if configured.is_array() {
            return None;
        }
        let approvers = as_they_are(guard, role)?;
        let all = approvers.iter().filter(|one| one["@odata.type"] == kind);
        Some(all.filter_map(|one| Some(one[id].as_str()?.to_owned())).collect())
    };
    // Whoever asks has a manager of their own, or none.
    if activation["approverManagers"] == true {
        return None;
    }
    let mut approvers = named("approverUserIds", "#microsoft.graph.singleUser", "userId")?;
    for group in named("approverGroupIds", "#microsoft.graph.groupMembers", "groupId")? {
        approvers.extend(guard.users_in(&group)?);
    }
    Some(approvers)
}

/// The approvers that the policy of a role names now.
fn as_they_are<'a>(guard: &Guard<'a>, role: &str) -> Option<Vec<&'a Json>> {
    let read = Read::all(
        "/policies/roleManagementPolicyAssignments",
        "RoleManagementPolicy.Read.Directory",
    )
    .filter(format!(
        "scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '{role}'"
    ))
    .expand("policy($expand=rules)");
    let assignments = guard.ask.objects(&read)?;
    let rules = assignments.iter().flat_map(|one| one["policy"]["rules"].as_array()).flatten();
    let approval = rules.filter(|rule| rule["id"] == "Approval_EndUser_Assignment");
    let stages = approval.flat_map(|rule| rule["setting"]["approvalStages"].as_array()).flatten();
    Some(stages.flat_map(|stage| stage["primaryApprovers"].as_array()).flatten().collect())
}

/// Whether security defaults and Conditional Access exclude each other, or leave the tenant open.
pub(in crate::catalogue) fn security_defaults(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    // What a destroy puts back is not known here.
    let Some(enabled) = guard.changed("isEnabled").and_then(Json::as_bool) else { return SILENT };
    let mut scene = guard.scene();
    let Some(policies) = guard.policies(None) else { return guard.conclude(Vec::new()) };
    scene.policies = policies;
    let mut findings = judge(&Change::SecurityDefaults { enabled }, &scene);
    if !question.is_writing && enabled {
        for finding in &mut findings {
            finding.severity = crate::policy::lockout::Severity::Warning;
        }
    }
    guard.conclude(findings)
}
