//! Privileged Identity Management of directory roles: requests that make, change and end schedules.
//!
//! A request is never changed; what lasts is the schedule that it made, and the instance of it while it
//! is in effect. Time does not pass here: a schedule that begins later waits for good, and none expires.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Action, Navigation, Paging, Permissions, Properties, Service, Set, Way};
use super::super::store::{now, text};
use super::roles::{check_principal, own_scope, scope};

const ELIGIBILITY_READ: Permissions = &[
    &["RoleEligibilitySchedule.Read.Directory"],
    &["RoleEligibilitySchedule.ReadWrite.Directory"],
    &["RoleManagement.Read.Directory"],
    &["RoleManagement.Read.All"],
    &["RoleManagement.ReadWrite.Directory"],
];
const ELIGIBILITY_WRITE: Permissions =
    &[&["RoleEligibilitySchedule.ReadWrite.Directory"], &["RoleManagement.ReadWrite.Directory"]];
const ASSIGNMENT_READ: Permissions = &[
    &["RoleAssignmentSchedule.Read.Directory"],
    &["RoleAssignmentSchedule.ReadWrite.Directory"],
    &["RoleManagement.Read.Directory"],
    &["RoleManagement.Read.All"],
    &["RoleManagement.ReadWrite.Directory"],
];
const ASSIGNMENT_WRITE: Permissions =
    &[&["RoleAssignmentSchedule.ReadWrite.Directory"], &["RoleManagement.ReadWrite.Directory"]];

/// One of the two kinds of schedules, by the names of its sets.
struct Kind {
    request: &'static str,
    schedule: &'static str,
    instance: &'static str,
    /// What an instance calls its schedule.
    origin: &'static str,
    /// What the default policy of a role asks of an administrator.
    needs_justification: bool,
}

static ELIGIBILITY: Kind = Kind {
    request: "unifiedRoleEligibilityScheduleRequest",
    schedule: "unifiedRoleEligibilitySchedule",
    instance: "unifiedRoleEligibilityScheduleInstance",
    origin: "roleEligibilityScheduleId",
    needs_justification: false,
};
static ASSIGNMENT: Kind = Kind {
    request: "unifiedRoleAssignmentScheduleRequest",
    schedule: "unifiedRoleAssignmentSchedule",
    instance: "unifiedRoleAssignmentScheduleInstance",
    origin: "roleAssignmentScheduleId",
    needs_justification: true,
};

const EXPANDED: &[Navigation] = &[
    Navigation { name: "principal", way: Way::Property("principalId", "directoryObject"), ..ONE },
    Navigation {
        name: "roleDefinition",
        way: Way::Property("roleDefinitionId", "unifiedRoleDefinition"),
        ..ONE
    },
];
const ONE: Navigation =
    Navigation { single: true, read: &[&["RoleManagement.Read.Directory"]], ..Navigation::MANY };

/// What requests make: read only.
const MADE: Set = Set {
    service: Service::Roles,
    paging: Paging::Pages(100),
    navigation: EXPANDED,
    ..Set::COLLECTION
};

const REQUEST: Set = Set {
    required: &["action", "principalId", "roleDefinitionId"],
    read_only: &["id", "approvalId", "completedDateTime", "created*", "status", "targetScheduleId"],
    ..MADE
};

pub(super) static ELIGIBILITY_REQUESTS: Set = Set {
    ty: "unifiedRoleEligibilityScheduleRequest",
    paths: &["roleManagement/directory/roleEligibilityScheduleRequests"],
    read: ELIGIBILITY_READ,
    create: Some(ELIGIBILITY_WRITE),
    actions: &[Action {
        name: "cancel",
        method: "POST",
        permissions: ELIGIBILITY_WRITE,
        run: |cx, request, _| cancel(cx, &ELIGIBILITY, request),
    }],
    on_create: |cx, request| submit(cx, &ELIGIBILITY, request),
    ..REQUEST
};

