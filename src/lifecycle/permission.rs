//! Whether the access token can do what a plan wants, told before anything is changed.
//!
//! A token of an application lists the application permissions that were granted (`roles`). Where
//! the declared one is not among them, and none that is known to include it, the plan says so. It
//! says so in a warning: Microsoft adds permissions that include others, and Graph has the last word.

use serde_json::Value as Json;

use crate::declare::Resource;
use crate::terraform::{Diagnostic, Value};

/// The permissions that changing `prior` (null for a create) to `planned` (null for a destroy) takes.
pub(super) fn needed(resource: &Resource, prior: &Value, planned: &Value) -> Vec<&'static str> {
    let always = resource.permissions.write.split(" + ").filter(|needed| !needed.is_empty());
    let more = resource.more.iter().filter(|more| (more.when)(prior, planned));
    always.chain(more.map(|more| more.permission)).collect()
}

/// What is missing of what is needed, as a warning; `None` where nothing is, or where the token does
/// not tell (a person's token carries the person's own rights).
pub(super) fn missing(name: &str, needed: &[&str], claims: &Json) -> Option<Diagnostic> {
    let granted: Vec<&str> = claims["roles"].as_array()?.iter().filter_map(Json::as_str).collect();
    let needed = needed.iter().copied();
    let missing: Vec<&str> =
        needed.filter(|needed| !granted.iter().any(|granted| includes(granted, needed))).collect();
    if missing.is_empty() {
        return None;
    }
    let client = claims["app_displayname"].as_str().or(claims["appid"].as_str()).unwrap_or("?");
    let missing = missing.join(" and ");
    Some(Diagnostic::warning(
        format!("Applying {name} will probably be refused: {missing} is not granted"),
        format!(
            "The access token of the application {client} lists the permissions that it was granted, \
             and {missing} is not among them. Grant the application permission and consent to it \
             as an administrator; a token keeps the permissions that it was issued with."
        ),
    ))
}

/// Whether one permission includes the other: the same, writing for reading, or one that is enough
/// instead.
fn includes(granted: &str, needed: &str) -> bool {
    let writes = |permission: &str| permission.replacen(".Read.", ".ReadWrite.", 1);
    granted == needed || granted == writes(needed) || wider(needed).contains(&granted)
}

/// The permissions that are enough instead of the one that is needed, beside the one that writes what
/// it reads.
pub(super) fn wider(needed: &str) -> &'static [&'static str] {
    let known = WIDER.iter().find(|(one, _)| *one == needed);
    known.map_or(&[], |(_, wider)| wider)
}

