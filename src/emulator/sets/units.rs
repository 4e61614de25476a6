//! Administrative units: assigned, dynamic, and those that restrict who may manage their members.

use serde_json::Value;

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Direction, Navigation, Paging, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{flag, key, text};

const READ: Permissions = &[
    &["AdministrativeUnit.Read.All"],
    &["AdministrativeUnit.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const WRITE: Permissions = &[&["AdministrativeUnit.ReadWrite.All"]];
const MEMBERS_WRITE: Permissions = &[
    &["AdministrativeUnit.ReadWrite.All"],
    &["Directory.ReadWrite.All"],
    &["Group.ReadWrite.All"],
];

pub(super) static UNITS: Set = Set {
    ty: "administrativeUnit",
    paths: &["directory/administrativeUnits", "administrativeUnits"],
    service: Service::Directory,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["displayName"],
    create_only: &["isMemberManagementRestricted"],
    read_only: &["id", "deletedDateTime"],
    is_kept: |_| true,
    paging: Paging::Pages(100),
    navigation: &[Navigation {
        name: "members",
        way: Way::Links(Relation::UnitMember, Direction::Forward),
        targets: &["user", "group", "device"],
        read: READ,
        write: Some(MEMBERS_WRITE),
        is_indexed: true,
        on_add: |cx, unit, _| check_membership(cx, unit),
        on_remove: |cx, unit, _| check_membership(cx, unit),
        ..Navigation::MANY
    }],
    on_create: |_, unit| check(unit),
    on_update: |_, _, sent, next| {
        if sent.get("displayName").is_some_and(Value::is_null) {
            return Err(invalid("displayName"));
        }
        check(next)
    },
    ..Set::COLLECTION
};

fn check(unit: &Properties) -> Outcome<()> {
    let set = |name: &str| unit.get(name).and_then(Value::as_str);
    if set("visibility").is_some_and(|v| !["Public", "HiddenMembership"].contains(&v)) {
        return Err(invalid("visibility"));
    }
    if set("membershipType").is_some_and(|t| !["Assigned", "Dynamic"].contains(&t)) {
        return Err(invalid("membershipType"));
    }
    if is_dynamic(unit) {
        if text(unit, "membershipRule").is_empty() {
            return Err(invalid("membershipRule"));
        }
        if !["On", "Paused"].contains(&text(unit, "membershipRuleProcessingState")) {
            return Err(invalid("membershipRuleProcessingState"));
        }
    } else if !text(unit, "membershipRule").is_empty() {
        return Err(invalid("membershipRule"));
    }
    Ok(())
}

fn is_dynamic(unit: &Properties) -> bool {
    text(unit, "membershipType") == "Dynamic"
}

fn check_membership(_: &mut Context, unit: &Properties) -> Outcome<()> {
    if is_dynamic(unit) {
        return Err(Refusal::directory(
            "The members of an administrative unit whose membership is dynamic follow its rule and cannot be changed.",
        ));
    }
    Ok(())
}

/// `isManagementRestricted`: true of what a restricting unit holds, null of all else.
pub(super) fn is_restricted(cx: &Context, object: &Properties) -> Value {
    let units = cx.state.links.sources(Relation::UnitMember, &key(text(object, "id")), cx.now);
    let restricts = |id: &str| {
        cx.seen("administrativeUnit", id)
            .is_some_and(|unit| flag(unit, "isMemberManagementRestricted"))
    };
    if units.iter().any(|id| restricts(id)) { Value::Bool(true) } else { Value::Null }
}

/// Refuses a change to an object that a unit restricts, unless the caller holds a role in that unit, or
/// the change comes from outside, where an administrator of the unit may have made it.
pub(super) fn refuse_restricted(cx: &Context, object: &Properties) -> Outcome<()> {
    let units = cx.state.links.sources(Relation::UnitMember, &key(text(object, "id")), cx.now);
    let restricted = |id: &str| {
        cx.seen("administrativeUnit", id)
            .is_some_and(|unit| flag(unit, "isMemberManagementRestricted"))
    };
    let manages = |id: &str| {
        cx.state.all("unifiedRoleAssignment").any(|(_, a)| {
            text(a, "principalId") == cx.caller.object_id
                && text(a, "directoryScopeId") == format!("/administrativeUnits/{id}")
        })
    };
    if cx.state.immediate || !units.iter().any(|id| restricted(id) && !manages(id)) {
        return Ok(());
    }
    Err(Refusal::new(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation. Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit.",
    ))
}

fn invalid(property: &str) -> Refusal {
    Refusal::directory(format!(
        "Invalid value specified for property '{property}' of resource 'AdministrativeUnit'."
    ))
}
