//! `m365_group`.

use super::AREA;
use crate::catalogue::codec::{
    absent_is_false, absent_is_paused, differ_in_truth, hides_or_shows_members,
};
use crate::catalogue::hybrid::mastered;
use crate::catalogue::lockout;
use crate::declare::{
    Check, Finding, Form, Lookup, More, Permissions, Resource, Rule, boolean, instant, links,
    string, strings,
};
use crate::terraform::{Path, Value};

/// A security group or a Microsoft 365 group.
pub static GROUP: Resource = Resource {
    name: "group",
    area: AREA,
    doc: "A security group or a Microsoft 365 group, with assigned or dynamic membership.\n\n\
        With a `display_name` alone it is a security group. A Microsoft 365 group has \
        `group_types = [\"Unified\"]`; a dynamic one has `\"DynamicMembership\"` and a \
        `membership_rule`. Members are kept apart: see `m365_group_member` and `m365_group_members`. \
        Mail-enabled security groups and distribution lists are Exchange's and cannot be managed \
        here.\n\n\
        A deleted Microsoft 365 group can be restored for 30 days.",
    reference: "https://learn.microsoft.com/graph/api/resources/group",
    path: "/groups",
    entity: "group",
    permissions: Permissions { read: "Group.Read.All", write: "Group.ReadWrite.All" },
    more: &[More {
        what: "Making, changing or removing a role-assignable group",
        permission: super::ROLE_ASSIGNABLE,
        when: |before, after| [before, after].iter().any(|group| is_role_assignable(group)),
    }],
    page: 999,
    attributes: &[
        string("display_name", "The name shown to people. At most 256 characters; not unique.")
            .required()
            .checks(&[Check::Length(1, 256)]).mastered_on_premises(),
        string("description", "What the group is for. At most 1,024 characters.")
            .checks(&[Check::Length(1, 1024)]).mastered_on_premises(),
        boolean("security_enabled", "Whether it is a security group. Defaults to `true` at create.")
            .or_derived(|_| Some(true.into()))
            .mastered_on_premises(),
        boolean(
            "mail_enabled",
            "Whether it has a mailbox. At create, it defaults to `true` for a Microsoft 365 group \
             and to `false` otherwise; nothing else is accepted.",
        )
        .or_derived(has_mailbox)
        .replace("Graph cannot give a group a mailbox or take it away"),
        strings(
            "group_types",
            "`Unified` makes it a Microsoft 365 group, which is fixed when it is made; \
             `DynamicMembership` lets `membership_rule` decide who is a member.",
        )
        .one_of(&["Unified", "DynamicMembership"])
        .replace_when(
            becomes_another_kind,
            "Graph cannot turn a security group into a Microsoft 365 group, or back",
        ),
        string(
            "mail_nickname",
            "The part of the mail address before the `@`, unique among Microsoft 365 groups: at most \
             64 ASCII characters without spaces and `@()\\[]\";:<>,`. At create, it defaults to a \
             form of `display_name`.",
        )
        .or_derived(nickname)
        .checks(&[
            Check::Length(1, 64),
            Check::Pattern(
                r#"^[!-~]+$"#,
                "made of ASCII letters, digits and signs, without spaces",
            ),
            Check::Pattern(r#"^[^@()\\\[\]";:<>,]+$"#, "free of @()\\[]\";:<>,"),
        ]).mastered_on_premises(),
        string(
            "membership_rule",
            "Who is a member of a dynamic group, such as `user.department -eq \"Finance\"`. At most \
             3,072 characters. Takes Microsoft Entra ID P1.",
        )
        .checks(&[Check::Length(1, 3072)]),
        string(
            "membership_rule_processing_state",
            "`On`, or `Paused`: members stay as they are. Set together with `membership_rule`.",
        )
        .same(absent_is_paused)
        .one_of(&["On", "Paused"]),
        boolean(
            "is_assignable_to_role",
            "Whether directory roles can be assigned to it. Such a group has assigned members only, \
             and is managed with the rights of a Privileged Role Administrator. Takes Microsoft \
             Entra ID P1.",
        )
        .optional_computed()
        .same(absent_is_false)
        .replace_when(
            differ_in_truth,
            "Graph fixes when a group is made whether roles can be assigned to it",
        ),
        string(
            "visibility",
            "Who sees a Microsoft 365 group's content and joins it: `Public`, `Private`, or \
             `HiddenMembership`, which also hides the members and is fixed when the group is made. \
             Graph chooses `Public` for Microsoft 365 groups and `Private` for role-assignable ones.",
        )
        .optional_computed()
        .one_of(&["Public", "Private", "HiddenMembership"])
        .replace_when(
            hides_or_shows_members,
            "Graph fixes when a group is made whether its members are hidden",
        ),
        strings(
            "resource_behavior_options",
            "How a Microsoft 365 group behaves in Outlook and Teams: `AllowOnlyMembersToPost`, \
             `HideGroupInOutlook`, `SubscribeNewGroupMembers`, `WelcomeEmailDisabled`. Graph takes \
             them at create only.",
        )
        .optional_computed()
        .one_of(&[
            "AllowOnlyMembersToPost",
            "HideGroupInOutlook",
            "SubscribeNewGroupMembers",
            "WelcomeEmailDisabled",
        ])
        .replace("Graph takes resource_behavior_options only when a group is made"),
        links(
            "owner_ids",
            "The object ids of all owners, users or service principals, at most 100. Not set: owners \
             are left alone. Graph refuses to remove the last owner who is a user.",
        )
        .optional_computed()
        .checks(&[Check::Count(1, 100)]),
        string("mail", "The mail address of a Microsoft 365 group.")
            .computed()
            .follows(&["mail_nickname"]),
        strings("proxy_addresses", "All its mail addresses, the primary one with `SMTP:`.")
            .computed()
            .follows(&["mail_nickname"]),
        string("security_identifier", "Its security identifier (SID) in Windows.").computed(),
        boolean(
            "on_premises_sync_enabled",
            "Whether it is synchronised from on-premises, and so cannot be changed here.",
        )
        .computed(),
        string("on_premises_sam_account_name", "Its SAM account name on-premises.")
            .computed()
            .form(Form::CaseInsensitive),
        string("on_premises_security_identifier", "Its SID on-premises.").computed(),
        instant("created_date_time", "When it was made.").computed(),
    ],
    rules: &[
        Rule::Together(&["membership_rule", "membership_rule_processing_state"]),
        Rule::Needs("group_types", &["DynamicMembership"], &["membership_rule"]),
        Rule::Needs("mail_enabled", &["true"], &["group_types"]),
        Rule::Needs("security_enabled", &["false"], &["group_types"]),
        Rule::Excludes("is_assignable_to_role", &["true"], &["membership_rule"]),
    ],
    judge: Some(contradictions),
    keys: &["display_name", "mail_nickname"],
    data: Some(Lookup { plural: Some("groups") }),
    soft_delete: Some("/directory/deletedItems/{id}"),
    inquiries: &[mastered::of_group],
    retry_on: &["Request_ResourceNotFound"],
    moved_from: &["azuread_group"],
    guard: Some(lockout::group),
    ..Resource::MEMBER
};

fn has_type(types: &Value, wanted: &str) -> bool {
    types.as_elements().into_iter().flatten().any(|found| found.as_str() == Some(wanted))
}

fn has_mailbox(group: &Value) -> Option<Value> {
    let types = group.get("group_types");
    types.is_wholly_known().then(|| has_type(types, "Unified").into())
}

fn becomes_another_kind(before: &Value, after: &Value) -> bool {
    after.is_wholly_known() && has_type(before, "Unified") != has_type(after, "Unified")
}

/// A nickname made of the letters and digits of the display name. Names without any in ASCII get
/// a stable one all the same, so that the same configuration gives the same group.
fn nickname(group: &Value) -> Option<Value> {
    const LONGEST: usize = 64;
    let name = group.get("display_name").as_str()?;
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mut nickname = words.join("-");
    if nickname.is_empty() {
        let digest = name
            .chars()
            .fold(0u32, |digest, letter| digest.wrapping_mul(31).wrapping_add(u32::from(letter)));
        nickname = format!("group-{digest:08x}");
    }
    nickname.truncate(LONGEST);
    Some(nickname.trim_end_matches('-').into())
}

fn is_role_assignable(group: &Value) -> bool {
    group.get("is_assignable_to_role").as_bool() == Some(true)
}

fn contradictions(group: &Value) -> Vec<Finding> {
    [rule_without_effect(group), visibility_of_another_kind(group)].concat()
}

/// A visibility that Graph gives groups of another kind only (Graph reference, `group`, `visibility`).
fn visibility_of_another_kind(group: &Value) -> Vec<Finding> {
    let types = group.get("group_types");
    let refused = match group.get("visibility").as_str() {
        Some("HiddenMembership") if types.is_wholly_known() && !has_type(types, "Unified") => {
            "Only the members of a Microsoft 365 group can be hidden. Add \"Unified\" to group_types, or \
             remove visibility."
        }
        Some("Public") if is_role_assignable(group) => {
            "A group that roles can be assigned to is always private. Remove visibility."
        }
        _ => return Vec::new(),
    };
    vec![Finding::error(
        Path::attribute("visibility"),
        "A group of this kind cannot have this visibility",
        refused,
    )]
}

/// A rule that nothing follows: Graph refuses it, in words that do not name the cause.
fn rule_without_effect(group: &Value) -> Vec<Finding> {
    let types = group.get("group_types");
    let has_rule = group.get("membership_rule").as_str().is_some();
    if !types.is_wholly_known() || has_type(types, "DynamicMembership") || !has_rule {
        return Vec::new();
    }
    vec![Finding::error(
        Path::attribute("membership_rule"),
        "Only a dynamic group has a membership rule",
        "Add \"DynamicMembership\" to group_types, or remove the rule.",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_are_made_of_the_name() {
        let nickname = |name: &str| {
            let derived = nickname(&Value::from([("display_name", name.into())])).unwrap();
            derived.as_str().unwrap().to_owned()
        };
        assert_eq!(nickname("Emergency access (EU)"), "emergency-access-eu");
        assert_eq!(nickname("経理"), nickname("経理"));
        assert_ne!(nickname("経理"), nickname("人事"));
        assert_eq!(nickname(&"abc ".repeat(60)).len(), 63);
        assert!(super::nickname(&Value::from([("display_name", Value::UNKNOWN)])).is_none());
    }

    #[test]
    fn a_mailbox_comes_with_microsoft_365() {
        let group = |types: Value| has_mailbox(&Value::from([("group_types", types)]));
        assert_eq!(group(Value::Null), Some(false.into()));
        assert_eq!(group(Value::set(["Unified".into()])), Some(true.into()));
        assert_eq!(group(Value::UNKNOWN), None);
    }

    #[test]
    fn kinds_are_fixed_and_membership_is_not() {
        let types = |types: &[&str]| Value::set(types.iter().map(|kind| Value::from(*kind)));
        let dynamic = types(&["DynamicMembership"]);
        assert!(!becomes_another_kind(&Value::Null, &dynamic));
        assert!(!becomes_another_kind(&dynamic, &Value::UNKNOWN));
        assert!(becomes_another_kind(&dynamic, &types(&["Unified"])));
    }

    #[test]
    fn visibility_is_of_the_kind() {
        let group = |visibility: &str, types: Value, roles: bool| {
            let group = Value::from([
                ("visibility", visibility.into()),
                ("group_types", types),
                ("is_assignable_to_role", roles.into()),
            ]);
            visibility_of_another_kind(&group).len()
        };
        let unified = || Value::set(["Unified".into()]);
        assert_eq!(group("HiddenMembership", unified(), false), 0);
        assert_eq!(group("HiddenMembership", Value::UNKNOWN, false), 0);
        assert_eq!(group("HiddenMembership", Value::Null, false), 1);
        assert_eq!(group("Public", unified(), true), 1);
        assert_eq!(group("Private", Value::Null, true), 0);
        assert_eq!(group("Public", Value::Null, false), 0);
    }

    #[track_caller]
    fn check<const N: usize>(group: [(&str, Value); N], wrong: bool) {
        assert_eq!(rule_without_effect(&Value::from(group)).len(), usize::from(wrong));
    }

    #[test]
    fn a_rule_takes_a_dynamic_group() {
        let types = |kind: &str| ("group_types", Value::set([kind.into()]));
        let rule = || ("membership_rule", Value::from("true"));
        check([rule()], true);
        check([types("Unified"), rule()], true);
        check([types("DynamicMembership"), rule()], false);
        check([types("Unified")], false);
        check([("group_types", Value::UNKNOWN), rule()], false);
    }
}
