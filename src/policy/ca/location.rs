//! Where a sign-in comes from, and whether that is in the locations of a policy.

use std::net::IpAddr;

use super::compile::Place;
use super::directory::NamedLocation;
use super::index::Index;
use super::outcome::Doubt;
use super::policy::UNKNOWN;
use super::sign_in::SignIn;
use crate::policy::truth::Truth;

/// Where a sign-in comes from.
#[derive(Debug)]
pub(super) struct Origin<'a> {
    address: Option<IpAddr>,
    /// Empty for an address of no known country.
    country: Option<&'a str>,
    compliant_network: Option<bool>,
    /// Whether the address is in a trusted named location or a legacy trusted one.
    trusted: Truth,
    /// Whether it is in a legacy trusted one; Graph does not tell these.
    mfa_trusted: Option<bool>,
}

impl<'a> Origin<'a> {
    pub(super) fn new(sign_in: &'a SignIn, index: &Index<'_>) -> Self {
        let given = &sign_in.sign_in_conditions;
        let directory = index.directory;
        // An IPv4 address may come in the dress of IPv6; a range knows it by its own form.
        let address = given.ip_address.map(|address| address.to_canonical());
        let in_named = |address: IpAddr| {
            directory.locations.iter().any(|location| {
                matches!(location, NamedLocation::Ip { ip_ranges, is_trusted: true, .. }
                    if ip_ranges.iter().any(|range| range.contains(&address)))
            })
        };
        let mfa_trusted = match (&directory.mfa_trusted_ips, address) {
            (Some(ranges), Some(address)) => {
                Some(ranges.iter().any(|range| range.contains(&address)))
            }
            _ => None,
        };
        let any_trusted = directory.locations.iter().any(NamedLocation::is_trusted);
        let trusted = match address {
            Some(address) if in_named(address) || mfa_trusted == Some(true) => Truth::Yes,
            // Named locations are read all at once or not at all.
            Some(_) if directory.complete.locations || !directory.locations.is_empty() => Truth::No,
            // Nothing is trusted, so neither is an address that is not known.
            None if directory.complete.locations && !any_trusted => Truth::No,
            _ => Truth::Maybe,
        };
        Self {
            address,
            country: given.country.as_deref(),
            compliant_network: sign_in.facts.compliant_network,
            trusted,
            mfa_trusted,
        }
    }

    /// Whether it is in any of `places`.
    pub(super) fn is_among(&self, places: &[Place<'_>], doubts: &mut Vec<Doubt>) -> Truth {
        let mut found = Truth::No;
        for place in places {
            found = found.or(self.is_in(place, doubts));
            if found.is_yes() {
                break;
            }
        }
        found
    }

    fn is_in(&self, place: &Place<'_>, doubts: &mut Vec<Doubt>) -> Truth {
        let about_address = Doubt::Missing("signInConditions.ipAddress");
        match place {
            Place::All => Truth::Yes,
            Place::Gone => Truth::No,
            Place::Unknown(id) => {
                doubts.push(if id == UNKNOWN {
                    Doubt::Planned("conditions.locations".to_owned())
                } else {
                    Doubt::Location(id.clone())
                });
                Truth::Maybe
            }
            Place::AllTrusted => {
                if self.trusted.is_maybe() {
                    doubts.push(match self.address {
                        None => about_address,
                        Some(_) => Doubt::Location("AllTrusted".to_owned()),
                    });
                }
                self.trusted
            }
            // As with AllTrusted, addresses that nobody can read are taken not to be there.
            Place::MfaTrusted => self.mfa_trusted.unwrap_or(false).into(),
            Place::Named(NamedLocation::Ip { ip_ranges, .. }) => match self.address {
                Some(address) => ip_ranges.iter().any(|range| range.contains(&address)).into(),
                None => {
                    doubts.push(about_address);
                    Truth::Maybe
                }
            },
            Place::Named(NamedLocation::Country {
                countries_and_regions,
                include_unknown_countries_and_regions,
                ..
            }) => match self.country {
                Some("") => (*include_unknown_countries_and_regions).into(),
                Some(country) => {
                    countries_and_regions.iter().any(|c| c.eq_ignore_ascii_case(country)).into()
                }
                None => {
                    doubts.push(Doubt::Missing("signInConditions.country"));
                    Truth::Maybe
                }
            },
            Place::Named(NamedLocation::CompliantNetwork { .. }) => {
                if self.compliant_network.is_none() {
                    doubts.push(Doubt::Missing("facts.compliantNetwork"));
                }
                self.compliant_network.into()
            }
        }
    }
}
