//! Privileged Identity Management: roles and groups held for a time, and the rules of taking them up.

mod approvals;
mod assignments;
mod emergency;
mod group;
mod holders;
mod limits;
mod policy;
mod role;
mod rules;

pub use approvals::{PIM_GROUP_APPROVAL_REQUESTS, ROLE_APPROVAL_REQUESTS};
pub use assignments::ROLE_ASSIGNMENTS;
pub use emergency::EMERGENCY_ACCESS;
pub use group::{PIM_GROUP_ASSIGNMENT, PIM_GROUP_ELIGIBILITY};
pub use policy::{GROUP_ROLE_MANAGEMENT_POLICY, ROLE_MANAGEMENT_POLICY};
pub use role::{ROLE_ACTIVE_ASSIGNMENT, ROLE_ELIGIBILITY};

/// The section of the documentation.
const AREA: &str = "Privileged access";

/// Errors that pass once what a new assignment refers to has been replicated.
const NEW: &[&str] = &[
    "Request_ResourceNotFound",
    "ResourceNotFound",
    "RoleNotFound",
    "RoleDefinitionDoesNotExist",
    "SubjectNotFound",
];
