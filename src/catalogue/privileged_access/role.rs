//! `m365_role_eligibility` and `m365_role_active_assignment`.

use super::{AREA, NEW, ROLE_MANAGEMENT_POLICY, limits};
use crate::catalogue::lockout;
use crate::catalogue::roles::{built_in, whole_tenant};
use crate::declare::{
    Attribute, Form, Law, Permissions, Policed, Requests, Resource, Rule, id, string,
};

/// Why another principal, role or scope makes another assignment.
const OTHER: &str = "an assignment is of one principal, one role and one scope";

const PRINCIPAL: Attribute = id(
    "principal_id",
    "The object id of the user, the role-assignable group or, for an active assignment, the service \
     principal.",
)
.required()
.replace(OTHER);

const ROLE: Attribute = role(OTHER);

const ROLE_DEFINITION: Attribute = role_definition(OTHER);

const SCOPE: Attribute = string(
    "directory_scope_id",
    "Where the role holds: `/` for the whole tenant, `/administrativeUnits/<id>` for an administrative \
     unit, `/<object id>` for one application. Defaults to `/`, unless `app_scope_id` is set.",
)
.form(Form::CaseInsensitive)
.or_derived(whole_tenant)
.replace(OTHER);

const APP_SCOPE: Attribute = string(
    "app_scope_id",
    "Where the role holds inside of an application that defines scopes of its own, in place of \
     `directory_scope_id`.",
)
.form(Form::CaseInsensitive)
.replace(OTHER);

/// A role by its name. `other` is why another role makes another object.
pub(super) const fn role(other: &'static str) -> Attribute {
    string(
        "role",
        "The name of a role, such as `Global Administrator`. Built-in roles are known by name; a custom \
         role is looked up when it is planned, so give one that is made in the same configuration by \
         `role_definition_id`.",
    )
    .form(Form::CaseInsensitive)
    .graph("roleDefinitionId")
    .via(&built_in::ROLE_NAME)
    .or_derived(built_in::identified)
    .replace(other)
}

/// A role by its id.
pub(super) const fn role_definition(other: &'static str) -> Attribute {
    id(
        "role_definition_id",
        "The id of the role, in place of its name; for a built-in role, its template id.",
    )
    .or_derived(built_in::named)
    .replace(other)
}

/// What a schedule of a role is of.
const OF: &[&str] = &["principal_id", "role_definition_id", "directory_scope_id"];

/// What stands in the place of the directory's scope.
const INSTEAD: Option<&str> = Some("app_scope_id");

const RULES: &[Rule] = &[
    Rule::ExactlyOneOf(&["role", "role_definition_id"]),
    Rule::AtMostOneOf(&["directory_scope_id", "app_scope_id"]),
];

/// A directory role that a principal can activate.
pub static ROLE_ELIGIBILITY: Resource = Resource {
    name: "role_eligibility",
    area: AREA,
    doc: "A directory role that a user or the members of a group can activate when they need it, \
        through Privileged Identity Management.\n\n\
        Set exactly one of `end_date_time`, `duration` and `permanent`. The policy of the role \
        (`m365_role_management_policy`) decides which of them it takes, and for how long. An \
        eligibility that was made in the portal is taken over rather than refused. When a \
        `duration` is over, the next plan renews it. When an `end_date_time` has passed, nothing \
        is left to plan: `has_ended` is true, every plan warns of it, and a later end renews it \
        in place. Graph refuses to end an eligibility in its first five minutes; destroy waits.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedroleeligibilityschedule",
    path: "/roleManagement/directory/roleEligibilitySchedules",
    requests: Some(Requests {
        path: "/roleManagement/directory/roleEligibilityScheduleRequests",
        of: OF,
        filters: OF,
        instead: INSTEAD,
        policy: Some(Policed { by: &ROLE_MANAGEMENT_POLICY, judge: limits::eligible }),
    }),
    entity: "unifiedRoleEligibilitySchedule",
    permissions: Permissions {
        read: "RoleEligibilitySchedule.Read.Directory",
        write: "RoleEligibilitySchedule.ReadWrite.Directory",
    },
    attributes: &[PRINCIPAL, ROLE, ROLE_DEFINITION, SCOPE, APP_SCOPE],
    rules: RULES,
    named: Some(built_in::NAMED),
    judge: Some(built_in::unknown),
    retry_on: NEW,
    exceptions: &[(Law::L2, "Graph changes a schedule by a request that says all of it again")],
    ..Resource::REQUEST
};

/// A directory role that a principal holds, for a time.
pub static ROLE_ACTIVE_ASSIGNMENT: Resource = Resource {
    name: "role_active_assignment",
    area: AREA,
    doc: "A directory role that a user, the members of a group or a service principal hold without \
        activating it, through Privileged Identity Management, for a time or for good.\n\n\
        Set exactly one of `end_date_time`, `duration` and `permanent`. The policy of the role \
        (`m365_role_management_policy`) decides which of them it takes, and for how long. An \
        assignment that was made in the portal is taken over rather than refused; so is one of \
        `m365_role_assignment`, which is a permanent one: manage each with one of the two. When \
        a `duration` is over, the next plan renews it. When an `end_date_time` has passed, \
        nothing is left to plan: `has_ended` is true, every plan warns of it, and a later end \
        renews it in place. Graph refuses to end an assignment in its first five minutes; \
        destroy waits.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedroleassignmentschedule",
    path: "/roleManagement/directory/roleAssignmentSchedules",
    requests: Some(Requests {
        path: "/roleManagement/directory/roleAssignmentScheduleRequests",
        of: OF,
        filters: OF,
        instead: INSTEAD,
        policy: Some(Policed { by: &ROLE_MANAGEMENT_POLICY, judge: limits::active }),
    }),
    entity: "unifiedRoleAssignmentSchedule",
    permissions: Permissions {
        read: "RoleAssignmentSchedule.Read.Directory",
        write: "RoleAssignmentSchedule.ReadWrite.Directory",
    },
    attributes: &[PRINCIPAL, ROLE, ROLE_DEFINITION, SCOPE, APP_SCOPE],
    rules: RULES,
    named: Some(built_in::NAMED),
    judge: Some(built_in::unknown),
    retry_on: NEW,
    exceptions: &[(Law::L2, "Graph changes a schedule by a request that says all of it again")],
    guard: Some(lockout::role_assignment),
    ..Resource::REQUEST
};
