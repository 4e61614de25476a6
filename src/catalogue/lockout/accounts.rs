//! The guards of `m365_user` and `m365_group`.

use serde_json::{Map, Value as Json};

use super::facts::put;
use super::{Guard, Judged, SILENT, later};
use crate::catalogue::conditional_access::tenant;
use crate::declare::{Answers, Question, UNKNOWN};
use crate::policy::ca::{Group, User};
use crate::policy::lockout::{Change, Scene, guard as judge};
use crate::policy::roles::GLOBAL_ADMINISTRATOR;

/// Whether a user that emergency access rests on goes, or the last administrator.
pub(in crate::catalogue) fn user(question: &Question<'_>, answers: &Answers) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(id) = guard.before("id") else { return SILENT };
    let removed = guard.is_removed();
    let properties: Map<String, Json> = ["accountEnabled", "userPrincipalName", "passwordPolicies"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), guard.changed(name)?.clone())))
        .collect();
    let disabled = properties.get("accountEnabled").is_some_and(|enabled| enabled == false);
    let is_emergency = || guard.has_emergency_access() && !properties.is_empty();
    if !removed && !disabled && !is_emergency() {
        return SILENT;
    }
    let mut scene = guard.scene();
    if removed || disabled {
        holders(&guard, &[GLOBAL_ADMINISTRATOR], &mut scene);
    }
    name(&mut scene, id, guard.before("userPrincipalName"));
    let change = if removed {
        Change::UserDeleted(id.to_owned())
    } else {
        Change::UserChanged { id: id.to_owned(), properties }
    };
    let findings = judge(&change, &scene);
    guard.conclude(findings)
}

/// Whether a group goes that emergency access or an exclusion rests on.
pub(in crate::catalogue) fn group(question: &Question<'_>, answers: &Answers) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(id) = guard.before("id") else { return SILENT };
    let dynamic = |json: &Json| {
        let types = json["groupTypes"].as_array();
        types.is_some_and(|types| types.iter().any(|one| one == "DynamicMembership"))
    };
    let change = if question.planned.is_null() {
        Change::GroupDeleted(id.to_owned())
    } else if question.is_replaced {
        Change::GroupReplaced(id.to_owned())
    } else if dynamic(question.planned) && !dynamic(question.prior) {
        Change::GroupMadeDynamic(id.to_owned())
    } else {
        return SILENT;
    };
    let mut scene = guard.scene();
    scene.policies = guard.policies(None).unwrap_or_default();
    scene.until_then = guard.policies_until_then();
    group_name(&mut scene, id, guard.before("displayName"));
    let findings = later(question, judge(&change, &scene));
    guard.conclude(findings)
}

/// Whether emergency access would sign in at another identity provider.
pub(in crate::catalogue) fn domain_federation(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let domain = question.planned["domainId"].as_str().filter(|id| *id != UNKNOWN);
    let (Some(domain), true) = (domain, question.prior.is_null()) else { return SILENT };
    if !guard.has_emergency_access() {
        return SILENT;
    }
    let mut scene = guard.scene();
    holders(&guard, &[GLOBAL_ADMINISTRATOR], &mut scene);
    for id in scene.emergency.user_ids.clone() {
        let told = guard.ask.known(&tenant::user(&id));
        name(&mut scene, &id, told.and_then(|told| told["userPrincipalName"].as_str()));
    }
    let findings = judge(&Change::DomainFederated(domain.to_owned()), &scene);
    guard.conclude(findings)
}

/// Puts the holders of roles into the scene; false where nobody could look. An emergency account
/// that is not among them holds none, whatever it is for.
pub(super) fn holders(guard: &Guard<'_>, roles: &[&str], scene: &mut Scene) -> bool {
    let Some(holders) = guard.administrators(roles) else { return false };
    for user in holders {
        put(&mut scene.directory, user);
    }
    for id in &scene.emergency.user_ids {
        let users = &mut scene.directory.users;
        match users.iter_mut().find(|user| user.id.eq_ignore_ascii_case(id)) {
            Some(user) => {
                user.roles.get_or_insert_default();
            }
            None => {
                users.push(User { id: id.clone(), roles: Some(Vec::new()), ..User::default() });
            }
        }
    }
    true
}

/// Gives a user the name that messages call it by.
pub(super) fn name(scene: &mut Scene, id: &str, name: Option<&str>) {
    let users = &mut scene.directory.users;
    let known = users.iter_mut().find(|user| user.id.eq_ignore_ascii_case(id));
    let name = name.map(str::to_owned);
    match known {
        Some(user) if user.user_principal_name.is_none() => user.user_principal_name = name,
        Some(_) => {}
        None => {
            users.push(User { id: id.to_owned(), user_principal_name: name, ..User::default() })
        }
    }
}

/// Gives a group the name that messages call it by.
pub(super) fn group_name(scene: &mut Scene, id: &str, name: Option<&str>) {
    let display_name = name.unwrap_or_default().to_owned();
    let group = Group { id: id.to_owned(), display_name, members: None };
    scene.directory.groups.push(group);
}
