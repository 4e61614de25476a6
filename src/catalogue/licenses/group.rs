//! `m365_group_license`.

use super::{AREA, ASSIGNED, DISABLED_PLANS, SKU, facts};
use crate::declare::{Permissions, Resource, id};

/// A licence that a group gives to its members.
pub static GROUP_LICENSE: Resource = Resource {
    name: "group_license",
    area: AREA,
    doc: "A licence that every user in a group gets by being in it (group-based licensing); other \
        licences of the group are left alone. Microsoft Entra gives and takes it as members come and go, \
        some minutes later, and only to direct members: groups in the group give nothing to theirs.\n\n\
        The plan refuses a product that the tenant has not, and tells where licences run short (INV-11) \
        or members are guests (INV-12); to look takes `LicenseAssignment.Read.All` and `User.Read.All`, \
        without which nothing is told. A user who gets none is told by the group's \
        `membersWithLicenseErrors` in Graph. Remove the licence before the group: Terraform does, where \
        `group_id` refers to an `m365_group`.\n\n\
        Takes Microsoft Entra ID P1 or a product that has it.",
    reference: "https://learn.microsoft.com/graph/api/group-assignlicense",
    path: "/groups/{group_id}/assignedLicenses",
    entity: "assignedLicense",
    permissions: Permissions {
        read: "GroupMember.Read.All",
        write: "GroupMember.Read.All + LicenseAssignment.ReadWrite.All",
    },
    attributes: &[
        id(
            "group_id",
            "The id of the group: a security group, or a Microsoft 365 group for security.",
        )
        .required()
        .replace("a licence belongs to one group"),
        SKU,
        DISABLED_PLANS,
    ],
    inquiries: &[facts::of_group],
    retry_on: &["Request_ResourceNotFound"],
    element: Some(ASSIGNED),
    exceptions: &[super::WHOLE],
    ..Resource::ELEMENT
};
