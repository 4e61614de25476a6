//! `m365_administrative_unit_member`.

use super::AREA;
use crate::declare::{Permissions, Resource, id};

/// One member of an administrative unit.
pub static ADMINISTRATIVE_UNIT_MEMBER: Resource = Resource {
    name: "administrative_unit_member",
    area: AREA,
    doc: "One member of an administrative unit: a user, a group or a device. All other members are left \
        alone.\n\n\
        Administrators of the unit administer the group itself, not the members of the group. The \
        members of a dynamic unit follow its rule and cannot be changed. Reading the members of a unit \
        with hidden membership also takes `Member.Read.Hidden`.",
    reference: "https://learn.microsoft.com/graph/api/administrativeunit-post-members",
    path: "/directory/administrativeUnits/{administrative_unit_id}/members",
    entity: "directoryObject",
    permissions: Permissions {
        read: "AdministrativeUnit.Read.All",
        write: "AdministrativeUnit.ReadWrite.All",
    },
    attributes: &[
        id("administrative_unit_id", "The id of the administrative unit.")
            .required()
            .replace("a membership belongs to one administrative unit"),
        id("member_id", "The object id of the member: a user, a group or a device.")
            .required()
            .replace("a membership belongs to one member"),
    ],
    selects: false,
    retry_on: &["Request_ResourceNotFound"],
    ..Resource::REFERENCE
};
