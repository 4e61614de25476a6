//! Privileged Identity Management: roles and groups held for a time.
//!
//! Four families (eligible or active, of a role or of a group) work alike: a request, never changed
//! itself, makes, changes or ends a schedule; a schedule in effect has an instance, and an active
//! one is a role assignment or a membership. What a request may ask is decided by the policy of the
//! role or group (`role_policies`). Time does the rest, in [`settle`]: schedules begin and end, and
//! requests are deleted after 30 days.
//!
//! Graph refuses to end an assignment in its first five minutes. Here that rule holds where
//! `POST /_emulator/pim` asks for it (`{"minimum_seconds": 300}`), for who tests on this Graph would
//! wait as long; `{"ahead_seconds": ..}` sets the clock forward, `{"provisioning_seconds": ..}` has
//! requests wait before they are carried out, and `{"provisioning_fails": true}` has them fail then.
//! Whether a schedule is listed after its end is not documented: `{"keeps_ended": true}` has it so.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Action, Filterable, Navigation, Paging, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{State, flag, key, text};
use super::period::{ends, starts, window};
use super::role_policies;

/// One family of requests, schedules and instances.
pub(super) struct Family {
    request: &'static str,
    schedule: &'static str,
    instance: &'static str,
    /// The property of an instance that holds the id of its schedule.
    of: &'static str,
    /// The properties that say what a schedule is of; there is one of each.
    subject: &'static [&'static str],
    pub(super) is_active: bool,
    pub(super) is_group: bool,
}

const ROLE_SUBJECT: &[&str] =
    &["principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"];
const GROUP_SUBJECT: &[&str] = &["groupId", "principalId", "accessId"];

static ROLE_ELIGIBLE: Family = Family {
    request: "unifiedRoleEligibilityScheduleRequest",
    schedule: "unifiedRoleEligibilitySchedule",
    instance: "unifiedRoleEligibilityScheduleInstance",
    of: "roleEligibilityScheduleId",
    subject: ROLE_SUBJECT,
    is_active: false,
    is_group: false,
};
static ROLE_ACTIVE: Family = Family {
    request: "unifiedRoleAssignmentScheduleRequest",
    schedule: "unifiedRoleAssignmentSchedule",
    instance: "unifiedRoleAssignmentScheduleInstance",
    of: "roleAssignmentScheduleId",
    is_active: true,
    ..ROLE_ELIGIBLE
};
static GROUP_ELIGIBLE: Family = Family {
    request: "privilegedAccessGroupEligibilityScheduleRequest",
    schedule: "privilegedAccessGroupEligibilitySchedule",
    instance: "privilegedAccessGroupEligibilityScheduleInstance",
    of: "eligibilityScheduleId",
    subject: GROUP_SUBJECT,
    is_active: false,
    is_group: true,
};
static GROUP_ACTIVE: Family = Family {
    request: "privilegedAccessGroupAssignmentScheduleRequest",
    schedule: "privilegedAccessGroupAssignmentSchedule",
    instance: "privilegedAccessGroupAssignmentScheduleInstance",
    of: "assignmentScheduleId",
    is_active: true,
    ..GROUP_ELIGIBLE
};
static FAMILIES: [&Family; 4] = [&ROLE_ELIGIBLE, &ROLE_ACTIVE, &GROUP_ELIGIBLE, &GROUP_ACTIVE];

/// A permission, its stronger forms, and those of all role management.
macro_rules! permissions {
    ($read:ident $write:ident $($stem:literal $of:literal $($more:literal)*;)+) => {
        $(pub(super) const $read: Permissions = &[
            &[concat!($stem, ".Read.", $of)], &[concat!($stem, ".ReadWrite.", $of)],
            $(&[concat!("RoleManagement.Read.", $more)], &[concat!("RoleManagement.ReadWrite.", $more)]),*
        ];
        const $write: Permissions = &[
            &[concat!($stem, ".ReadWrite.", $of)], $(&[concat!("RoleManagement.ReadWrite.", $more)]),*
        ];)+
    };
}

