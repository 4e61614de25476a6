//! `m365_named_location`.

use serde_json::Value as Json;

use super::AREA;
use super::bounds;
use crate::catalogue::codec::CIDR_RANGES;
use crate::catalogue::lockout;
use crate::declare::{
    Call, Check, Form, Literal::Bool, Literal::Str, Lookup, Permissions, Resource, Rule, boolean,
    instant, string, strings, variant,
};

/// Addresses or countries that Conditional Access policies refer to.
pub static NAMED_LOCATION: Resource = Resource {
    name: "named_location",
    area: AREA,
    doc: "A set of IP ranges or of countries that Conditional Access policies refer to by its id.\n\n\
        Set exactly one of `ip`, `country` and `compliant_network`. Graph refuses to delete a trusted location, so destroy \
        withdraws the trust first, and refuses to delete a location that a policy still uses. A \
        deleted location can be restored for 30 days.",
    reference: "https://learn.microsoft.com/graph/api/resources/namedlocation",
    path: "/identity/conditionalAccess/namedLocations",
    entity: "namedLocation",
    permissions: Permissions {
        read: "Policy.Read.All",
        write: "Policy.Read.All + Policy.ReadWrite.ConditionalAccess",
    },
    selects: false,
    attributes: &[
        string("display_name", "The name that administrators see in the portal and in policies.")
            .required(),
        variant("ip", "ipNamedLocation", "A location known by its addresses.").of(&[
            strings(
                "ip_ranges",
                "The public IPv4 and IPv6 ranges in CIDR notation, as Microsoft Entra sees them, so \
                 behind proxies and VPN gateways. IPv6 ranges must be listed in their own right: a \
                 sign-in over IPv6 never matches an IPv4 range. At most 2,000.",
            )
            .form(Form::Cidr)
            .via(&CIDR_RANGES)
            .required()
            .checks(&[
                Check::Count(1, 2000),
                Check::Pattern(
                    "/(9|[1-9][0-9]+)$",
                    "in CIDR notation with a mask longer than /8, such as 203.0.113.0/24",
                ),
            ]),
            boolean(
                "is_trusted",
                "Whether it counts as trusted: it is then part of `AllTrusted`, and sign-ins from \
                 it are seen as less risky. Defaults to `false`.",
            )
            .or(Bool(false)),
        ]),
        variant("country", "countryNamedLocation", "A location known by its countries.").of(&[
            strings(
                "countries_and_regions",
                "Two-letter country codes (ISO 3166-1 alpha-2) in upper case.",
            )
            .required()
            .checks(&[
                Check::Count(1, 300),
                Check::Pattern("^[A-Z]{2}$", "two upper-case letters, such as NL"),
            ]),
            boolean(
                "include_unknown_countries_and_regions",
                "Whether sign-ins whose country cannot be determined belong to the location. \
                 Defaults to `false`.",
            )
            .or(Bool(false)),
            string(
                "country_lookup_method",
                "How the country is found: `clientIpAddress`, by the address, or \
                 `authenticatorAppGps`, by the position that the user shares in Microsoft \
                 Authenticator, which prompts even in report-only policies. Defaults to \
                 `clientIpAddress`.",
            )
            .one_of(&["clientIpAddress", "authenticatorAppGps"])
            .or(Str("clientIpAddress")),
        ]),
        variant(
            "compliant_network",
            "compliantNetworkNamedLocation",
            "The networks of Global Secure Access. Microsoft Entra makes the one location of this \
             kind, *All Compliant Network Locations*, when signalling for Conditional Access is \
             switched on: import it, or find its id by the data source. It cannot be made or deleted \
             here.",
        )
        .of(&[
            string("compliant_network_type", "Whose networks they are. Defaults to all of the tenant.")
                .one_of(&["allTenantCompliantNetworks"])
                .or(Str("allTenantCompliantNetworks")),
            boolean("is_trusted", "Whether it counts as trusted. Defaults to `false`.")
                .or(Bool(false)),
        ])
        .beta(),
        instant("created_date_time", "When it was made.").computed(),
    ],
    rules: &[Rule::ExactlyOneOf(&["ip", "country", "compliant_network"])],
    keys: &["display_name"],
    data: Some(Lookup { plural: Some("named_locations") }),
    soft_delete: Some("/identity/conditionalAccess/deletedItems/namedLocations/{id}"),
    before_delete: Some(distrust),
    moved_from: &["azuread_named_location"],
    inquiries: &[bounds::of_location],
    guard: Some(lockout::named_location),
    ..Resource::MEMBER
};

/// Graph refuses to delete a trusted location, so the trust is withdrawn first.
fn distrust(remote: &Json) -> Option<Call> {
    (remote["isTrusted"] == true).then_some(Call::patch().with(&[("isTrusted", Bool(false))]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_trusted_location_is_distrusted() {
        let withdraw = Call::patch().with(&[("isTrusted", Bool(false))]);
        assert_eq!(distrust(&json!({ "isTrusted": true })), Some(withdraw));
        assert_eq!(distrust(&json!({ "isTrusted": false })), None);
        assert_eq!(distrust(&json!({ "countriesAndRegions": ["NL"] })), None);
    }
}
