//! Groups and who is in them.

mod group;
mod member;
mod members;

pub use group::GROUP;
pub use member::GROUP_MEMBER;
pub use members::GROUP_MEMBERS;

/// The section of the documentation.
const AREA: &str = "Groups";
