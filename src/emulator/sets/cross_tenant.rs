//! Partners: settings for one other tenant each, and whether its users are synchronized.

use super::super::refusal::Refusal;
use super::super::set::{Permissions, Set};
use super::super::store::{Place, text};

const READ: Permissions = &[&["Policy.Read.All"], &["Policy.ReadWrite.CrossTenantAccess"]];
const WRITE: Permissions = &[&["Policy.ReadWrite.CrossTenantAccess"]];

const PARTNER: &str = "crossTenantAccessPolicyConfigurationPartner";
const SYNCHRONIZATION: &str = "crossTenantIdentitySyncPolicyPartner";

/// The id by which a partner is found is that of its tenant.
pub(super) static PARTNERS: Set = Set {
    ty: PARTNER,
    paths: &["policies/crossTenantAccessPolicy/partners"],
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["tenantId"],
    create_only: &["tenantId"],
    read_only: &["isServiceProvider", "isInMultiTenantOrganization"],
    on_create: |cx, sent| {
        let tenant = text(sent, "tenantId").to_owned();
        if uuid::Uuid::try_parse(&tenant).is_err() || tenant == cx.tenant_id() {
            return Err(Refusal::bad_request(format!("'{tenant}' is not another tenant's id.")));
        }
        sent.insert("id".into(), tenant.into());
        Ok(())
    },
    on_delete: |cx, partner| {
        let place = Place { set: SYNCHRONIZATION, parent: text(partner, "id") };
        let there = cx.state.get(place, "only").is_some_and(|one| one.current().is_some());
        match there {
            true => Err(Refusal::bad_request(
                "The partner cannot be deleted as long as it has an identity synchronization policy.",
            )),
            false => Ok(()),
        }
    },
    ..Set::COLLECTION
};

pub(super) static IDENTITY_SYNCHRONIZATION: Set = Set {
    ty: SYNCHRONIZATION,
    paths: &[
        "policies/crossTenantAccessPolicy/partners/{crossTenantAccessPolicyConfigurationPartner}/identitySynchronization",
    ],
    only: "only",
    put: true,
    read: READ,
    update: Some(WRITE),
    delete: Some(WRITE),
    read_only: &["tenantId"],
    on_create: |cx, sent| {
        sent.insert("tenantId".into(), cx.parent.clone().into());
        Ok(())
    },
    on_update: |cx, _, _, next| {
        next.insert("tenantId".into(), cx.parent.clone().into());
        next.insert("id".into(), "only".into());
        Ok(())
    },
    ..Set::SINGLETON
};
