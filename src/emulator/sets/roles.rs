//! Directory roles: built-in and custom definitions, and their assignments.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Navigation, Paging, Permissions, Properties, Service, Set, Way};
use super::super::store::{flag, text, texts};

const READ: Permissions = &[
    &["RoleManagement.Read.Directory"],
    &["RoleManagement.Read.All"],
    &["RoleManagement.ReadWrite.Directory"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const WRITE: Permissions = &[&["RoleManagement.ReadWrite.Directory"]];

pub(super) static DEFINITIONS: Set = Set {
    ty: "unifiedRoleDefinition",
    paths: &["roleManagement/directory/roleDefinitions"],
    service: Service::Roles,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["displayName", "isEnabled", "rolePermissions"],
    create_only: &["templateId"],
    read_only: &["id", "isBuiltIn"],
    on_create: create_definition,
    on_update: |_, old, _, next| {
        refuse_built_in(old)?;
        check_definition(next)
    },
    on_delete: |cx, definition| {
        refuse_built_in(definition)?;
        let id = text(definition, "id");
        if cx.state.all("unifiedRoleAssignment").any(|(_, a)| text(a, "roleDefinitionId") == id) {
            return Err(Refusal::directory(
                "The role definition is assigned: its assignments must be removed first.",
            ));
        }
        Ok(())
    },
    ..Set::COLLECTION
};

pub(super) static ASSIGNMENTS: Set = Set {
    ty: "unifiedRoleAssignment",
    paths: &["roleManagement/directory/roleAssignments"],
    service: Service::Roles,
    read: READ,
    create: Some(WRITE),
    delete: Some(WRITE),
    required: &["principalId", "roleDefinitionId"],
    read_only: &["id", "principalOrganizationId"],
    paging: Paging::Pages(100),
    navigation: &[
        Navigation {
            name: "principal",
            way: Way::Property("principalId", "directoryObject"),
            ..ONE
        },
        Navigation {
            name: "roleDefinition",
            way: Way::Property("roleDefinitionId", "unifiedRoleDefinition"),
            ..ONE
        },
    ],
    on_create: assign,
    on_read: super::privileged::settle,
    ..Set::COLLECTION
};

const ONE: Navigation = Navigation { single: true, read: READ, ..Navigation::MANY };

fn create_definition(_: &mut Context, definition: &mut Properties) -> Outcome<()> {
    check_definition(definition)?;
    // A custom role may choose its template id, which then is its id.
    match definition.get("templateId").and_then(Value::as_str).map(str::to_owned) {
        Some(template) => definition.insert("id".into(), template.into()),
        None => definition.insert("templateId".into(), text(definition, "id").into()),
    };
    definition.insert("isBuiltIn".into(), json!(false));
    definition.entry("resourceScopes").or_insert_with(|| json!(["/"]));
    Ok(())
}

fn check_definition(definition: &Properties) -> Outcome<()> {
    for name in ["displayName", "isEnabled"] {
        if definition.get(name).is_none_or(Value::is_null) {
            return Err(Refusal::directory(format!(
                "A value is required for property '{name}' of resource 'RoleDefinition'."
            )));
        }
    }
    let permissions = definition.get("rolePermissions").and_then(Value::as_array);
    let permissions = permissions.map(Vec::as_slice).unwrap_or_default();
    let actions: Vec<&str> =
        permissions.iter().flat_map(|p| texts(p, "allowedResourceActions")).collect();
    if actions.is_empty() {
        return Err(Refusal::directory(
            "A role definition must allow at least one resource action.",
        ));
    }
    // microsoft.directory/applications/basic/update
    let known = |action: &&str| {
        let mut parts = action.split('/');
        parts.next().is_some_and(|p| p.starts_with("microsoft."))
            && (2..=4).contains(&parts.count())
    };
    match actions.iter().find(|a| !known(a)) {
        None => Ok(()),
        Some(action) => Err(Refusal::directory(format!(
            "Action '{action}' is not supported for the custom role."
        ))),
    }
}

fn refuse_built_in(definition: &Properties) -> Outcome<()> {
    if flag(definition, "isBuiltIn") {
        return Err(Refusal::directory("Built-in role definitions cannot be changed or deleted."));
    }
    Ok(())
}

fn assign(cx: &mut Context, assignment: &mut Properties) -> Outcome<()> {
    let role = text(assignment, "roleDefinitionId").to_lowercase();
    let principal = text(assignment, "principalId").to_lowercase();
    let definition =
        cx.seen("unifiedRoleDefinition", &role).ok_or_else(|| Refusal::no_such_object(&role))?;
    if !flag(definition, "isEnabled") {
        return Err(Refusal::directory("The role definition is not enabled."));
    }
    check_principal(cx, &principal)?;
    let scope = scope(cx, assignment)?;
    let taken = cx.state.all("unifiedRoleAssignment").any(|(_, other)| {
        text(other, "roleDefinitionId") == role
            && text(other, "principalId") == principal
            && own_scope(other) == scope
    });
    if taken {
        return Err(Refusal::directory(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    let bytes: [u8; 32] = std::array::from_fn(|_| cx.state.random.u8(..));
    assignment.insert("id".into(), format!("{}-1", URL_SAFE_NO_PAD.encode(bytes)).into());
    assignment.insert("roleDefinitionId".into(), role.into());
    assignment.insert("principalId".into(), principal.into());
    assignment.insert("principalOrganizationId".into(), cx.tenant_id().into());
    Ok(())
}

/// Who may hold a role: users, service principals, and groups made for it.
pub(super) fn check_principal(cx: &Context, principal: &str) -> Outcome<()> {
    let (kind, object) =
        cx.directory_object(principal).ok_or_else(|| Refusal::no_such_object(principal))?;
    match kind {
        "user" | "servicePrincipal" => {}
        "group" if flag(object, "isAssignableToRole") => {}
        "group" => {
            return Err(Refusal::directory(
                "The group cannot be assigned to a role: its property isAssignableToRole is not true.",
            ));
        }
        _ => {
            return Err(Refusal::directory(format!(
                "An object of the type '{kind}' cannot be assigned to a role."
            )));
        }
    }
    Ok(())
}

pub(super) fn own_scope(assignment: &Properties) -> String {
    let directory = text(assignment, "directoryScopeId");
    let scope = if directory.is_empty() { text(assignment, "appScopeId") } else { directory };
    scope.to_lowercase()
}

/// The scope, which must be there: the tenant, an administrative unit, or an object.
pub(super) fn scope(cx: &Context, assignment: &Properties) -> Outcome<String> {
    let set = |name: &str| assignment.get(name).is_some_and(|v| !v.is_null());
    if set("directoryScopeId") == set("appScopeId") {
        return Err(Refusal::directory(
            "Exactly one of directoryScopeId and appScopeId must be given.",
        ));
    }
    let scope = own_scope(assignment);
    let Some(path) = scope.strip_prefix('/') else {
        return Err(Refusal::directory(format!(
            "The scope '{scope}' is not valid: it must begin with '/'."
        )));
    };
    let found = match path.split_once('/') {
        None if path.is_empty() => true,
        Some(("administrativeunits", id)) => cx.seen("administrativeUnit", id).is_some(),
        Some(("users" | "groups" | "devices", id)) => cx.directory_object(id).is_some(),
        Some(_) => false,
        None => cx.directory_object(path).is_some_and(|(set, _)| {
            ["application", "servicePrincipal", "user", "group", "device"].contains(&set)
        }),
    };
    if found { Ok(scope.clone()) } else { Err(Refusal::no_such_object(path)) }
}
