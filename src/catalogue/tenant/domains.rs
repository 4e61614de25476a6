//! `m365_domains`.

use super::AREA;
use crate::declare::{DataSource, Permissions, Source, boolean, integer, string, strings};

/// The domains of the tenant.
pub static DOMAINS: DataSource = DataSource {
    name: "domains",
    area: AREA,
    doc: "The domains of the tenant, those that are not verified yet included.",
    reference: "https://learn.microsoft.com/graph/api/resources/domain",
    source: Source::Collection("/domains", "domains"),
    entity: "domain",
    permissions: Permissions { read: "Domain.Read.All", write: "" },
    attributes: &[
        string("id", "The fully qualified name of the domain, such as `contoso.com`.").computed(),
        string(
            "authentication_type",
            "`Managed`, or `Federated`: another identity provider signs in.",
        )
        .computed(),
        boolean("is_default", "Whether new users are in this domain by default.").computed(),
        boolean(
            "is_initial",
            "Whether it is the `onmicrosoft.com` domain that the tenant began with.",
        )
        .computed(),
        boolean("is_root", "Whether it is not a subdomain of another verified domain.").computed(),
        boolean("is_verified", "Whether its ownership was proved.").computed(),
        boolean(
            "is_admin_managed",
            "Whether an administrator manages its DNS records, rather than Microsoft 365.",
        )
        .computed(),
        strings("supported_services", "What it is used for, such as `Email`.").computed(),
        integer(
            "password_validity_period_in_days",
            "After how many days a password expires; 2147483647 is never.",
        )
        .computed(),
        integer(
            "password_notification_window_in_days",
            "How many days before a password expires its user is told.",
        )
        .computed(),
    ],
    also: &[],
};
