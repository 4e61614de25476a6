//! `m365_role_definition`.

use super::AREA;
use crate::declare::{
    Check, Form, Literal::Bool, Lookup, Permissions, Resource, boolean, objects, string, strings,
};

/// A custom directory role.
pub static ROLE_DEFINITION: Resource = Resource {
    name: "role_definition",
    area: AREA,
    doc: "A custom directory role: a named set of permitted actions. Built-in roles cannot be changed; \
        find their ids with the data source. Assign a role with `m365_role_assignment`.\n\n\
        Takes Microsoft Entra ID P1. Graph refuses to delete a role that is still assigned.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedroledefinition",
    path: "/roleManagement/directory/roleDefinitions",
    entity: "unifiedRoleDefinition",
    permissions: Permissions {
        read: "RoleManagement.Read.Directory",
        write: "RoleManagement.ReadWrite.Directory",
    },
    attributes: &[
        string("display_name", "The name shown to administrators. Unique among roles.")
            .required()
            .checks(&[Check::Length(1, 256)]),
        string("description", "What the role is for."),
        boolean("is_enabled", "Whether the role can be assigned. Defaults to `true`.")
            .or(Bool(true)),
        objects("role_permissions", "What the role allows.")
            .required()
            .of(&[
                strings(
                    "allowed_resource_actions",
                    "The permitted actions, such as \
                     `microsoft.directory/applications/basic/update`. Not every action of built-in \
                     roles is allowed in custom ones.",
                )
                .form(Form::CaseInsensitive)
                .required()
                .checks(&[Check::Count(1, 1000)]),
                string(
                    "condition",
                    "What must hold for the actions to be permitted, such as \
                     `$ResourceIsSelf` for resources that the principal owns.",
                ),
            ])
            .checks(&[Check::Count(1, 100)]),
        string(
            "template_id",
            "The id by which the role is known in every tenant. For a custom role a GUID of your \
             own, so that it is the same in several tenants; Graph chooses one where it is not set.",
        )
        .form(Form::Id)
        .optional_computed()
        .replace("Graph fixes the template id of a role when it is made"),
        string("version", "A version of your own for the role."),
        boolean("is_built_in", "Whether it is a built-in role.").computed(),
    ],
    keys: &["display_name"],
    data: Some(Lookup { plural: None }),
    moved_from: &["azuread_custom_directory_role"],
    ..Resource::MEMBER
};
