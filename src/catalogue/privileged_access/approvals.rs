//! `m365_role_approval_requests` and `m365_pim_group_approval_requests`: activations that wait for
//! somebody's approval.

use serde_json::{Value as Json, json};

use super::{AREA, holders};
use crate::catalogue::roles::built_in;
use crate::declare::{
    Answers, Attribute, DataSource, Finding, Inquiry, Permissions, Question, Read, Source, id,
    instant, objects, string,
};

/// Activations of directory roles that wait for approval.
pub static ROLE_APPROVAL_REQUESTS: DataSource = DataSource {
    name: "role_approval_requests",
    area: AREA,
    doc: "Activations of directory roles that wait for somebody's approval.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignmentschedulerequests",
    source: Source::Concluded(of_roles, &[ROLES]),
    entity: "",
    permissions: Permissions { read: "RoleAssignmentSchedule.Read.Directory", write: "" },
    attributes: &[objects("requests", "The requests.").computed().of(&[
        REQUEST[0],
        REQUEST[1],
        REQUEST[2],
        REQUEST[3],
        REQUEST[4],
        REQUEST[5],
        REQUEST[6],
        REQUEST[7],
        REQUEST[8],
        id("role_definition_id", "The role.").computed(),
        string("role", "The name of the role; not set for a custom role.").computed(),
        string("directory_scope_id", "Where the role would hold.").computed(),
    ])],
    also: &[],
};

/// Activations of a group's membership and ownership that wait for approval.
pub static PIM_GROUP_APPROVAL_REQUESTS: DataSource = DataSource {
    name: "pim_group_approval_requests",
    area: AREA,
    doc: "Activations of the membership or ownership of a group that wait for somebody's approval. \
        Graph lists them by group.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentschedulerequests",
    source: Source::Concluded(of_group, &[GROUPS]),
    entity: "",
    permissions: Permissions { read: "PrivilegedAssignmentSchedule.Read.AzureADGroup", write: "" },
    attributes: &[
        id("group_id", "The object id of the group.").required(),
        objects("requests", "The requests.").computed().of(&[
            REQUEST[0],
            REQUEST[1],
            REQUEST[2],
            REQUEST[3],
            REQUEST[4],
            REQUEST[5],
            REQUEST[6],
            REQUEST[7],
            REQUEST[8],
            string("access_id", "What is asked for: `member` or `owner`.").computed(),
        ]),
    ],
    also: &[],
};

const ROLES: &str = "/roleManagement/directory/roleAssignmentScheduleRequests";
const GROUPS: &str = "/identityGovernance/privilegedAccess/group/assignmentScheduleRequests";

const REQUEST: [Attribute; 9] = [
    string("id", "The id of the request.").computed(),
    string("approval_id", "The id of the approval that decides it.").computed(),
    id("principal_id", "Who asks.").computed(),
    string("principal_name", "Their display name.").computed(),
    string("justification", "Why they ask.").computed(),
    string("ticket_number", "The number of their ticket.").computed(),
    string("ticket_system", "The system that the ticket is in.").computed(),
    instant("created_date_time", "Since when they wait.").computed(),
    string("duration", "For how long they ask, as an ISO 8601 duration.").computed(),
];

fn of_roles(_: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let read = Read::all(ROLES, "RoleAssignmentSchedule.Read.Directory");
    waiting(answers, &read.filter("status eq 'PendingApproval'").expand("principal"))
}

fn of_group(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let group = question.planned["groupId"].as_str().unwrap_or_default();
    let read = Read::all(GROUPS, "PrivilegedAssignmentSchedule.Read.AzureADGroup");
    let filter = format!("groupId eq '{group}' and status eq 'PendingApproval'");
    waiting(answers, &read.filter(filter).expand("principal"))
}

fn waiting(answers: &Answers, read: &Read) -> Inquiry<Result<Json, Finding>> {
    let ask = answers.asking();
    match holders::objects(&ask, read) {
        Ok(requests) => {
            let requests: Option<Vec<Json>> =
                requests.map(|requests| requests.iter().map(told).collect());
            ask.conclude(Ok(json!({ "requests": requests })))
        }
        Err(unread) => Inquiry::Without(*unread),
    }
}

fn told(request: &Json) -> Json {
    let mut told = request.clone();
    told["principalName"] = request["principal"]["displayName"].clone();
    told["ticketNumber"] = request["ticketInfo"]["ticketNumber"].clone();
    told["ticketSystem"] = request["ticketInfo"]["ticketSystem"].clone();
    told["duration"] = request["scheduleInfo"]["expiration"]["duration"].clone();
    told["role"] = request["roleDefinitionId"].as_str().and_then(built_in::name_of).into();
    told
}
