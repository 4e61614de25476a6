//! `m365_authorization_policy`.

use super::AREA;
use crate::catalogue::codec::absent_is_false;
use crate::declare::{
    Attribute, Finding, Form, Permissions, Resource, boolean, id, object, string, strings,
};
use crate::terraform::{Path, Value};

/// What users and guests may do in the whole tenant.
pub static AUTHORIZATION_POLICY: Resource = Resource {
    name: "authorization_policy",
    area: AREA,
    doc: "What users and guests may do in the whole tenant: what a guest sees, who invites guests, who \
        registers applications, makes groups and consents to applications. What is not configured is left \
        as it is.\n\n\
        A person who signs in needs the role Privileged Role Administrator to change it.",
    reference: "https://learn.microsoft.com/graph/api/resources/authorizationpolicy",
    path: "/policies/authorizationPolicy",
    entity: "authorizationPolicy",
    permissions: Permissions { read: "Policy.Read.All", write: "Policy.ReadWrite.Authorization" },
    // Graph's pages document no query options for it.
    selects: false,
    attributes: &[
        id(
            "guest_user_role_id",
            "The template id of the role of guests: `10dae51f-b6af-4016-8d66-8c2a99b929b3`, Guest User; \
             `2af84b1e-32c8-42b7-82bc-daa82404023b`, Restricted Guest User, who sees no one else; \
             `a0b1b346-4d3e-4e8b-98f8-753987be4970`, User: as much as a member.",
        )
        .one_of(&[
            "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            "2af84b1e-32c8-42b7-82bc-daa82404023b",
            "a0b1b346-4d3e-4e8b-98f8-753987be4970",
        ])
        .optional_computed(),
        string(
            "allow_invites_from",
            "Who invites guests: `none`, not even administrators; `adminsAndGuestInviters`; \
             `adminsGuestInvitersAndAllMembers`; `everyone`, guests included.",
        )
        .one_of(&["none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone"])
        .optional_computed(),
        boolean(
            "allow_email_verified_users_to_join_organization",
            "Whether people join the tenant by themselves, by proving their mail address.",
        )
        .optional_computed(),
        boolean(
            "allowed_to_sign_up_email_based_subscriptions",
            "Whether users sign up for subscriptions by themselves, by their mail address.",
        )
        .optional_computed(),
        boolean(
            "allowed_to_use_sspr",
            "Whether administrators reset their passwords by themselves. Whether other users do is set in \
             the Entra admin center alone.",
        )
        .graph("allowedToUseSSPR")
        .optional_computed(),
        boolean(
            "allow_user_consent_for_risky_apps",
            "Whether users consent to applications that Microsoft finds risky. Advised is `false`.",
        )
        .optional_computed()
        .same(absent_is_false),
        boolean(
            "block_msol_power_shell",
            "Whether MSOL PowerShell, and its legacy endpoint for users, is blocked. Microsoft Entra \
             Connect and Microsoft Graph go on working.",
        )
        .optional_computed()
        .same(absent_is_false),
        // Graph's examples change one member and leave the others, so it merges. All of it is sent as
        // it was found all the same: that says the same, whether it is merged or replaced.
        object("default_user_role_permissions", "What a user without any role may do.")
            .of(USER_ROLE)
            .optional_computed(),
    ],
    judge: Some(judge),
    ..Resource::SINGLETON
};

static USER_ROLE: &[Attribute] = &[
    boolean("allowed_to_create_apps", "Whether users register applications.").optional_computed(),
    boolean(
        "allowed_to_create_security_groups",
        "Whether users make security groups. Who makes Microsoft 365 groups is said by \
         `m365_group_setting`.",
    )
    .optional_computed(),
    boolean(
        "allowed_to_create_tenants",
        "Whether users make tenants. Where not, whoever has the role Tenant Creator still does.",
    )
    .optional_computed(),
    boolean(
        "allowed_to_read_bitlocker_keys_for_owned_device",
        "Whether the registered owner of a device reads its BitLocker recovery keys.",
    )
    .optional_computed(),
    boolean(
        "allowed_to_read_other_users",
        "Whether users read other users. Microsoft asks never to set it to `false`.",
    )
    .optional_computed(),
    strings(
        "permission_grant_policies_assigned",
        "What users consent to: `managePermissionGrantsForSelf.<id>`, with the id of an app consent \
         policy, such as `microsoft-user-default-low`. An empty set switches consent of users off. The set \
         is replaced as a whole: keep what begins with `managePermissionGrantsForOwnedResource`, which is \
         about the data of groups and teams that users own.",
    )
    .form(Form::CaseInsensitive)
    .optional_computed(),
];