permissions! { ELIGIBLE_READ ELIGIBLE_WRITE "RoleEligibilitySchedule" "Directory" "Directory"; }
permissions! { ACTIVE_READ ACTIVE_WRITE "RoleAssignmentSchedule" "Directory" "Directory"; }
permissions! { GROUP_ELIGIBLE_READ GROUP_ELIGIBLE_WRITE "PrivilegedEligibilitySchedule" "AzureADGroup"; }
permissions! { GROUP_ACTIVE_READ GROUP_ACTIVE_WRITE "PrivilegedAssignmentSchedule" "AzureADGroup"; }

const ONE: Navigation =
    Navigation { single: true, read: &[&["RoleManagement.Read.Directory"]], ..Navigation::MANY };
const PRINCIPAL: Navigation =
    Navigation { name: "principal", way: Way::Property("principalId", "directoryObject"), ..ONE };

const ROLES: Set = Set {
    service: Service::Roles,
    paging: Paging::Pages(100),
    navigation: &[
        PRINCIPAL,
        Navigation {
            name: "roleDefinition",
            way: Way::Property("roleDefinitionId", "unifiedRoleDefinition"),
            ..ONE
        },
    ],
    on_read: settle,
    ..Set::COLLECTION
};
const OF_GROUPS: Set = Set {
    must_filter: &["groupId", "principalId"],
    navigation: &[
        PRINCIPAL,
        Navigation { name: "group", way: Way::Property("groupId", "group"), ..ONE },
    ],
    ..ROLES
};

/// What requests can be filtered by (pages of the entities).
const ROLE_REQUESTS_BY: &[&str] = &[
    "principalId",
    "roleDefinitionId",
    "directoryScopeId",
    "appScopeId",
    "status",
    "targetScheduleId",
];
const GROUP_REQUESTS_BY: &[&str] =
    &["id", "principalId", "groupId", "createdBy", "status", "targetScheduleId"];

/// What Graph fills in of a request.
const GIVEN: &[&str] =
    &["id", "approvalId", "completedDateTime", "createdBy", "createdDateTime", "status"];

macro_rules! family {
    ($family:ident $base:ident $read:ident $write:ident $paths:tt) => {
        family!(@sets $family $base $read $write $paths);
    };
    (@sets $family:ident $base:ident $read:ident $write:ident
     [$requests:ident $request_path:literal, $schedules:ident $schedule_path:literal,
      $instances:ident $instance_path:literal, $required:expr]) => {
        pub(super) static $requests: Set = Set {
            ty: $family.request,
            paths: &[$request_path],
            read: $read,
            create: Some($write),
            required: $required,
            filterable: Filterable::Only(if $family.is_group {
                GROUP_REQUESTS_BY
            } else {
                ROLE_REQUESTS_BY
            }),
            read_only: GIVEN,
            actions: &[Action {
                name: "cancel",
                method: "POST",
                permissions: $write,
                run: |cx, request, _| cancel(cx, &$family, request),
            }],
            on_create: |cx, request| ask(cx, &$family, request),
            ..$base
        };
        pub(super) static $schedules: Set =
            Set { ty: $family.schedule, paths: &[$schedule_path], read: $read, ..$base };
        pub(super) static $instances: Set =
            Set { ty: $family.instance, paths: &[$instance_path], read: $read, ..$base };
    };
}

const ROLE_REQUIRED: &[&str] = &["action", "principalId", "roleDefinitionId"];
const GROUP_REQUIRED: &[&str] = &["action", "principalId", "groupId", "accessId"];

family!(ROLE_ELIGIBLE ROLES ELIGIBLE_READ ELIGIBLE_WRITE [
    ELIGIBILITY_REQUESTS "roleManagement/directory/roleEligibilityScheduleRequests",
    ELIGIBILITIES "roleManagement/directory/roleEligibilitySchedules",
    ELIGIBILITY_INSTANCES "roleManagement/directory/roleEligibilityScheduleInstances", ROLE_REQUIRED]);
family!(ROLE_ACTIVE ROLES ACTIVE_READ ACTIVE_WRITE [
    ASSIGNMENT_REQUESTS "roleManagement/directory/roleAssignmentScheduleRequests",
    ASSIGNMENTS "roleManagement/directory/roleAssignmentSchedules",
    ASSIGNMENT_INSTANCES "roleManagement/directory/roleAssignmentScheduleInstances", ROLE_REQUIRED]);
