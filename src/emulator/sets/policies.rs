//! Tenant-wide policies: security defaults, authorization, terms of use.

use serde_json::Value;

use super::super::set::{Paging, Permissions, Set};
use super::super::store::{flag, text};
use super::access::invalid;

const READ: Permissions = &[&["Policy.Read.All"]];

pub(super) static SECURITY_DEFAULTS: Set = Set {
    ty: "identitySecurityDefaultsEnforcementPolicy",
    paths: &["policies/identitySecurityDefaultsEnforcementPolicy"],
    read: READ,
    update: Some(&[
        &["Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"],
        &["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"],
    ]),
    read_only: &["id", "displayName", "description", "deletedDateTime"],
    on_demand: &["deletedDateTime"],
    on_update: |cx, _, _, next| {
        let enforced =
            cx.state.all("conditionalAccessPolicy").any(|(_, p)| text(p, "state") == "enabled");
        if flag(next, "isEnabled") && enforced {
            return Err(invalid(
                "Security defaults cannot be enabled while Conditional Access policies are enabled.",
            ));
        }
        Ok(())
    },
    ..Set::SINGLETON
};

pub(super) static AUTHORIZATION: Set = Set {
    ty: "authorizationPolicy",
    paths: &["policies/authorizationPolicy", "policies/authorizationPolicy/authorizationPolicy"],
    read: READ,
    update: Some(&[&["Policy.ReadWrite.Authorization"]]),
    read_only: &["id", "deletedDateTime"],
    on_demand: &["deletedDateTime"],
    merged: &["defaultUserRolePermissions"],
    ..Set::SINGLETON
};

pub(super) static AGREEMENTS: Set = Set {
    ty: "agreement",
    paths: &["identityGovernance/termsOfUse/agreements"],
    read: &[&["Agreement.Read.All"], &["Agreement.ReadWrite.All"]],
    create: Some(&[&["Agreement.ReadWrite.All"]]),
    update: Some(&[&["Agreement.ReadWrite.All"]]),
    delete: Some(&[&["Agreement.ReadWrite.All"]]),
    required: &["displayName", "files"],
    inline: &["files", "file"],
    paging: Paging::Whole,
    on_create: |_, agreement| {
        if agreement.get("files").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return Err(invalid("An agreement must have at least one file."));
        }
        Ok(())
    },
    on_delete: |cx, agreement| {
        let id = text(agreement, "id");
        let used = cx.state.all("conditionalAccessPolicy").any(|(_, policy)| {
            let terms = policy.get("grantControls").and_then(|g| g.get("termsOfUse"));
            terms.and_then(Value::as_array).into_iter().flatten().any(|t| t == id)
        });
        if used {
            Err(invalid("The agreement is used by a Conditional Access policy."))
        } else {
            Ok(())
        }
    },
    ..Set::COLLECTION
};
