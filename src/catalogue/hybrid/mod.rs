//! Where the tenant meets what is on premises: directory synchronisation and staged rollout.

mod staged_rollout;
mod synchronization;

pub use staged_rollout::STAGED_ROLLOUT_POLICY;
pub use synchronization::DIRECTORY_SYNCHRONIZATION;

/// The section of the documentation.
const AREA: &str = "Hybrid Identity";
