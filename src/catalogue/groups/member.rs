//! `m365_group_member`.

use super::AREA;
use crate::catalogue::hybrid::mastered;
use crate::catalogue::lockout;
use crate::declare::{Permissions, Resource, id};

/// One member of a group.
pub static GROUP_MEMBER: Resource = Resource {
    name: "group_member",
    area: AREA,
    doc: "One direct member of a group; all other members are left alone. Manage a group either by \
        this resource or by `m365_group_members`, not by both.\n\n\
        The members of a dynamic group, and of a group synchronised from on-premises, cannot be \
        changed; the plan refuses the latter (INV-15). Reading the members of a group with hidden \
        membership also takes `Member.Read.Hidden`.",
    reference: "https://learn.microsoft.com/graph/api/group-post-members",
    path: "/groups/{group_id}/members",
    entity: "directoryObject",
    permissions: Permissions { read: "GroupMember.Read.All", write: "GroupMember.ReadWrite.All" },
    more: &[super::OF_ROLE_ASSIGNABLE],
    attributes: &[
        id("group_id", "The id of the group.")
            .required()
            .replace("a membership belongs to one group"),
        id(
            "member_id",
            "The object id of the member: a user, a group, a service principal, a device or an \
             organisational contact. Microsoft 365 groups take users only.",
        )
        .required()
        .replace("a membership belongs to one member"),
    ],
    inquiries: &[mastered::of_membership],
    retry_on: &["Request_ResourceNotFound"],
    guard: Some(lockout::group_member),
    ..Resource::REFERENCE
};
