//! The guards of `m365_group_members` and `m365_group_member`.

use serde_json::Value as Json;

use super::accounts::{group_name, name};
use super::{Guard, Judged, SILENT};
use crate::catalogue::conditional_access::tenant;
use crate::declare::{Answers, Question, Read};
use crate::policy::lockout::{Change, Scene, guard as judge};

/// Whether an emergency account leaves an emergency group.
pub(in crate::catalogue) fn group_members(question: &Question<'_>, answers: &Answers) -> Judged {
    let ids = |json: &Json| -> Vec<String> {
        let ids = json["members"].as_array().into_iter().flatten();
        ids.filter_map(Json::as_str).map(str::to_lowercase).collect()
    };
    let kept = if question.is_replaced { Vec::new() } else { ids(question.planned) };
    // What is not known yet may be any of them.
    if kept.iter().any(|id| id == crate::declare::UNKNOWN)
        || !question.planned["members"].is_array() && !question.planned.is_null()
    {
        return SILENT;
    }
    let left = ids(question.prior).into_iter().filter(|id| !kept.contains(id));
    leave(question, answers, left.collect())
}

/// Whether an emergency account leaves an emergency group.
pub(in crate::catalogue) fn group_member(question: &Question<'_>, answers: &Answers) -> Judged {
    if !question.planned.is_null() && !question.is_replaced {
        return SILENT;
    }
    let left = question.prior["memberId"].as_str().map(str::to_lowercase);
    leave(question, answers, left.into_iter().collect())
}

/// Looks up what messages call the group and those of its members that matter.
fn names(guard: &Guard<'_>, group: &str, left: &[String], scene: &mut Scene) {
    let emergency: Vec<String> =
        scene.emergency.user_ids.iter().filter(|id| left.contains(id)).cloned().collect();
    if emergency.is_empty() {
        return;
    }
    let read = Read::one(format!("/groups/{group}"), "GroupMember.Read.All").select("displayName");
    group_name(scene, group, guard.ask.known(&read).and_then(|told| told["displayName"].as_str()));
    for id in emergency {
        let told = guard.ask.known(&tenant::user(&id));
        name(scene, &id, told.and_then(|told| told["userPrincipalName"].as_str()));
    }
}

fn leave(question: &Question<'_>, answers: &Answers, left: Vec<String>) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(group) = guard.before("groupId") else { return SILENT };
    let protected = guard.emergency.group_ids.iter().any(|own| own.eq_ignore_ascii_case(group));
    if !protected || left.is_empty() {
        return SILENT;
    }
    let mut scene = guard.scene();
    names(&guard, group, &left, &mut scene);
    let findings = left
        .into_iter()
        .flat_map(|member| {
            judge(&Change::MemberRemoved { group: group.to_owned(), member }, &scene)
        })
        .collect();
    guard.conclude(findings)
}
