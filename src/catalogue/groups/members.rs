//! `m365_group_members`.

use super::AREA;
use crate::catalogue::hybrid::mastered;
use crate::catalogue::lockout;
use crate::declare::{Permissions, Resource, id, links};

/// All members of a group.
pub static GROUP_MEMBERS: Resource = Resource {
    name: "group_members",
    area: AREA,
    doc: "The direct members of a group, all of them: members that are not listed are removed. Destroy \
        removes the listed members and leaves the group. Manage a group either by this resource or by \
        `m365_group_member`, not by both.\n\n\
        Members are added 20 a request, so that groups of thousands are practical. The members of a \
        dynamic group, and of a group synchronised from on-premises, cannot be changed; the plan \
        refuses the latter (INV-15). Reading the members of a group with hidden membership also takes \
        `Member.Read.Hidden`.",
    reference: "https://learn.microsoft.com/graph/api/group-post-members",
    path: "/groups/{group_id}",
    entity: "group",
    permissions: Permissions { read: "GroupMember.Read.All", write: "GroupMember.ReadWrite.All" },
    more: &[super::OF_ROLE_ASSIGNABLE],
    attributes: &[
        id("group_id", "The id of the group.").required().replace("members belong to one group"),
        links(
            "member_ids",
            "The object ids of all direct members: users, groups, service principals, devices and \
             organisational contacts. An empty set empties the group.",
        )
        .required(),
    ],
    inquiries: &[mastered::of_membership],
    retry_on: &["Request_ResourceNotFound"],
    guard: Some(lockout::group_members),
    ..Resource::PART
};
