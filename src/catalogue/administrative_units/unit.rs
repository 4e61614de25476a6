//! `m365_administrative_unit`.

use super::AREA;
use crate::catalogue::codec::{absent_is_false, absent_is_paused, differ_in_truth};
use crate::declare::{Check, Finding, Lookup, Permissions, Resource, Rule, boolean, string};
use crate::terraform::{Path, Value};

/// A part of the directory that is administered on its own.
pub static ADMINISTRATIVE_UNIT: Resource = Resource {
    name: "administrative_unit",
    area: AREA,
    doc: "A part of the directory whose users, groups and devices are administered on their own: roles \
        are assigned for the unit by `m365_role_assignment` with \
        `directory_scope_id = \"/administrativeUnits/<id>\"`.\n\n\
        Members are kept apart: see `m365_administrative_unit_member`. A deleted unit can be restored \
        for 30 days. Delegated callers need the Privileged Role Administrator role; every administrator \
        of a unit needs Microsoft Entra ID P1.",
    reference: "https://learn.microsoft.com/graph/api/resources/administrativeunit",
    path: "/directory/administrativeUnits",
    entity: "administrativeUnit",
    permissions: Permissions {
        read: "AdministrativeUnit.Read.All",
        write: "AdministrativeUnit.ReadWrite.All",
    },
    page: 999,
    attributes: &[
        string("display_name", "The name shown to administrators; not unique.")
            .required()
            .checks(&[Check::Length(1, 256)]),
        string("description", "What the unit is for."),
        string(
            "visibility",
            "`Public`, or `HiddenMembership`: only its members and administrators see who is in it. \
             Graph chooses public.",
        )
        .optional_computed()
        .one_of(&["Public", "HiddenMembership"]),
        boolean(
            "is_member_management_restricted",
            "Whether only administrators of the unit, and not those of the whole tenant, can change \
             its members (restricted management). Fixed when the unit is made. The application that \
             runs Terraform then needs a role in the unit to change its members.",
        )
        .optional_computed()
        .same(absent_is_false)
        .replace_when(
            differ_in_truth,
            "Graph fixes when an administrative unit is made whether its management is restricted",
        ),
        string(
            "membership_type",
            "`Assigned`, or `Dynamic`: `membership_rule` decides who is a member. Graph chooses \
             `Assigned`.",
        )
        .optional_computed()
        .one_of(&["Assigned", "Dynamic"]),
        string(
            "membership_rule",
            "Who is a member of a dynamic unit, such as `user.country -eq \"Netherlands\"`. Users or \
             devices, not both. At most 3,072 characters.",
        )
        .checks(&[Check::Length(1, 3072)]),
        string(
            "membership_rule_processing_state",
            "`On`, or `Paused`: members stay as they are. Set together with `membership_rule`.",
        )
        .same(absent_is_paused)
        .one_of(&["On", "Paused"]),
    ],
    rules: &[
        Rule::Together(&["membership_rule", "membership_rule_processing_state"]),
        Rule::Needs("membership_type", &["Dynamic"], &["membership_rule"]),
        Rule::Excludes("membership_type", &["Assigned"], &["membership_rule"]),
    ],
    judge: Some(rule_without_effect),
    keys: &["display_name"],
    data: Some(Lookup { plural: None }),
    soft_delete: Some("/directory/deletedItems/{id}"),
    moved_from: &["azuread_administrative_unit"],
    ..Resource::MEMBER
};

/// A rule that nothing follows: Graph refuses it, in words that do not name the cause.
fn rule_without_effect(unit: &Value) -> Vec<Finding> {
    let kind = unit.get("membership_type");
    let has_rule = unit.get("membership_rule").as_str().is_some();
    if !has_rule || kind.is_unknown() || kind.as_str() == Some("Dynamic") {
        return Vec::new();
    }
    vec![Finding::error(
        Path::attribute("membership_rule"),
        "Only a dynamic administrative unit has a membership rule",
        "Set membership_type to \"Dynamic\", or remove the rule.",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Value, wrong: bool) {
        let unit = Value::from([("membership_type", kind), ("membership_rule", "true".into())]);
        assert_eq!(rule_without_effect(&unit).len(), usize::from(wrong));
    }

    #[test]
    fn a_rule_takes_a_dynamic_unit() {
        check("Dynamic".into(), false);
        check("Assigned".into(), true);
        check(Value::Null, true);
        check(Value::UNKNOWN, false);
        assert_eq!(rule_without_effect(&Value::Null), []);
    }
}
