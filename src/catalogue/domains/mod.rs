//! Domains: added, proved to be owned, used.

mod domain;
mod federation;
mod settings;
mod verification;

pub use domain::DOMAIN;
pub use federation::DOMAIN_FEDERATION;
pub use settings::DOMAIN_SETTINGS;
pub use verification::DOMAIN_VERIFICATION;

/// The section of the documentation.
const AREA: &str = "Domains";

use crate::declare::{Attribute, Permissions, boolean, integer, string};

const PERMISSIONS: Permissions =
    Permissions { read: "Domain.Read.All", write: "Domain.ReadWrite.All" };

/// A DNS record that somebody is to publish (Graph: `domainDnsRecord` and the types derived from it).
static VERIFICATION_RECORD: &[Attribute] = &[
    string("record_type", "`Txt` or `Mx`.").computed(),
    string("label", "The name of the record.").computed(),
    integer("ttl", "How long it may be cached, in seconds.").computed(),
    string("text", "The text of a `Txt` record.").computed(),
    string("mail_exchange", "The mail server of an `Mx` record.").computed(),
    integer("preference", "The preference of an `Mx` record.").computed(),
];

/// A DNS record that a service needs.
static SERVICE_RECORD: &[Attribute] = &[
    string("record_type", "`Mx`, `Txt`, `CName` or `Srv`.").computed(),
    string("supported_service", "The service that needs it, such as `Email`.").computed(),
    boolean("is_optional", "Whether the service works without it.").computed(),
    string("label", "The name of the record.").computed(),
    integer("ttl", "How long it may be cached, in seconds.").computed(),
    string("text", "The text of a `Txt` record.").computed(),
    string("mail_exchange", "The mail server of an `Mx` record.").computed(),
    integer("preference", "The preference of an `Mx` record.").computed(),
    string("canonical_name", "The target of a `CName` record.").computed(),
    string("name_target", "The target of a `Srv` record.").computed(),
    string("service", "The service of a `Srv` record, such as `_sip`.").computed(),
    string("protocol", "The protocol of a `Srv` record, such as `_tls`.").computed(),
    integer("port", "The port of a `Srv` record.").computed(),
    integer("priority", "The priority of a `Srv` record.").computed(),
    integer("weight", "The weight of a `Srv` record.").computed(),
];