pub(super) static ASSIGNMENT_REQUESTS: Set = Set {
    ty: "unifiedRoleAssignmentScheduleRequest",
    paths: &["roleManagement/directory/roleAssignmentScheduleRequests"],
    read: ASSIGNMENT_READ,
    create: Some(ASSIGNMENT_WRITE),
    actions: &[Action {
        name: "cancel",
        method: "POST",
        permissions: ASSIGNMENT_WRITE,
        run: |cx, request, _| cancel(cx, &ASSIGNMENT, request),
    }],
    on_create: |cx, request| submit(cx, &ASSIGNMENT, request),
    ..REQUEST
};

pub(super) static ELIGIBILITY_SCHEDULES: Set = Set {
    ty: "unifiedRoleEligibilitySchedule",
    paths: &["roleManagement/directory/roleEligibilitySchedules"],
    read: ELIGIBILITY_READ,
    ..MADE
};

pub(super) static ASSIGNMENT_SCHEDULES: Set = Set {
    ty: "unifiedRoleAssignmentSchedule",
    paths: &["roleManagement/directory/roleAssignmentSchedules"],
    read: ASSIGNMENT_READ,
    ..MADE
};

pub(super) static ELIGIBILITY_INSTANCES: Set = Set {
    ty: "unifiedRoleEligibilityScheduleInstance",
    paths: &["roleManagement/directory/roleEligibilityScheduleInstances"],
    read: ELIGIBILITY_READ,
    ..MADE
};

pub(super) static ASSIGNMENT_INSTANCES: Set = Set {
    ty: "unifiedRoleAssignmentScheduleInstance",
    paths: &["roleManagement/directory/roleAssignmentScheduleInstances"],
    read: ASSIGNMENT_READ,
    ..MADE
};

fn submit(cx: &mut Context, kind: &Kind, request: &mut Properties) -> Outcome<()> {
    let action = text(request, "action").to_owned();
    if action.starts_with("self") {
        let message = "Only a signed-in user can activate, extend or renew their own role.";
        return Err(Refusal::new(403, "UnauthorizedAccess", message));
    }
    for name in ["roleDefinitionId", "principalId"] {
        request.insert(name.into(), text(request, name).to_lowercase().into());
    }
    let role = text(request, "roleDefinitionId").to_owned();
    if cx.seen("unifiedRoleDefinition", &role).is_none() {
        return Err(Refusal::new(400, "RoleNotFound", "The role is not found."));
    }
    check_principal(cx, text(request, "principalId"))?;
    scope(cx, request)?;
    let existing = schedule_of(cx, kind, request);
    request.insert("createdDateTime".into(), now().into());
    request.insert("createdBy".into(), json!({ "application": { "id": cx.caller.object_id } }));
    request.entry("isValidationOnly").or_insert(Value::Bool(false));
    match (action.as_str(), existing) {
        ("adminRemove", None) => Err(Refusal::new(
            400,
            "RoleAssignmentDoesNotExist",
            "The Role assignment does not exist.",
        )),
        ("adminRemove", Some(id)) => {
            end(cx, kind, &id);
            request.insert("status".into(), "Revoked".into());
            Ok(())
        }
        ("adminAssign", Some(_)) => {
            Err(Refusal::new(400, "RoleAssignmentExists", "The Role assignment already exists."))
        }
        ("adminAssign", None) => begin(cx, kind, request),
        (_, None) => Err(Refusal::new(
            400,
            "RoleAssignmentDoesNotExist",
            "The Role assignment does not exist.",
        )),
        (_, Some(id)) => {
            end(cx, kind, &id);
            begin(cx, kind, request)
        }
    }
}

/// The schedule of the same principal, role and scope.
fn schedule_of(cx: &Context, kind: &Kind, request: &Properties) -> Option<String> {
    let same = |schedule: &Properties| {
        ["principalId", "roleDefinitionId"].iter().all(|n| text(schedule, n) == text(request, n))
            && own_scope(schedule) == own_scope(request)
    };
    let mut schedules = cx.state.all(kind.schedule);
    schedules.find(|(_, s)| same(s)).map(|(_, s)| text(s, "id").to_owned())
}

