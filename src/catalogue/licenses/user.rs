//! `m365_user_license`.

use super::{AREA, ASSIGNED, DISABLED_PLANS, SKU, facts};
use crate::declare::{Element, Permissions, Resource, id, string};

/// A licence that a user has by itself.
pub static USER_LICENSE: Resource = Resource {
    name: "user_license",
    area: AREA,
    doc: "A licence that is assigned to a user directly; other licences of the user, and those that come \
        by a group, are left alone. Microsoft advises groups (`m365_group_license`) for all but single \
        accounts.\n\n\
        The plan refuses a product that the tenant has not or of which no licence is free (INV-11), and \
        a user without `usage_location` (INV-10); to look takes `LicenseAssignment.Read.All`, without which \
        nothing is told.",
    reference: "https://learn.microsoft.com/graph/api/user-assignlicense",
    path: "/users/{user_id}/licenseAssignmentStates",
    entity: "licenseAssignmentState",
    permissions: Permissions {
        read: "User.Read.All",
        write: "User.Read.All + LicenseAssignment.ReadWrite.All",
    },
    attributes: &[
        id("user_id", "The object id of the user.")
            .required()
            .replace("a licence belongs to one user"),
        SKU,
        DISABLED_PLANS,
        string(
            "state",
            "`Active`, `ActiveWithError`, `Disabled` or `Error`.",
        )
        .computed()
        .follows(&["disabled_plans"]),
        string(
            "error",
            "Why the licence is not in force: `None`, `CountViolation`, `MutuallyExclusiveViolation`, \
             `DependencyViolation`, `ProhibitedInUsageLocationViolation`, `UniquenessViolation` or `Other`.",
        )
        .computed()
        .follows(&["disabled_plans"]),
    ],
    inquiries: &[facts::of_user],
    retry_on: &["Request_ResourceNotFound"],
    // The others came by a group, and go by it.
    exceptions: &[super::WHOLE],
    element: Some(Element { counts: |state| state["assignedByGroup"].is_null(), ..ASSIGNED }),
    ..Resource::ELEMENT
};