family!(GROUP_ELIGIBLE OF_GROUPS GROUP_ELIGIBLE_READ GROUP_ELIGIBLE_WRITE [
    GROUP_ELIGIBILITY_REQUESTS "identityGovernance/privilegedAccess/group/eligibilityScheduleRequests",
    GROUP_ELIGIBILITIES "identityGovernance/privilegedAccess/group/eligibilitySchedules",
    GROUP_ELIGIBILITY_INSTANCES "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
    GROUP_REQUIRED]);
family!(GROUP_ACTIVE OF_GROUPS GROUP_ACTIVE_READ GROUP_ACTIVE_WRITE [
    GROUP_ASSIGNMENT_REQUESTS "identityGovernance/privilegedAccess/group/assignmentScheduleRequests",
    GROUP_ASSIGNMENTS "identityGovernance/privilegedAccess/group/assignmentSchedules",
    GROUP_ASSIGNMENT_INSTANCES "identityGovernance/privilegedAccess/group/assignmentScheduleInstances",
    GROUP_REQUIRED]);

/// A new request: checked, carried out, and completed with what Graph fills in.
fn ask(cx: &mut Context, family: &Family, request: &mut Properties) -> Outcome<()> {
    settle(cx);
    let now = cx.state.clock();
    let recurrence = request.get("scheduleInfo").and_then(|info| info.get("recurrence"));
    if recurrence.is_some_and(|recurrence| !recurrence.is_null()) {
        return Err(refused("InvalidScheduleInfo", "A recurrence is not supported."));
    }
    for name in family.subject.iter().filter(|name| **name != "accessId") {
        if let Some(Value::String(id)) = request.get_mut(*name) {
            *id = id.to_lowercase();
        }
    }
    check_subject(cx, family, request)?;
    let pending = |(_, other): (_, &Properties)| {
        text(other, "status").starts_with("Pending") && same(family, other, request)
    };
    if cx.state.all(family.request).any(pending) {
        let message = "There is a pending request for this role assignment.";
        return Err(refused("PendingRoleAssignmentRequest", message));
    }
    let there = schedule_of(cx.state, family, request).cloned();
    let id = text(request, "id").to_owned();
    let action = text(request, "action").to_owned();
    let (mut status, target) = match (action.as_str(), there) {
        ("adminRenew", Some(schedule)) if !is_over(&schedule, now) => {
            let message = format!("{} has not ended.", text(&schedule, "id"));
            return Err(refused("RoleAssignmentHasNotExpired", message));
        }
        ("adminUpdate" | "adminExtend" | "adminRemove", Some(schedule))
            if is_over(&schedule, now) =>
        {
            let message = "The Role assignment does not exist.";
            return Err(refused("RoleAssignmentDoesNotExist", message));
        }
        ("adminAssign", Some(_)) => {
            return Err(refused("RoleAssignmentExists", "The Role assignment already exists."));
        }
        ("adminAssign" | "adminRenew", None) => {
            let info = window(request, now)?;
            role_policies::check(cx, family, request, &info)?;
            let target = match family.is_group {
                true => format!("{}_{}_{id}", text(request, "groupId"), text(request, "accessId")),
                false => id.clone(),
            };
            let status = if starts(&info).is_some_and(|start| start > now) {
                "ScheduleCreated"
            } else {
                PROVISIONED
            };
            request.insert("scheduleInfo".into(), info);
            (status, target)
        }
        ("adminUpdate" | "adminExtend" | "adminRenew", Some(schedule)) => {
            let info = window(request, now)?;
            role_policies::check(cx, family, request, &info)?;
            old_enough(cx.state, &schedule, now)?;
            request.insert("scheduleInfo".into(), info);
            (PROVISIONED, text(&schedule, "id").to_owned())
        }
        ("adminRemove", Some(schedule)) => {
            old_enough(cx.state, &schedule, now)?;
            ("Revoked", text(&schedule, "id").to_owned())
        }
        ("adminUpdate" | "adminExtend" | "adminRemove", None) => {
            let message = "The Role assignment does not exist.";
            return Err(refused("RoleAssignmentDoesNotExist", message));
        }
        (other, _) => {
            let message = format!("Only a signed-in user can ask for '{other}', for themselves.");
            return Err(Refusal::new(403, "UnauthorizedAccess", message));
        }
    };
    let waits = status == PROVISIONED && !cx.state.provisioning.is_zero();
    if waits {
        status = PENDING;
    }
    request.insert("targetScheduleId".into(), target.as_str().into());
    request.insert("status".into(), status.into());
    request.insert("createdDateTime".into(), now.to_string().into());
    request.insert("completedDateTime".into(), now.to_string().into());
    let caller = json!({ "user": { "id": cx.caller.object_id } });
    request.insert("createdBy".into(), caller);
    request.entry("isValidationOnly").or_insert(false.into());
    if !waits && !flag(request, "isValidationOnly") {
        carry_out(cx.state, family, request, &action, &target, now);
        settle(cx);
    }
    Ok(())
}

