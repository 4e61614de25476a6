//! Users.

mod user;

pub use user::USER;

/// The section of the documentation.
const AREA: &str = "Users";
