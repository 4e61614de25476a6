//! The catalogue: what the provider manages and tells, a folder an area, a file a resource.

pub mod administrative_units;
pub mod authentication_methods;
pub mod branding;
mod codec;
pub mod conditional_access;
pub mod cross_tenant;
pub mod domains;
pub mod groups;
pub mod hybrid;
pub mod licenses;
mod lockout;
pub mod policies;
pub mod privileged_access;
mod provider;
pub mod roles;
pub mod synchronization;
pub mod tenant;
pub mod users;

use crate::declare::{Attribute, Catalogue, DataSource, Function, Resource};

/// Everything, as the provider is made of it.
pub static CATALOGUE: Catalogue = Catalogue {
    doc: "Deploys and guards the identity infrastructure of a Microsoft 365 tenant through Microsoft \
          Graph.",
    provider: PROVIDER,
    resources: ALL,
    data_sources: DATA_SOURCES,
    functions: FUNCTIONS,
};

/// Every resource, in the order of the documentation.
pub static ALL: &[&Resource] = &[
    &administrative_units::ADMINISTRATIVE_UNIT,
    &administrative_units::ADMINISTRATIVE_UNIT_MEMBER,
    &authentication_methods::AUTHENTICATION_METHOD_CONFIGURATION,
    &authentication_methods::AUTHENTICATION_METHODS_POLICY,
    &branding::ORGANIZATION_BRANDING,
    &branding::ORGANIZATION_BRANDING_LOCALIZATION,
    &conditional_access::AUTHENTICATION_CONTEXT,
    &conditional_access::AUTHENTICATION_STRENGTH_POLICY,
    &conditional_access::CONDITIONAL_ACCESS_POLICY,
    &conditional_access::NAMED_LOCATION,
    &conditional_access::TERMS_OF_USE,
    &cross_tenant::CROSS_TENANT_ACCESS_PARTNER,
    &cross_tenant::CROSS_TENANT_SYNCHRONIZATION,
    &domains::DOMAIN,
    &domains::DOMAIN_FEDERATION,
    &domains::DOMAIN_SETTINGS,
    &domains::DOMAIN_VERIFICATION,
    &groups::GROUP,
    &groups::GROUP_MEMBER,
    &groups::GROUP_MEMBERS,
    &hybrid::DIRECTORY_SYNCHRONIZATION,
    &hybrid::IDENTITY_MODEL,
    &hybrid::STAGED_ROLLOUT_POLICY,
    &licenses::GROUP_LICENSE,
    &licenses::USER_LICENSE,
    &policies::AUTHORIZATION_POLICY,
    &policies::DEVICE_REGISTRATION_POLICY,
    &policies::GROUP_SETTING,
    &policies::SECURITY_DEFAULTS,
    &privileged_access::GROUP_ROLE_MANAGEMENT_POLICY,
    &privileged_access::PIM_GROUP_ASSIGNMENT,
    &privileged_access::PIM_GROUP_ELIGIBILITY,
    &privileged_access::ROLE_ACTIVE_ASSIGNMENT,
    &privileged_access::ROLE_ELIGIBILITY,
    &privileged_access::ROLE_MANAGEMENT_POLICY,
    &roles::ROLE_ASSIGNMENT,
    &roles::ROLE_DEFINITION,
    &synchronization::SYNCHRONIZATION_JOB,
    &synchronization::SYNCHRONIZATION_SCHEMA,
    &tenant::ORGANIZATION,
    &users::USER,
];

/// The data sources that are no resources. Those of resources come with them.
pub static DATA_SOURCES: &[&DataSource] = &[
    &lockout::CONDITIONAL_ACCESS_POLICY_SET,
    &conditional_access::CONDITIONAL_ACCESS_TEMPLATES,
    &conditional_access::CONDITIONAL_ACCESS_WHAT_IF,
    &privileged_access::EMERGENCY_ACCESS,
    &privileged_access::PIM_GROUP_APPROVAL_REQUESTS,
    &privileged_access::ROLE_APPROVAL_REQUESTS,
    &privileged_access::ROLE_ASSIGNMENTS,
    &hybrid::DIRECTORY_SYNCHRONIZATION_HEALTH,
    &hybrid::IDENTITY_MODEL_AS_IT_IS,
    &tenant::CLIENT,
    &tenant::DOMAINS,
    &tenant::TENANT,
];

/// The functions.
pub static FUNCTIONS: &[&Function] =
    &[&conditional_access::EVALUATE_SIGN_IN, &roles::ROLE_ID, &roles::ROLE_NAME];

/// The arguments of the provider block.
pub static PROVIDER: &[Attribute] = provider::ATTRIBUTES;
