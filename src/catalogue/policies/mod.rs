//! Policies of the whole tenant, which are always there.

mod authorization;
mod device_registration;
mod group_setting;
mod security_defaults;

pub use authorization::AUTHORIZATION_POLICY;
pub use device_registration::DEVICE_REGISTRATION_POLICY;
pub use group_setting::GROUP_SETTING;
pub use security_defaults::SECURITY_DEFAULTS;

/// The section of the documentation.
const AREA: &str = "Policies";
