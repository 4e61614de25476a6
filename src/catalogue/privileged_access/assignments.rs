//! `m365_role_assignments`: the roles of a principal, or who holds a role.

use serde_json::{Value as Json, json};

use super::{AREA, holders};
use crate::catalogue::roles::built_in;
use crate::declare::{
    Answer, Answers, Attribute, DataSource, Finding, Inquiry, Permissions, Question, Read, Source,
    Unread, id, instant, objects, string,
};
use crate::terraform::Path;

/// The roles of a principal, or who holds a role.
pub static ROLE_ASSIGNMENTS: DataSource = DataSource {
    name: "role_assignments",
    area: AREA,
    doc: "Which directory roles a principal holds, or who holds a role: active and eligible, directly \
        and through groups.\n\n\
        What a group holds is told of the group and of everybody in it, with `group_id`. A membership \
        that must itself be activated first (Privileged Identity Management for groups) is not \
        followed. In a tenant without Microsoft Entra ID P2 there are active assignments only.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentscheduleinstance",
    source: Source::Concluded(
        conclude,
        &[
            "/roleManagement/directory/roleAssignmentScheduleInstances",
            "/roleManagement/directory/roleEligibilityScheduleInstances",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "RoleAssignmentSchedule.Read.Directory + RoleEligibilitySchedule.Read.Directory + \
               GroupMember.Read.All + User.Read.All",
        write: "",
    },
    attributes: &[
        id("principal_id", "The object id of a user, group or service principal."),
        string(
            "role",
            "The name of a role, such as `Global Administrator`. With `principal_id`, only \
             this role of the principal.",
        ),
        id("role_definition_id", "The id of a role, in place of its name."),
        objects("assignments", "The assignments.").computed().of(ASSIGNMENT),
    ],
    also: &[],
};

const ASSIGNMENT: &[Attribute] = &[
    id("principal_id", "Who holds the role.").computed(),
    string("principal_name", "Their display name.").computed(),
    string("principal_type", "What they are: `user`, `group` or `servicePrincipal`.").computed(),
    id("role_definition_id", "The id of the role.").computed(),
    string("role", "The name of the role; not set for a custom role.").computed(),
    string("directory_scope_id", "Where it holds; `/` is the whole tenant.").computed(),
    string("app_scope_id", "Where it holds inside of an application.").computed(),
    string(
        "assignment_type",
        "How it is held: `assigned`, `activated` (for a time, from an eligibility) or `eligible` (to \
         be activated).",
    )
    .computed(),
    string("member_type", "Whether it is held directly (`direct`) or through a group (`group`).")
        .computed(),
    id("group_id", "The group through which it is held.").computed(),
    instant("start_date_time", "Since when.").computed(),
    instant("end_date_time", "Until when; not set where it has no end.").computed(),
];

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let asked = question.planned;
    let ask = answers.asking();
    let wrong = |name: &str, summary: String, detail: &str| {
        Finding::error(Path::attribute(name), summary, detail)
    };
    let named = asked["role"].as_str();
    let custom = match named.filter(|name| built_in::id_of(name).is_none()) {
        None => None,
        Some(name) => {
            let custom = Read::all(built_in::NAMED.path, built_in::NAMED.permission)
                .filter(format!("displayName eq '{}'", name.replace('\'', "''")))
                .select("id");
            let found = match holders::objects(&ask, &custom) {
                Ok(None) => return ask.conclude(Ok(Json::Null)),
                Ok(Some(found)) => found.first().and_then(|one| one["id"].as_str()),
                Err(unread) => return Inquiry::Without(*unread),
            };
            if found.is_none() {
                let detail = format!("Did you mean {:?}?", built_in::nearest(name));
                return ask.conclude(Err(wrong(
                    "role",
                    format!("There is no role {name:?}"),
                    &detail,
                )));
            }
            found
        }
    };
    let role = named.and_then(built_in::id_of).or(custom).or(asked["roleDefinitionId"].as_str());
    let held = match (asked["principalId"].as_str(), role) {
        (None, None) => {
            let detail = "Set principal_id for the roles of somebody, or role or \
                          role_definition_id for who holds a role.";
            let summary = "m365_role_assignments does not say whose roles".to_owned();
            return ask.conclude(Err(wrong("principal_id", summary, detail)));
        }
        (None, Some(role)) => holders::of_role(&ask, role),
        (Some(id), role) => {
            let read = Read::one(format!("/directoryObjects/{id}"), "Directory.Read.All");
            match ask.answer(&read) {
                None => Ok(None),
                Some(Answer::Found(principal)) => holders::of_principal(&ask, principal)
                    .map(|held| held.map(|held| only(held, role))),
                Some(Answer::Absent) => {
                    let summary = format!("There is no principal {id}");
                    let detail = "No user, group or service principal of this tenant has this id.";
                    return ask.conclude(Err(wrong("principal_id", summary, detail)));
                }
                Some(Answer::Refused(why) | Answer::Failed(why)) => {
                    return Inquiry::Without(Unread { read, why: why.clone() });
                }
            }
        }
    };
    match held {
        Ok(held) => ask.conclude(Ok(json!({ "assignments": held }))),
        Err(unread) => Inquiry::Without(*unread),
    }
}

fn only(held: Vec<Json>, role: Option<&str>) -> Vec<Json> {
    let is = |one: &Json| {
        role.is_none_or(|role| {
            one["roleDefinitionId"].as_str().is_some_and(|held| held.eq_ignore_ascii_case(role))
        })
    };
    held.into_iter().filter(is).collect()
}
