//! What the tenant is, and who asks.

mod client;
mod domains;
mod organization;
mod settings;

pub use client::CLIENT;
pub use domains::DOMAINS;
pub use organization::TENANT;
pub use settings::ORGANIZATION;

/// The section of the documentation.
const AREA: &str = "Tenant";
