//! Provisioning: jobs that carry users and groups from one directory to another.

mod job;

pub use job::SYNCHRONIZATION_JOB;

/// The section of the documentation.
const AREA: &str = "Synchronization";