/// The higher privileged application permissions in the tables of the reference pages. What is not
/// here has none: writing an organisation or a domain, for one, is not in `Directory.ReadWrite.All`.
static WIDER: &[(&str, &[&str])] = &[
    ("AdministrativeUnit.Read.All", DIRECTORY),
    ("AdministrativeUnit.ReadWrite.All", DIRECTORY_WRITE),
    (
        "Application.Read.All",
        &["Application.ReadWrite.OwnedBy", "Directory.Read.All", "Directory.ReadWrite.All"],
    ),
    (
        "AuthenticationContext.Read.All",
        &["Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"],
    ),
    ("AuthenticationContext.ReadWrite.All", &["Policy.ReadWrite.ConditionalAccess"]),
    ("Domain.Read.All", DIRECTORY),
    ("Domain-InternalFederation.Read.All", &["Domain.Read.All", "Domain.ReadWrite.All"]),
    ("Domain-InternalFederation.ReadWrite.All", &["Domain.ReadWrite.All"]),
    ("Group.Read.All", DIRECTORY),
    ("Group.ReadWrite.All", DIRECTORY_WRITE),
    (
        "GroupMember.Read.All",
        &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ),
    ("GroupMember.ReadWrite.All", &["Group.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("GroupSettings.Read.All", DIRECTORY),
    ("GroupSettings.ReadWrite.All", &["Directory.ReadWrite.All", "Policy.ReadWrite.Authorization"]),
    ("Organization.Read.All", DIRECTORY),
    ("OrganizationalBranding.Read.All", &["Organization.Read.All", "Organization.ReadWrite.All"]),
    ("OrganizationalBranding.ReadWrite.All", &["Organization.ReadWrite.All"]),
    ("OrgContact.Read.All", DIRECTORY),
    ("Policy.Read.HybridAuthentication", DIRECTORY_WRITE),
    ("Policy.ReadWrite.HybridAuthentication", DIRECTORY_WRITE),
    ("Policy.ReadWrite.SecurityDefaults", &["Policy.ReadWrite.ConditionalAccess"]),
    ("RoleAssignmentSchedule.Read.Directory", ROLES),
    ("RoleAssignmentSchedule.ReadWrite.Directory", ROLES_WRITE),
    ("RoleEligibilitySchedule.Read.Directory", ROLES),
    ("RoleEligibilitySchedule.ReadWrite.Directory", ROLES_WRITE),
    (
        "RoleManagement.Read.Directory",
        &["RoleManagement.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ),
    ("RoleManagementPolicy.Read.Directory", ROLES),
    ("RoleManagementPolicy.ReadWrite.Directory", ROLES_WRITE),
    ("Synchronization.Read.All", &["Application.ReadWrite.OwnedBy"]),
    ("Synchronization.ReadWrite.All", &["Application.ReadWrite.OwnedBy"]),
    ("User.Read.All", DIRECTORY),
    ("User.ReadWrite.All", DIRECTORY_WRITE),
];

const DIRECTORY: &[&str] = &["Directory.Read.All", "Directory.ReadWrite.All"];
const DIRECTORY_WRITE: &[&str] = &["Directory.ReadWrite.All"];
const ROLES: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.ReadWrite.Directory",
];
const ROLES_WRITE: &[&str] = &["RoleManagement.ReadWrite.Directory"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(granted: &[&str], needed: &'static str, expected: Option<&str>) {
        let needed: Vec<&str> = needed.split(" + ").collect();
        let told = missing("m365_x", &needed, &json!({ "roles": granted, "appid": "a" }));
        let summary = expected.map(|missing| {
            format!("Applying m365_x will probably be refused: {missing} is not granted")
        });
        assert_eq!(told.map(|told| told.summary), summary);
    }

    #[test]
    fn what_is_missing_is_named() {
        check(&["User.Read.All"], "Group.ReadWrite.All", Some("Group.ReadWrite.All"));
        check(
            &[],
            "Policy.Read.All + Policy.ReadWrite.ConditionalAccess",
            Some("Policy.Read.All and Policy.ReadWrite.ConditionalAccess"),
        );
        check(
            &["Policy.Read.All"],
            "Policy.Read.All + Application.Read.All",
            Some("Application.Read.All"),
        );
    }

    #[test]
    fn what_includes_it_suffices() {
        for (granted, needed) in [
            ("Group.ReadWrite.All", "Group.ReadWrite.All"),
            ("Directory.ReadWrite.All", "Group.ReadWrite.All"),
            ("Directory.ReadWrite.All", "AdministrativeUnit.ReadWrite.All"),
            ("Group.ReadWrite.All", "GroupMember.ReadWrite.All"),
            ("Directory.ReadWrite.All", "GroupMember.ReadWrite.All"),
            ("Application.ReadWrite.All", "Application.Read.All"),
            ("RoleManagement.ReadWrite.Directory", "RoleEligibilitySchedule.ReadWrite.Directory"),
            ("RoleManagement.ReadWrite.Directory", "RoleManagementPolicy.ReadWrite.Directory"),
            ("Organization.ReadWrite.All", "OrganizationalBranding.ReadWrite.All"),
            ("Domain.ReadWrite.All", "Domain-InternalFederation.ReadWrite.All"),
            ("Directory.ReadWrite.All", "GroupSettings.ReadWrite.All"),
        ] {
            check(&[granted], needed, None);
        }
    }

    #[test]
    fn what_does_not_include_it_is_told() {
        for (granted, needed) in [
            ("Directory.ReadWrite.All", "Organization.ReadWrite.All"),
            ("Directory.ReadWrite.All", "Domain.ReadWrite.All"),
            ("Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"),
            ("RoleManagement.ReadWrite.Exchange", "RoleManagement.ReadWrite.Directory"),
            ("GroupMember.ReadWrite.All", "Group.ReadWrite.All"),
        ] {
            check(&[granted], needed, Some(needed));
        }
        check(
            &["Directory.ReadWrite.All"],
            "RoleManagement.ReadWrite.Directory",
            Some("RoleManagement.ReadWrite.Directory"),
        );
    }

    #[test]
    fn what_takes_more_is_known() {
        use crate::catalogue::{groups, users};
        let group = |roles: bool| Value::from([("is_assignable_to_role", roles.into())]);
        let of_group = |prior, planned| needed(&groups::GROUP, &prior, &planned);
        let both = ["Group.ReadWrite.All", "RoleManagement.ReadWrite.Directory"];
        assert_eq!(of_group(Value::Null, group(true)), both);
        assert_eq!(of_group(group(true), Value::Null), both);
        assert_eq!(of_group(Value::Null, group(false)), both[..1]);
        let user = |version: i64| Value::from([("password_version", version.into())]);
        let of_user = |prior, planned| needed(&users::USER, &prior, &planned).len();
        assert_eq!(of_user(Value::Null, user(1)), 1, "a new account comes with its password");
        assert_eq!(of_user(user(1), user(1)), 1);
        assert_eq!(of_user(user(1), user(2)), 2);
        assert_eq!(of_user(user(1), Value::Null), 1);
    }

    #[test]
    fn a_persons_token_does_not_tell() {
        let needed = ["Group.ReadWrite.All"];
        assert_eq!(missing("m365_x", &needed, &json!({ "scp": "User.Read" })), None);
    }
}
