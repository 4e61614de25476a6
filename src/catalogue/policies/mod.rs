//! Policies of the whole tenant, which are always there.

mod security_defaults;

pub use security_defaults::SECURITY_DEFAULTS;

/// The section of the documentation.
const AREA: &str = "Policies";
