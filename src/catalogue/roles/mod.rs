//! Directory roles: what they allow, and who holds them.

mod assignment;
pub mod built_in;
mod definition;

pub use assignment::ROLE_ASSIGNMENT;
pub use definition::ROLE_DEFINITION;

/// The section of the documentation.
const AREA: &str = "Roles";
