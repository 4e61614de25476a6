//! Directory roles: what they allow, and who holds them.

mod assignment;
pub mod built_in;
mod definition;
mod functions;

pub use assignment::ROLE_ASSIGNMENT;
pub(in crate::catalogue) use assignment::whole_tenant;
pub use definition::ROLE_DEFINITION;
pub use functions::{ROLE_ID, ROLE_NAME};

/// The section of the documentation.
const AREA: &str = "Roles";
