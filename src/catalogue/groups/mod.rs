//! Groups and who is in them.

use crate::declare::More;

mod group;
mod member;
mod members;

pub use group::GROUP;
pub use member::GROUP_MEMBER;
pub use members::GROUP_MEMBERS;

/// The section of the documentation.
const AREA: &str = "Groups";

/// What changes of role-assignable groups take besides: they change who holds a role.
const ROLE_ASSIGNABLE: &str = "RoleManagement.ReadWrite.Directory";

/// What is known of the group only where it refuses.
const OF_ROLE_ASSIGNABLE: More = More {
    what: "Changing the members of a role-assignable group",
    permission: ROLE_ASSIGNABLE,
    when: |_, _| false,
};
