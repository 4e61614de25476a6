//! Groups, their members and owners.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Direction, Filterable, Navigation, Paging, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{flag, key, now, text, texts};
use super::hybrid::SYNC_BEHAVIOR;
use super::licences;
use super::units::{is_restricted, refuse_restricted};
use super::users::{is_nickname, security_identifier};

const READ: Permissions = &[
    &["GroupMember.Read.All"],
    &["Group.ReadBasic.All"],
    &["Group.Read.All"],
    &["Group.ReadWrite.All"],
    &["GroupMember.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const CREATE: Permissions =
    &[&["Group.Create"], &["Group.ReadWrite.All"], &["Directory.ReadWrite.All"]];
const WRITE: Permissions = &[&["Group.ReadWrite.All"], &["Directory.ReadWrite.All"]];
pub(super) const MEMBERSHIP_READ: Permissions = &[
    &["GroupMember.ReadBasic.All"],
    &["GroupMember.Read.All"],
    &["GroupMember.ReadWrite.All"],
    &["Group.Read.All"],
    &["Group.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const MEMBERSHIP_WRITE: Permissions =
    &[&["GroupMember.ReadWrite.All"], &["Group.ReadWrite.All"], &["Directory.ReadWrite.All"]];

/// Kept by Exchange: changed alone, answered with the group.
const EXCHANGE: &[&str] = &[
    "allowExternalSenders",
    "autoSubscribeNewMembers",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "isSubscribedByMail",
    "unseenCount",
];

pub(super) static GROUPS: Set = Set {
    ty: "group",
    paths: &["groups"],
    service: Service::Directory,
    read: READ,
    create: Some(CREATE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["displayName", "mailEnabled", "mailNickname", "securityEnabled"],
    create_only: &["isAssignableToRole", "resourceBehaviorOptions", "mailEnabled"],
    read_only: &[
        "id",
        "createdDateTime",
        "deletedDateTime",
        "mail",
        "proxyAddresses",
        "onPremises*",
        "securityIdentifier",
        "renewedDateTime",
        "expirationDateTime",
        "assignedLicenses",
        "licenseProcessingState",
        "isManagementRestricted",
        "hasMembersWithLicenseErrors",
        "infoCatalogs",
        "isArchived",
        "organizationId",
        "serviceProvisioningErrors",
        "unseenConversationsCount",
        "unseenMessagesCount",
    ],
    on_demand: &[
        "accessType",
        "allowExternalSenders",
        "assignedLabels",
        "assignedLicenses",
        "autoSubscribeNewMembers",
        "hasMembersWithLicenseErrors",
        "hideFromAddressLists",
        "hideFromOutlookClients",
        "isArchived",
        "isFavorite",
        "isSubscribedByMail",
        "licenseProcessingState",
        "onPremisesExtensionAttributes",
        "unseenConversationsCount",
        "unseenCount",
        "unseenMessagesCount",
        "welcomeMessageEnabled",
    ],
    actions: &[SYNC_BEHAVIOR, licences::OF_GROUP],
    is_kept: is_unified,
    paging: Paging::Pages(100),
    filterable: Filterable::Only(&[
        "assignedLabels",
        "assignedLicenses",
        "classification",
        "createdDateTime",
        "deletedDateTime",
        "description",
        "displayName",
        "expirationDateTime",
        "groupTypes",
        "hasMembersWithLicenseErrors",
        "id",
        "isAssignableToRole",
        "licenseProcessingState",
        "mail",
        "mailEnabled",
        "mailNickname",
        "membershipRuleProcessingState",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "preferredDataLocation",
        "preferredLanguage",
        "proxyAddresses",
        "renewedDateTime",
        "securityEnabled",
        "securityIdentifier",
        "uniqueName",
        "visibility",
    ]),
    navigation: &[
        Navigation {
            name: "members",
            read: MEMBERSHIP_READ,
            write: Some(MEMBERSHIP_WRITE),
            targets: &["user", "group", "servicePrincipal", "device", "orgContact"],
            on_add: add_member,
            on_remove: |cx, group, _| check_membership(cx, group),
            ..Navigation::MANY
        },
        Navigation {
            name: "owners",
            way: Way::Links(Relation::Owner, Direction::Forward),
            read: MEMBERSHIP_READ,
            write: Some(WRITE),
            targets: &["user", "servicePrincipal"],
            on_add: |cx, group, _| check_role_assignable(cx, group),
            on_remove: remove_owner,
            ..Navigation::MANY
        },
        Navigation {
            name: "transitiveMembers",
            way: Way::Links(Relation::Member, Direction::Onwards),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "memberOf",
            way: Way::Links(Relation::Member, Direction::Backward),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "transitiveMemberOf",
            way: Way::Links(Relation::Member, Direction::Upwards),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
    ],
    computed: &[("isManagementRestricted", is_restricted)],
    on_create: create,
    on_update: update,
    on_delete: |cx, group| {
        refuse_restricted(cx, group)?;
        check_role_assignable(cx, group)
    },
    patched: |sent| if sent.keys().any(|n| EXCHANGE.contains(&n.as_str())) { 200 } else { 204 },
    ..Set::COLLECTION
};

fn has_type(group: &Properties, ty: &str) -> bool {
    group.get("groupTypes").and_then(Value::as_array).into_iter().flatten().any(|t| t == ty)
}

fn is_unified(group: &Properties) -> bool {
    has_type(group, "Unified")
}

fn is_dynamic(group: &Properties) -> bool {
    has_type(group, "DynamicMembership")
}

fn create(cx: &mut Context, group: &mut Properties) -> Outcome<()> {
    check_kind(group)?;
    check_words(group)?;
    if flag(group, "isAssignableToRole") {
        check_role_assignable(cx, group)?;
        if !flag(group, "securityEnabled") || is_dynamic(group) {
            return Err(Refusal::directory(
                "A group that can be assigned to a role must be a security group whose membership is assigned.",
            ));
        }
        if text(group, "visibility") == "Public" {
            return Err(invalid("visibility"));
        }
    }
    if text(group, "visibility") == "HiddenMembership" && !is_unified(group) {
        return Err(invalid("visibility"));
    }
    let nickname = text(group, "mailNickname").to_owned();
    let id = text(group, "id").to_owned();
    check_nickname_free(cx, group, &nickname, &id)?;
    let private = flag(group, "isAssignableToRole");
    if is_unified(group) {
        let mail = format!("{nickname}@{}", cx.state.default_domain);
        group.insert("proxyAddresses".into(), json!([format!("SMTP:{mail}")]));
        group.insert("mail".into(), mail.into());
        let default = if private { "Private" } else { "Public" };
        group.entry("visibility").or_insert_with(|| json!(default));
    } else if private {
        group.entry("visibility").or_insert_with(|| json!("Private"));
    }
    group.insert("createdDateTime".into(), now().into());
    group.insert("renewedDateTime".into(), now().into());
    group.insert("securityIdentifier".into(), security_identifier(&id).into());
    Ok(())
}

fn update(
    cx: &mut Context,
    old: &Properties,
    sent: &Properties,
    next: &mut Properties,
) -> Outcome<()> {
    refuse_restricted(cx, old)?;
    check_role_assignable(cx, old)?;
    for name in ["displayName", "mailNickname", "securityEnabled"] {
        if sent.get(name).is_some_and(Value::is_null) {
            return Err(invalid(name));
        }
    }
    let exchange = sent.keys().filter(|n| EXCHANGE.contains(&n.as_str())).count();
    if exchange > 0 && (exchange < sent.len() || !is_unified(old)) {
        return Err(Refusal::directory(
            "Properties that Exchange keeps must be changed alone, and of Microsoft 365 groups only.",
        ));
    }
    if sent.contains_key("groupTypes") && is_unified(old) != is_unified(next) {
        return Err(Refusal::directory(
            "The groupType 'Unified' cannot be added to or removed from a group.",
        ));
    }
    if flag(old, "isAssignableToRole") && is_dynamic(next) {
        return Err(Refusal::directory(
            "The membership of a group that can be assigned to a role cannot be dynamic.",
        ));
    }
    let hidden = |group: &Properties| text(group, "visibility") == "HiddenMembership";
    let is_public = text(next, "visibility") == "Public";
    if hidden(old) != hidden(next) || (flag(old, "isAssignableToRole") && is_public) {
        return Err(invalid("visibility"));
    }
    check_kind(next)?;
    check_words(sent)?;
    if let Some(nickname) = sent.get("mailNickname").and_then(Value::as_str) {
        check_nickname_free(cx, next, nickname, text(old, "id"))?;
    }
    Ok(())
}

fn check_kind(group: &Properties) -> Outcome<()> {
    let kinds = group.get("groupTypes").cloned().unwrap_or_default();
    if texts(&json!({ "k": kinds }), "k").any(|k| !["Unified", "DynamicMembership"].contains(&k)) {
        return Err(invalid("groupTypes"));
    }
    let (mail, security) = (flag(group, "mailEnabled"), flag(group, "securityEnabled"));
    if is_unified(group) && !mail {
        return Err(invalid("mailEnabled"));
    }
    if !is_unified(group) && (mail || !security) {
        return Err(Refusal::directory(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        ));
    }
    let (rule, state) =
        (text(group, "membershipRule"), text(group, "membershipRuleProcessingState"));
    if is_dynamic(group) {
        if rule.is_empty() {
            return Err(missing("membershipRule"));
        }
        if !["On", "Paused"].contains(&state) {
            return Err(missing("membershipRuleProcessingState"));
        }
    } else if !rule.is_empty() {
        return Err(Refusal::directory(
            "The membershipRule of a group may be set only when its groupTypes hold 'DynamicMembership'.",
        ));
    }
    Ok(())
}

fn check_words(sent: &Properties) -> Outcome<()> {
    let set = |name: &str| sent.get(name).and_then(Value::as_str);
    if set("displayName").is_some_and(|n| n.chars().count() > 256) {
        return Err(invalid("displayName"));
    }
    if set("description").is_some_and(|n| n.chars().count() > 1024) {
        return Err(invalid("description"));
    }
    if set("mailNickname").is_some_and(|n| !is_nickname(n)) {
        return Err(invalid("mailNickname"));
    }
    if set("visibility").is_some_and(|v| !["Public", "Private", "HiddenMembership"].contains(&v)) {
        return Err(invalid("visibility"));
    }
    Ok(())
}

/// The nickname of a group with a mail address is its alone.
fn check_nickname_free(cx: &Context, group: &Properties, nickname: &str, id: &str) -> Outcome<()> {
    let taken = is_unified(group)
        && cx.state.all("group").any(|(_, other)| {
            is_unified(other)
                && text(other, "id") != id
                && text(other, "mailNickname").eq_ignore_ascii_case(nickname)
        });
    if taken { Err(Refusal::taken("mailNickname")) } else { Ok(()) }
}

/// What changes a role-assignable group changes who holds a role.
fn check_role_assignable(cx: &Context, group: &Properties) -> Outcome<()> {
    let needed = "RoleManagement.ReadWrite.Directory";
    let allowed = cx.caller.roles.as_ref().is_none_or(|roles| roles.iter().any(|r| r == needed));
    if flag(group, "isAssignableToRole") && !allowed {
        let message = "Insufficient privileges to complete the operation.";
        return Err(Refusal::new(403, "Authorization_RequestDenied", message));
    }
    Ok(())
}

fn check_membership(cx: &mut Context, group: &Properties) -> Outcome<()> {
    refuse_restricted(cx, group)?;
    check_role_assignable(cx, group)?;
    if is_dynamic(group) {
        return Err(Refusal::directory(
            "The members of a group whose membership is dynamic follow its rule and cannot be changed.",
        ));
    }
    if flag(group, "onPremisesSyncEnabled") {
        return Err(Refusal::directory(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration: 'members'.",
        ));
    }
    Ok(())
}

fn add_member(cx: &mut Context, group: &Properties, member: &Properties) -> Outcome<()> {
    check_membership(cx, group)?;
    let id = text(member, "id");
    let kind = cx.state.directory_object(id).map(|(set, _)| set).unwrap_or_default();
    if id == text(group, "id") {
        return Err(Refusal::directory("A group cannot be a member of itself."));
    }
    let refused = (is_unified(group) && kind != "user")
        || (kind == "group" && (flag(group, "isAssignableToRole") || is_unified(member)));
    if refused {
        return Err(Refusal::directory(format!(
            "An object of the type '{kind}' cannot be a member of this group."
        )));
    }
    Ok(())
}

fn remove_owner(cx: &mut Context, group: &Properties, owner: &Properties) -> Outcome<()> {
    check_role_assignable(cx, group)?;
    let is_user =
        cx.state.directory_object(text(owner, "id")).is_some_and(|(set, _)| set == "user");
    if is_user && cx.state.links.count(Relation::Owner, &key(text(group, "id"))) == 1 {
        return Err(Refusal::directory(
            "The group must have at least one owner, hence this owner cannot be removed.",
        ));
    }
    Ok(())
}

fn invalid(property: &str) -> Refusal {
    Refusal::directory(format!(
        "Invalid value specified for property '{property}' of resource 'Group'."
    ))
}

fn missing(property: &str) -> Refusal {
    Refusal::directory(format!(
        "A value is required for property '{property}' of resource 'Group'."
    ))
}
