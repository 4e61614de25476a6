//! `m365_domain_verification`.

use super::{AREA, PERMISSIONS};
use crate::declare::{Act, Form, Resource, boolean, string};

/// The proof that a domain is the tenant's.
pub static DOMAIN_VERIFICATION: Resource = Resource {
    name: "domain_verification",
    area: AREA,
    doc: "Proves that a domain is the tenant's: waits until Graph sees one of the DNS records that \
        `m365_domain` tells. Let it depend on the record at the DNS provider, and let what needs a \
        verified domain depend on it.\n\n\
        It asks again until `timeouts.create` is over (20 minutes unless configured); DNS takes minutes \
        as a rule, and days at worst. A domain that is verified already stays so.",
    reference: "https://learn.microsoft.com/graph/api/domain-verify",
    path: "/domains/{domain_id}",
    entity: "domain",
    permissions: PERMISSIONS,
    attributes: &[
        string("domain_id", "The id of the domain, which is its name.")
            .form(Form::CaseInsensitive)
            .required()
            .replace("a proof is of one domain"),
        boolean("is_verified", "Whether the ownership was proved.").computed(),
    ],
    act: Some(Act {
        path: "/domains/{domain_id}/verify",
        done: |domain| domain["isVerified"] == true,
        until: "the DNS record that proves the ownership of the domain",
        otherwise: "Graph does not see a DNS record that proves the ownership of the domain. Check that \
            one of the verification_dns_records of m365_domain is published, at the name that it says, \
            and that the name servers of the domain are those that answer. DNS may take hours: apply \
            again, or give it longer by timeouts.create.",
    }),
    retry_on: &["Request_ResourceNotFound"],
    ..Resource::ACT
};