fn begin(cx: &mut Context, kind: &Kind, request: &mut Properties) -> Outcome<()> {
    if kind.needs_justification && text(request, "justification").is_empty() {
        return Err(Refusal::new(
            400,
            "RoleAssignmentRequestPolicyValidationFailed",
            "The following policy rules failed: [\"JustificationRule\"]",
        ));
    }
    let starts_later = schedule_info(request)?;
    let id = text(request, "id").to_owned();
    request.insert("targetScheduleId".into(), id.as_str().into());
    let status = if starts_later { "ScheduleCreated" } else { "Provisioned" };
    request.insert("status".into(), status.into());
    if !starts_later {
        request.insert("completedDateTime".into(), now().into());
    }
    let info = request.get("scheduleInfo").cloned().unwrap_or_default();
    let mut common = Properties::new();
    for name in ["principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"] {
        if let Some(value) = request.get(name) {
            common.insert(name.into(), value.clone());
        }
    }
    common.insert("memberType".into(), "Direct".into());
    if kind.schedule == ASSIGNMENT.schedule {
        common.insert("assignmentType".into(), "Assigned".into());
    }
    let mut schedule = common.clone();
    schedule.insert("id".into(), id.as_str().into());
    schedule.insert("createdUsing".into(), id.as_str().into());
    schedule.insert("createdDateTime".into(), now().into());
    schedule.insert("status".into(), status.into());
    schedule.insert("scheduleInfo".into(), info.clone());
    cx.state.insert(kind.schedule, kind.schedule, schedule);
    if !starts_later {
        let mut instance = common;
        instance.insert("id".into(), format!("{id}-1").into());
        instance.insert(kind.origin.into(), id.into());
        instance.insert("startDateTime".into(), info["startDateTime"].clone());
        if let Some(end) = info.pointer("/expiration/endDateTime") {
            instance.insert("endDateTime".into(), end.clone());
        }
        cx.state.insert(kind.instance, kind.instance, instance);
    }
    Ok(())
}

fn end(cx: &mut Context, kind: &Kind, schedule: &str) {
    cx.state.remove(kind.schedule, schedule, false);
    cx.state.remove(kind.instance, &format!("{schedule}-1"), false);
}

/// Completes when it begins, and checks when it ends; true when it begins later.
fn schedule_info(request: &mut Properties) -> Outcome<bool> {
    let invalid = |what: &str| Refusal::new(400, "InvalidScheduleInfo", what);
    let info = request.get_mut("scheduleInfo").and_then(Value::as_object_mut);
    let info = info.ok_or_else(|| invalid("A schedule is required: 'scheduleInfo' is missing."))?;
    let start = info
        .get("startDateTime")
        .and_then(Value::as_str)
        .and_then(|s| s.parse::<jiff::Timestamp>().ok());
    let starts_later = start.is_some_and(|s| s > jiff::Timestamp::now());
    if !starts_later {
        info.insert("startDateTime".into(), now().into());
    }
    let expiration = info.get("expiration").cloned().unwrap_or_default();
    let set = |name: &str| expiration.get(name).is_some_and(|v| !v.is_null());
    let fits = match expiration.get("type").and_then(Value::as_str) {
        Some("noExpiration") => !set("endDateTime") && !set("duration"),
        Some("afterDateTime") => set("endDateTime"),
        Some("afterDuration") => set("duration"),
        _ => false,
    };
    if fits {
        Ok(starts_later)
    } else {
        Err(invalid("The expiration of the schedule is not valid."))
    }
}

fn cancel(cx: &mut Context, kind: &Kind, request: &Properties) -> Outcome<(u16, Option<Value>)> {
    if text(request, "status") != "ScheduleCreated" {
        return Err(Refusal::new(
            400,
            "RequestCannotBeCancelled",
            "The request is not pending and cannot be cancelled.",
        ));
    }
    let id = text(request, "id").to_owned();
    end(cx, kind, text(request, "targetScheduleId"));
    let mut next = request.clone();
    next.insert("status".into(), "Canceled".into());
    cx.state.replace(kind.request, &id, next);
    Ok((204, None))
}