/// What Graph takes, and its documentation warns of.
fn judge(planned: &Value) -> Vec<Finding> {
    let path = |name: &str| Path::attribute("default_user_role_permissions").at(name);
    let permissions = planned.get("default_user_role_permissions");
    let mut found = Vec::new();
    if permissions.get("allowed_to_read_other_users").as_bool() == Some(false) {
        found.push(Finding::warning(
            path("allowed_to_read_other_users"),
            "Users do not read other users",
            "Microsoft asks never to set this to false: applications such as Teams and SharePoint look \
             other people up. What guests see is said by guest_user_role_id.",
        ));
    }
    let assigned = permissions.get("permission_grant_policies_assigned");
    for policy in assigned.as_elements().into_iter().flatten().filter_map(Value::as_str) {
        let of = policy.split_once('.').map_or("", |(of, _)| of).to_lowercase();
        if !["managepermissiongrantsforself", "managepermissiongrantsforownedresource"]
            .contains(&of.as_str())
        {
            found.push(Finding::warning(
                path("permission_grant_policies_assigned"),
                format!("{policy:?} is no assignment that this provider knows"),
                "Graph takes managePermissionGrantsForSelf.<id> or \
                 managePermissionGrantsForOwnedResource.<id>, with the id of an app consent policy.",
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::{Model, decode, patch};

    fn found() -> Value {
        let remote = json!({ "id": "authorizationPolicy", "allowInvitesFrom": "everyone",
            "defaultUserRolePermissions": { "allowedToCreateApps": true,
                "allowedToReadOtherUsers": true, "permissionGrantPoliciesAssigned": [
                    "ManagePermissionGrantsForSelf.microsoft-user-default-low"] } });
        decode::state(&Model::new(&AUTHORIZATION_POLICY), &remote, &Value::Null)
    }

    fn with(value: &Value, name: &str, changed: Value) -> Value {
        let mut object = value.as_object().cloned().unwrap();
        object.insert(name.to_owned(), changed);
        Value::Object(object)
    }

    #[track_caller]
    fn written(name: &str, changed: Value) -> serde_json::Value {
        let model = Model::new(&AUTHORIZATION_POLICY);
        let permissions = with(found().get("default_user_role_permissions"), name, changed);
        let wanted = with(&found(), "default_user_role_permissions", permissions);
        patch::body(&model, &found(), &wanted, &Value::Null).into()
    }

    #[test]
    fn what_a_user_may_do_is_written_whole() {
        let consent = "ManagePermissionGrantsForSelf.microsoft-user-default-low";
        assert_eq!(
            written("allowed_to_create_apps", false.into()),
            json!({ "defaultUserRolePermissions": { "allowedToCreateApps": false,
                "allowedToReadOtherUsers": true, "permissionGrantPoliciesAssigned": [consent] } })
        );
        assert_eq!(
            written("permission_grant_policies_assigned", Value::set([])),
            json!({ "defaultUserRolePermissions": { "allowedToCreateApps": true,
                "allowedToReadOtherUsers": true, "permissionGrantPoliciesAssigned": [] } })
        );
    }

    #[test]
    fn an_assignment_in_other_letters_is_the_same() {
        let same = "managePermissionGrantsForSelf.microsoft-user-default-low";
        let written = written("permission_grant_policies_assigned", Value::set([same.into()]));
        assert_eq!(written, json!({}));
    }

    #[test]
    fn what_graph_warns_of_is_told() {
        let told = |name: &str, value: Value| {
            let permissions = Value::from([(name, value)]);
            judge(&Value::from([("default_user_role_permissions", permissions)])).len()
        };
        assert_eq!(told("allowed_to_read_other_users", false.into()), 1);
        assert_eq!(told("allowed_to_read_other_users", Value::UNKNOWN), 0);
        let assigned =
            |policy: &str| told("permission_grant_policies_assigned", Value::set([policy.into()]));
        assert_eq!(assigned("ManagePermissionGrantsForSelf.own"), 0);
        assert_eq!(assigned("managePermissionGrantsForOwnedResource.x"), 0);
        assert_eq!(assigned("microsoft-user-default-low"), 1);
    }
}
