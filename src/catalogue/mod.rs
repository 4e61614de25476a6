//! The catalogue: what the provider manages and tells, a folder an area, a file a resource.

mod codec;
pub mod conditional_access;
pub mod groups;
pub mod users;

use crate::declare::{Attribute, DataSource, Resource};

/// Every resource, in the order of the documentation.
pub static ALL: &[&Resource] = &[
    &conditional_access::CONDITIONAL_ACCESS_POLICY,
    &conditional_access::NAMED_LOCATION,
    &groups::GROUP,
    &groups::GROUP_MEMBER,
    &groups::GROUP_MEMBERS,
    &users::USER,
];

/// The data sources that are no resources. Those of resources come with them.
pub static DATA_SOURCES: &[&DataSource] = &[];

/// The provider block.
pub static PROVIDER: &[Attribute] = &[];