const PROVISIONED: &str = "Provisioned";
const PENDING: &str = "PendingProvisioning";

/// Carries out the requests that have waited long enough.
fn provision(cx: &mut Context, family: &Family, now: Timestamp) {
    for mut request in all(cx.state, family.request) {
        let made: Option<Timestamp> = text(&request, "createdDateTime").parse().ok();
        let due = made.is_some_and(|made| now.duration_since(made) >= cx.state.provisioning);
        if text(&request, "status") != PENDING || !due {
            continue;
        }
        let fails = cx.state.provisioning_fails;
        request.insert("status".into(), if fails { "Failed" } else { PROVISIONED }.into());
        let (id, action) = (text(&request, "id").to_owned(), text(&request, "action").to_owned());
        let target = text(&request, "targetScheduleId").to_owned();
        cx.state.replace(family.request, &id, request.clone());
        if !fails {
            carry_out(cx.state, family, &request, &action, &target, now);
        }
    }
}

fn carry_out(
    state: &mut State,
    family: &Family,
    request: &Properties,
    action: &str,
    target: &str,
    now: Timestamp,
) {
    let there = state.get(family.schedule, target).and_then(|s| s.current()).cloned();
    match (action, there) {
        ("adminRemove", Some(schedule)) => end(state, family, &schedule),
        (_, Some(mut schedule)) => {
            let later = starts(&request["scheduleInfo"]).is_some_and(|start| start > now);
            stop(state, family, &schedule, later);
            schedule.insert("scheduleInfo".into(), request["scheduleInfo"].clone());
            schedule.insert("modifiedDateTime".into(), now.to_string().into());
            schedule.insert("createdUsing".into(), request["id"].clone());
            state.replace(family.schedule, target, schedule);
        }
        (_, None) => {
            let mut schedule = subject(family, request);
            let direct = if family.is_group { "direct" } else { "Direct" };
            schedule.insert("id".into(), target.into());
            schedule.insert("createdUsing".into(), request["id"].clone());
            schedule.insert("createdDateTime".into(), now.to_string().into());
            schedule.insert("status".into(), PROVISIONED.into());
            schedule.insert("memberType".into(), direct.into());
            schedule.insert("scheduleInfo".into(), request["scheduleInfo"].clone());
            if family.is_active {
                let assigned = if family.is_group { "assigned" } else { "Assigned" };
                schedule.insert("assignmentType".into(), assigned.into());
            }
            state.insert(family.schedule, family.schedule, schedule);
        }
    }
}

/// Takes back a request that has not come into effect.
fn cancel(
    cx: &mut Context,
    family: &Family,
    request: &Properties,
) -> Outcome<(u16, Option<Value>)> {
    settle(cx);
    let status = text(request, "status");
    if status != "ScheduleCreated" && !status.starts_with("Pending") {
        let message = format!("A request with the status {status} cannot be cancelled.");
        return Err(refused("RoleAssignmentRequestCannotBeCancelled", message));
    }
    let schedule = text(request, "targetScheduleId");
    if let Some(schedule) =
        cx.state.get(family.schedule, schedule).and_then(|s| s.current()).cloned()
    {
        end(cx.state, family, &schedule);
    }
    let mut cancelled = request.clone();
    cancelled.insert("status".into(), "Canceled".into());
    cx.state.replace(family.request, text(request, "id"), cancelled);
    Ok((204, None))
}

