//! Provisioning: jobs that carry users and groups from one directory to another.

mod definitions;
mod job;
mod mapping;
mod names;
mod schema;

pub use job::SYNCHRONIZATION_JOB;
pub use schema::SYNCHRONIZATION_SCHEMA;

use crate::declare::Permissions;

/// The section of the documentation.
const AREA: &str = "Synchronization";

const PERMISSIONS: Permissions =
    Permissions { read: "Synchronization.Read.All", write: "Synchronization.ReadWrite.All" };
