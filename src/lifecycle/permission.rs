//! Whether the access token can do what a plan wants, told before anything is changed.
//!
//! A token of an application lists the application permissions that were granted (`roles`). Where
//! the declared one is not among them, and none that is known to include it, the plan says so. It
//! says so in a warning: Microsoft adds permissions that include others, and Graph has the last word.

use serde_json::Value as Json;

use crate::declare::Permissions;
use crate::terraform::Diagnostic;

/// What is missing for writing, as a warning; `None` where nothing is, or where the token does not
/// tell (a person's token carries the person's own rights).
pub(super) fn missing(name: &str, permissions: Permissions, claims: &Json) -> Option<Diagnostic> {
    let granted: Vec<&str> = claims["roles"].as_array()?.iter().filter_map(Json::as_str).collect();
    let needed = permissions.write.split(" + ").filter(|needed| !needed.is_empty());
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

/// Whether one permission includes the other: the same, writing for reading, or all of the
/// directory for a kind of object in it (Graph permissions reference).
fn includes(granted: &str, needed: &str) -> bool {
    if granted == needed {
        return true;
    }
    let kind = |permission: &str| permission.split('.').next().unwrap_or_default().to_owned();
    let writes = granted.contains("ReadWrite");
    let reads_only = needed.contains(".Read.");
    let roles = [
        "RoleAssignmentSchedule",
        "RoleEligibilitySchedule",
        "RoleManagement",
        "RoleManagementPolicy",
    ];
    let of_roles = needed.ends_with(".Directory") && roles.contains(&kind(needed).as_str());
    let directory = ["User", "Group", "GroupMember", "Device", "Organization"];
    match granted {
        "Directory.ReadWrite.All" => directory.contains(&kind(needed).as_str()),
        "RoleManagement.ReadWrite.Directory" => of_roles,
        "RoleManagement.Read.Directory" | "RoleManagement.Read.All" => of_roles && reads_only,
        "Directory.Read.All" => reads_only && directory.contains(&kind(needed).as_str()),
        _ => {
            kind(granted) == kind(needed)
                && writes
                && (reads_only || (granted.ends_with(".All") && !needed.contains("ReadWrite.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(granted: &[&str], needed: &'static str, expected: Option<&str>) {
        let permissions = Permissions { read: "", write: needed };
        let told = missing("m365_x", permissions, &json!({ "roles": granted, "appid": "a" }));
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
        check(&["Group.ReadWrite.All"], "Group.ReadWrite.All", None);
        check(&["Directory.ReadWrite.All"], "Group.ReadWrite.All", None);
        check(&["Application.ReadWrite.All"], "Application.Read.All", None);
        for schedule in ["RoleEligibilitySchedule", "RoleAssignmentSchedule"] {
            let needed = format!("{schedule}.ReadWrite.Directory").leak();
            check(&["RoleManagement.ReadWrite.Directory"], needed, None);
            check(&["RoleManagement.Read.All"], needed, Some(needed));
        }
        let groups = "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup";
        check(&["RoleManagement.ReadWrite.Directory"], groups, Some(groups));
        check(
            &["Directory.ReadWrite.All"],
            "RoleManagement.ReadWrite.Directory",
            Some("RoleManagement.ReadWrite.Directory"),
        );
    }

    #[test]
    fn a_persons_token_does_not_tell() {
        let permissions = Permissions { read: "", write: "Group.ReadWrite.All" };
        assert_eq!(missing("m365_x", permissions, &json!({ "scp": "User.Read" })), None);
    }
}