/// What time and others have done: schedules begin and end, plain role assignments show as
/// schedules, old requests are deleted.
pub(super) fn settle(cx: &mut Context) {
    let now = cx.state.clock();
    for family in FAMILIES {
        provision(cx, family, now);
        for schedule in all(cx.state, family.schedule) {
            let info = schedule.get("scheduleInfo").cloned().unwrap_or_default();
            let id = text(&schedule, "id");
            let instance = format!("{id}-1");
            let began =
                cx.state.get(family.instance, &instance).is_some_and(|i| i.current().is_some());
            let is_over = is_over(&schedule, now);
            if is_over && cx.state.keeps_ended {
                stop(cx.state, family, &schedule, true);
            } else if is_over || (began && !holds(cx.state, family, &schedule)) {
                end(cx.state, family, &schedule);
            } else if !began && starts(&info).is_none_or(|start| start <= now) {
                begin(cx.state, family, &schedule, &instance);
            }
        }
        for request in all(cx.state, family.request) {
            let made: Option<Timestamp> = text(&request, "createdDateTime").parse().ok();
            if made.is_some_and(|made| now.duration_since(made) > KEPT) {
                cx.state.remove(family.request, text(&request, "id"), false);
            }
        }
    }
    for assignment in all(cx.state, "unifiedRoleAssignment") {
        if schedule_of(cx.state, &ROLE_ACTIVE, &assignment).is_none() {
            let mut schedule = subject(&ROLE_ACTIVE, &assignment);
            let start = now.to_string();
            for (name, value) in [
                ("id", text(&assignment, "id").into()),
                ("status", PROVISIONED.into()),
                ("memberType", "Direct".into()),
                ("assignmentType", "Assigned".into()),
                (
                    "scheduleInfo",
                    json!({ "startDateTime": start, "expiration": { "type": "noExpiration" } }),
                ),
            ] {
                schedule.insert(name.into(), value);
            }
            let instance = format!("{}-1", text(&assignment, "id"));
            cx.state.insert(ROLE_ACTIVE.schedule, ROLE_ACTIVE.schedule, schedule.clone());
            begin(cx.state, &ROLE_ACTIVE, &schedule, &instance);
        }
    }
}

fn is_over(schedule: &Properties, now: Timestamp) -> bool {
    schedule.get("scheduleInfo").and_then(ends).is_some_and(|end| end <= now)
}

/// How long a request is kept (public reports say 30 to 45 days).
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

fn begin(state: &mut State, family: &Family, schedule: &Properties, instance: &str) {
    let info = schedule.get("scheduleInfo").cloned().unwrap_or_default();
    let mut made = subject(family, schedule);
    made.insert("id".into(), instance.into());
    made.insert(family.of.into(), text(schedule, "id").into());
    made.insert("startDateTime".into(), info["startDateTime"].clone());
    if let Some(end) = ends(&info) {
        made.insert("endDateTime".into(), end.to_string().into());
    }
    for name in ["memberType", "assignmentType"] {
        if let Some(value) = schedule.get(name) {
            made.insert(name.into(), value.clone());
        }
    }
    state.insert(family.instance, family.instance, made);
    if family.is_active && !holds(state, family, schedule) {
        match relation(family, schedule) {
            Some((relation, group, principal)) => {
                let since = state.lagged();
                state.links.add(relation, &key(&group), &key(&principal), since);
            }
            None => {
                let mut assignment = subject(family, schedule);
                assignment.insert("id".into(), format!("{}-a", text(schedule, "id")).into());
                state.insert("unifiedRoleAssignment", "unifiedRoleAssignment", assignment);
            }
        }
    }
}

/// Whether the role assignment or membership behind an active schedule is there.
fn holds(state: &State, family: &Family, schedule: &Properties) -> bool {
    if !family.is_active {
        return true;
    }
    match relation(family, schedule) {
        Some((relation, group, principal)) => {
            state.links.holds(relation, &key(&group), &key(&principal))
        }
        None => state.all("unifiedRoleAssignment").any(|(_, a)| same(family, a, schedule)),
    }
}

