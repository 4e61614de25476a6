//! The identity model: what a tenant is, what has to hold before it changes, and what people have to
//! do themselves.
//!
//! After Microsoft's "Determine your cloud identity model", "Choose the right authentication method"
//! and "Migrate from federation to cloud authentication".

pub mod certificate;
mod facts;
mod invariants;
mod model;

pub use facts::{Agent, Domain, Facts, Rollout};
pub use invariants::{
    Violation, can_be_default, can_be_federated, can_be_named, federation, leaked_credentials,
    leaving_federation,
};
pub use model::{Authentication, Classification, Model, Statement, Step, classify, manual_steps};
