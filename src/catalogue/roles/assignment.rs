//! `m365_role_assignment`.

use super::AREA;
use crate::catalogue::lockout;
use crate::declare::{Form, Permissions, Resource, Rule, id, string};
use crate::terraform::Value;

/// Why every change makes a new assignment.
const FIXED: &str = "Graph cannot change a role assignment";

/// A directory role held by a principal, always active.
pub static ROLE_ASSIGNMENT: Resource = Resource {
    name: "role_assignment",
    area: AREA,
    doc: "A directory role that a user, a role-assignable group or a service principal holds at all \
        times, in the whole tenant or in a part of it. Graph has no change of an assignment, so every \
        change makes a new one.\n\n\
        Conditional Access policies that include roles see assignments to the whole tenant only. In a \
        tenant with Privileged Identity Management this is a permanent active assignment.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedroleassignment",
    path: "/roleManagement/directory/roleAssignments",
    entity: "unifiedRoleAssignment",
    permissions: Permissions {
        read: "RoleManagement.Read.Directory",
        write: "RoleManagement.ReadWrite.Directory",
    },
    attributes: &[
        id("principal_id", "The object id of the user, role-assignable group or service principal.")
            .required()
            .replace(FIXED),
        id("role_definition_id", "The id of the role; for a built-in role, its template id.")
            .required()
            .replace(FIXED),
        string(
            "directory_scope_id",
            "Where the role holds: `/` for the whole tenant, `/administrativeUnits/<id>` for an \
             administrative unit, `/<object id>` for one application, service principal or group. \
             Defaults to `/` at create, unless `app_scope_id` is set.",
        )
        .form(Form::CaseInsensitive)
        .or_derived(whole_tenant)
        .replace(FIXED),
        string(
            "app_scope_id",
            "Where the role holds inside of an application that defines scopes of its own, in place \
             of `directory_scope_id`.",
        )
        .form(Form::CaseInsensitive)
        .replace(FIXED),
    ],
    rules: &[Rule::AtMostOneOf(&["directory_scope_id", "app_scope_id"])],
    retry_on: &["Request_ResourceNotFound", "RoleNotFound", "SubjectNotFound"],
    moved_from: &["azuread_directory_role_assignment"],
    guard: Some(lockout::role_assignment),
    ..Resource::MEMBER
};

/// The whole tenant, unless the scope is an application's own.
pub(in crate::catalogue) fn whole_tenant(assignment: &Value) -> Option<Value> {
    match assignment.get("app_scope_id") {
        Value::Unknown(_) => None,
        Value::Null => Some("/".into()),
        _ => Some(Value::Null),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_is_the_tenant_unless_the_application_has_its_own() {
        let scope = |app: Value| whole_tenant(&Value::from([("app_scope_id", app)]));
        assert_eq!(scope(Value::Null), Some("/".into()));
        assert_eq!(scope("/Catalog/42".into()), Some(Value::Null));
        assert_eq!(scope(Value::UNKNOWN), None);
    }
}
