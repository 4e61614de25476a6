//! The catalogue: what the provider manages and tells, a folder an area, a file a resource.

mod codec;
pub mod conditional_access;
pub mod groups;
pub mod users;

use crate::declare::{Attribute, Catalogue, DataSource, Resource, string};

/// Everything, as the provider is made of it.
pub static CATALOGUE: Catalogue = Catalogue {
    doc: "Deploys and guards the identity infrastructure of a Microsoft 365 tenant through Microsoft \
          Graph.",
    provider: PROVIDER,
    resources: ALL,
    data_sources: DATA_SOURCES,
};

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
pub static PROVIDER: &[Attribute] = &[
    string("tenant_id", "T.").env(&["M365_TENANT_ID", "ARM_TENANT_ID", "AZURE_TENANT_ID"]),
    string("client_id", "T.").env(&["M365_CLIENT_ID", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"]),
    string("client_secret", "T.").sensitive().env(&["M365_CLIENT_SECRET"]),
    string("cloud", "T.").env(&["M365_CLOUD"]),
    string("graph_endpoint", "T.").env(&["M365_GRAPH_ENDPOINT"]),
    string("login_endpoint", "T.").env(&["M365_LOGIN_ENDPOINT"]),
];
