//! The tenant itself: organization and licences.

use super::super::set::{Filterable, Service, Set};

pub(super) static ORGANIZATION: Set = Set {
    ty: "organization",
    paths: &["organization"],
    service: Service::Directory,
    read: &[
        &["Organization.Read.All"],
        &["Organization.ReadWrite.All"],
        &["User.Read.All"],
        &["Directory.Read.All"],
        &["Directory.ReadWrite.All"],
    ],
    update: Some(&[&["Organization.ReadWrite.All"]]),
    read_only: &[
        "id",
        "assignedPlans",
        "businessPhones",
        "city",
        "country*",
        "createdDateTime",
        "defaultUsageLocation",
        "deletedDateTime",
        "displayName",
        "mobileDeviceManagementAuthority",
        "onPremisesLastSyncDateTime",
        "partnerTenantType",
        "postalCode",
        "preferredLanguage",
        "provisionedPlans",
        "state",
        "street",
        "tenantType",
        "verifiedDomains",
    ],
    filterable: Filterable::No,
    ..Set::COLLECTION
};

pub(super) static SKUS: Set = Set {
    ty: "subscribedSku",
    paths: &["subscribedSkus"],
    service: Service::Directory,
    read: &[
        &["LicenseAssignment.Read.All"],
        &["Organization.Read.All"],
        &["Organization.ReadWrite.All"],
        &["Directory.Read.All"],
        &["Directory.ReadWrite.All"],
    ],
    filterable: Filterable::No,
    ..Set::COLLECTION
};
