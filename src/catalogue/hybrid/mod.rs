//! Where the tenant meets what is on premises: directory synchronisation and staged rollout.

mod health;
mod identity_model;
pub(in crate::catalogue) mod mastered;
mod staged_rollout;
mod synchronization;
pub(in crate::catalogue) mod tenant;

pub use health::DIRECTORY_SYNCHRONIZATION_HEALTH;
pub use identity_model::{IDENTITY_MODEL, IDENTITY_MODEL_AS_IT_IS};
pub use staged_rollout::STAGED_ROLLOUT_POLICY;
pub use synchronization::DIRECTORY_SYNCHRONIZATION;

/// The section of the documentation.
const AREA: &str = "Hybrid Identity";
