//! Other tenants: what is trusted of them, and whose users are synchronized into this one.

mod partner;
mod synchronization;

pub use partner::CROSS_TENANT_ACCESS_PARTNER;
pub use synchronization::CROSS_TENANT_SYNCHRONIZATION;

use crate::declare::Permissions;

/// The section of the documentation.
const AREA: &str = "Cross-tenant access";

const PERMISSIONS: Permissions =
    Permissions { read: "Policy.Read.All", write: "Policy.ReadWrite.CrossTenantAccess" };
