//! The guards of `m365_group_members` and `m365_group_member`.

use serde_json::Value as Json;

use super::{Guard, Judged, SILENT};
use crate::declare::{Answers, Question};
use crate::policy::lockout::{Change, guard as judge};

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

fn leave(question: &Question<'_>, answers: &Answers, left: Vec<String>) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let Some(group) = guard.before("groupId") else { return SILENT };
    let protected = guard.emergency.group_ids.iter().any(|own| own.eq_ignore_ascii_case(group));
    if !protected || left.is_empty() {
        return SILENT;
    }
    let scene = guard.scene();
    let findings = left
        .into_iter()
        .flat_map(|member| {
            judge(&Change::MemberRemoved { group: group.to_owned(), member }, &scene)
        })
        .collect();
    guard.conclude(findings)
}