fn end(state: &mut State, family: &Family, schedule: &Properties) {
    stop(state, family, schedule, true);
    state.remove(family.schedule, text(schedule, "id"), false);
    for mut request in all(state, family.request) {
        if text(&request, "targetScheduleId") == text(schedule, "id") {
            request.insert("status".into(), "Revoked".into());
            let id = text(&request, "id").to_owned();
            state.replace(family.request, &id, request);
        }
    }
}

/// Takes a schedule out of effect; `wholly` with what it gave.
fn stop(state: &mut State, family: &Family, schedule: &Properties, wholly: bool) {
    state.remove(family.instance, &format!("{}-1", text(schedule, "id")), false);
    if !wholly || !family.is_active {
        return;
    }
    match relation(family, schedule) {
        Some((relation, group, principal)) => {
            let until = state.lagged();
            state.links.remove(relation, &key(&group), &key(&principal), until);
        }
        None => {
            let found = state.all("unifiedRoleAssignment").find(|(_, a)| same(family, a, schedule));
            if let Some(id) = found.map(|(_, a)| text(a, "id").to_owned()) {
                state.remove("unifiedRoleAssignment", &id, false);
            }
        }
    }
}

fn relation(family: &Family, schedule: &Properties) -> Option<(Relation, String, String)> {
    let relation =
        if text(schedule, "accessId") == "owner" { Relation::Owner } else { Relation::Member };
    let ids = (text(schedule, "groupId").to_owned(), text(schedule, "principalId").to_owned());
    family.is_group.then_some((relation, ids.0, ids.1))
}

fn all(state: &State, ty: &'static str) -> Vec<Properties> {
    state.all(ty).map(|(_, properties)| properties.clone()).collect()
}

fn subject(family: &Family, from: &Properties) -> Properties {
    let given = family.subject.iter().filter_map(|name| {
        Some(((*name).to_owned(), from.get(*name).filter(|value| !value.is_null())?.clone()))
    });
    given.collect()
}

fn same(family: &Family, a: &Properties, b: &Properties) -> bool {
    family.subject.iter().all(|name| text(a, name).eq_ignore_ascii_case(text(b, name)))
}

fn schedule_of<'s>(state: &'s State, family: &Family, of: &Properties) -> Option<&'s Properties> {
    state.all(family.schedule).map(|(_, s)| s).find(|s| same(family, s, of))
}

fn check_subject(cx: &Context, family: &Family, request: &Properties) -> Outcome<()> {
    let principal = cx.directory_object(text(request, "principalId"));
    let Some((kind, principal)) = principal else {
        return Err(refused("SubjectNotFound", "The subject is not found."));
    };
    if family.is_group {
        let group = cx.seen("group", text(request, "groupId"));
        let group =
            group.ok_or_else(|| refused("ResourceNotFound", "The resource is not found."))?;
        let dynamic = group.get("groupTypes").and_then(Value::as_array);
        if dynamic.is_some_and(|types| types.contains(&json!("DynamicMembership"))) {
            let message = "A group with dynamic membership cannot be managed.";
            return Err(refused("ResourceTypeNotSupported", message));
        }
        return Ok(());
    }
    if cx.seen("unifiedRoleDefinition", text(request, "roleDefinitionId")).is_none() {
        return Err(refused("RoleNotFound", "The role is not found."));
    }
    if kind == "group" && !flag(principal, "isAssignableToRole") {
        let message = "The group cannot be assigned to a role: isAssignableToRole is not true.";
        return Err(refused("InvalidSubject", message));
    }
    if kind == "servicePrincipal" && !family.is_active {
        let message = "A service principal cannot be eligible for a role.";
        return Err(refused("InvalidSubject", message));
    }
    super::roles::scope(cx, request).map(drop)
}

fn old_enough(state: &State, schedule: &Properties, now: Timestamp) -> Outcome<()> {
    let began = starts(&schedule["scheduleInfo"]).filter(|start| *start <= now);
    match began {
        Some(start) if now.duration_since(start) < state.shortest => Err(refused(
            "ActiveDurationTooShort",
            "The Active duration is too short. Miniumum Required is 5 minutes.",
        )),
        _ => Ok(()),
    }
}

pub(super) fn refused(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(400, code, message)
}
