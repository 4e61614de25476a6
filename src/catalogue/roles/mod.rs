//! Directory roles: what they allow, and who holds them.

mod assignment;
pub mod built_in;
mod definition;
mod functions;

pub use assignment::ROLE_ASSIGNMENT;
pub(in crate::catalogue) use assignment::whole_tenant;
pub use definition::ROLE_DEFINITION;
pub use functions::{ROLE_ID, ROLE_NAME};

/// Whether this is the template id of a built-in role that the provider knows.
pub(in crate::catalogue) fn is_built_in(id: &str) -> bool {
    built_in::name_of(&id.to_lowercase()).is_some()
}

/// The section of the documentation.
const AREA: &str = "Roles";
