//! What the tenant is, and who asks.

mod client;
mod domains;
mod organization;

pub use client::CLIENT;
pub use domains::DOMAINS;
pub use organization::TENANT;

/// The section of the documentation.
const AREA: &str = "Tenant";
