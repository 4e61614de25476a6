//! `m365_pim_group_eligibility` and `m365_pim_group_assignment`.

use super::{AREA, GROUP_ROLE_MANAGEMENT_POLICY, NEW, limits};
use crate::declare::{Attribute, Law, Permissions, Policed, Requests, Resource, id, string};

/// Why another group, principal or relationship makes another assignment.
const OTHER: &str = "an assignment is of one group, one principal and one relationship";

const ATTRIBUTES: &[Attribute] = &[
    id("group_id", "The object id of the group: a security group or a Microsoft 365 group.")
        .required()
        .replace(OTHER),
    id("principal_id", "The object id of the user or group.").required().replace(OTHER),
    string("access_id", "What the principal is of the group: `member` or `owner`.")
        .one_of(&["member", "owner"])
        .required()
        .replace(OTHER),
];

/// What a schedule of a group is of. Graph lists requests by the group and by the principal only
/// (pages of `privilegedAccessGroup: List assignmentScheduleRequests` and of the entity).
const OF: &[&str] = &["group_id", "principal_id", "access_id"];

/// A membership or ownership that a principal can activate.
pub static PIM_GROUP_ELIGIBILITY: Resource = Resource {
    name: "pim_group_eligibility",
    area: AREA,
    doc: "The membership or ownership of a group that a user, or the members of another group, can \
        activate when they need it, through Privileged Identity Management for groups.\n\n\
        Set exactly one of `end_date_time`, `duration` and `permanent`. The policy of the group \
        (`m365_group_role_management_policy`) decides which of them it takes, and for how long. \
        An eligibility that was made in the portal is taken over rather than refused. When a \
        `duration` is over, the next plan renews it. When an `end_date_time` has passed, nothing \
        is left to plan: `has_ended` is true, every plan warns of it, and a later end renews it \
        in place. Graph refuses to end an eligibility in its first five minutes; destroy waits.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupeligibilityschedule",
    path: "/identityGovernance/privilegedAccess/group/eligibilitySchedules",
    requests: Some(Requests {
        path: "/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests",
        of: OF,
        filters: &[OF[0], OF[1]],
        instead: None,
        policy: Some(Policed { by: &GROUP_ROLE_MANAGEMENT_POLICY, judge: limits::eligible }),
    }),
    entity: "privilegedAccessGroupEligibilitySchedule",
    permissions: Permissions {
        read: "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        write: "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
    },
    attributes: ATTRIBUTES,
    retry_on: NEW,
    exceptions: &[(Law::L2, "Graph changes a schedule by a request that says all of it again")],
    ..Resource::REQUEST
};

/// A membership or ownership that a principal holds, for a time.
pub static PIM_GROUP_ASSIGNMENT: Resource = Resource {
    name: "pim_group_assignment",
    area: AREA,
    doc: "The membership or ownership of a group that a user, or another group, holds without \
        activating it, through Privileged Identity Management for groups, for a time or for \
        good.\n\n\
        Set exactly one of `end_date_time`, `duration` and `permanent`. The policy of the group \
        (`m365_group_role_management_policy`) decides which of them it takes, and for how long. \
        An assignment that was made in the portal is taken over rather than refused. When a \
        `duration` is over, the next plan renews it. When an `end_date_time` has passed, nothing \
        is left to plan: `has_ended` is true, every plan warns of it, and a later end renews it \
        in place. Graph refuses to end an assignment in its first five minutes; destroy waits.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupassignmentschedule",
    path: "/identityGovernance/privilegedAccess/group/assignmentSchedules",
    requests: Some(Requests {
        path: "/identityGovernance/privilegedAccess/group/assignmentScheduleRequests",
        of: OF,
        filters: &[OF[0], OF[1]],
        instead: None,
        policy: Some(Policed { by: &GROUP_ROLE_MANAGEMENT_POLICY, judge: limits::active }),
    }),
    entity: "privilegedAccessGroupAssignmentSchedule",
    permissions: Permissions {
        read: "PrivilegedAssignmentSchedule.Read.AzureADGroup",
        write: "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    },
    attributes: ATTRIBUTES,
    retry_on: NEW,
    exceptions: &[(Law::L2, "Graph changes a schedule by a request that says all of it again")],
    ..Resource::REQUEST
};
