//! `m365_security_defaults`.

use super::AREA;
use crate::catalogue::lockout;
use crate::declare::{Permissions, Resource, boolean};

/// Microsoft's basic protection for tenants without Conditional Access.
pub static SECURITY_DEFAULTS: Resource = Resource {
    name: "security_defaults",
    area: AREA,
    doc: "Security defaults: Microsoft's basic protection, such as multifactor authentication for \
        administrators and no legacy authentication, for tenants without Conditional Access.\n\n\
        Security defaults and enabled Conditional Access policies exclude each other. Switch them off \
        before a policy is enabled: let the policies depend on this resource, so that destroy switches \
        them on again only after the policies are gone.",
    reference: "https://learn.microsoft.com/graph/api/resources/identitysecuritydefaultsenforcementpolicy",
    path: "/policies/identitySecurityDefaultsEnforcementPolicy",
    entity: "identitySecurityDefaultsEnforcementPolicy",
    permissions: Permissions {
        read: "Policy.Read.All",
        write: "Policy.Read.All + Policy.ReadWrite.SecurityDefaults",
    },
    attributes: &[boolean("is_enabled", "Whether security defaults are on.").required()],
    guard: Some(lockout::security_defaults),
    ..Resource::SINGLETON
};
