//! Whether a change of a named location moves somebody out of what policies let in (L-04).
//!
//! The sign-ins tried come from each range or country that the location loses or gains, and from
//! where this plan runs. A policy that stops one only after the change is told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::finding::Finding;
use super::{Scene, scenario};
use crate::policy::ca::known::{AZURE_PORTAL, MICROSOFT_GRAPH};
use crate::policy::ca::{
    Compiled, Directory, Mode, NamedLocation, SignIn, SignInConditions, Standing, State, User,
};
use crate::policy::roles::REPAIRERS;

/// Whom policies stop: by policy and origin in words.
type Stopped = BTreeMap<(String, String), BTreeSet<String>>;

/// Where a sign-in comes from, in words and as conditions.
type Origin = (String, SignInConditions);

pub(super) fn findings(
    scene: &Scene,
    before: &NamedLocation,
    after: Option<&NamedLocation>,
) -> Vec<Finding> {
    let origins = origins(scene, before, after);
    let stopped = |location: Option<&NamedLocation>| {
        let directory = with_location(&scene.directory, before.id(), location);
        stopped(scene, &Compiled::new(&scene.policies, &directory), &origins)
    };
    let (was, is) = (stopped(Some(before)), stopped(after));
    let mut by_policy: BTreeMap<String, Vec<(String, BTreeSet<String>)>> = BTreeMap::new();
    for ((policy, origin), whom) in is {
        if !was.contains_key(&(policy.clone(), origin.clone())) {
            by_policy.entry(policy).or_default().push((origin, whom));
        }
    }
    let mut findings: Vec<Finding> =
        by_policy.iter().map(|(policy, stops)| told(scene, policy, stops, before)).collect();
    findings.extend(no_longer_there(scene, before, after));
    findings
}

/// An office that closes is taken out of a location for good reason: that is a warning. Stopping
/// this plan, or an emergency account, never is.
fn told(
    scene: &Scene,
    policy: &str,
    stops: &[(String, BTreeSet<String>)],
    location: &NamedLocation,
) -> Finding {
    let here = here(scene);
    let emergency: BTreeSet<&str> = scene.emergency_users().map(User::name).collect();
    let severe = stops.iter().any(|(origin, whom)| {
        Some(origin) == here.as_ref() || whom.iter().any(|name| emergency.contains(name.as_str()))
    });
    let origins: Vec<&str> = stops.iter().map(|(origin, _)| origin.as_str()).collect();
    let origins = origins.join(", ");
    let whom: BTreeSet<&String> = stops.iter().flat_map(|(_, whom)| whom).collect();
    let summary = format!("Policy \"{policy}\" would stop sign-ins from {origins}");
    let finding =
        if severe { Finding::error("L-04", summary) } else { Finding::warning("L-04", summary) };
    finding
        .of(policy)
        .would(format!(
            "With named location \"{}\" changed, the policy applies to these sign-ins, which it \
             left alone so far, and cannot be satisfied.",
            location.name()
        ))
        .to(whom.into_iter().cloned())
        .fix("add the new ranges first, sign in from there, and take the old ones out afterwards")
}

/// Where this plan runs, in words.
fn here(scene: &Scene) -> Option<String> {
    scene.automation.address.map(|address| format!("{address} (where this plan runs)"))
}

/// The location is deleted or loses its trust while policies rest on it.
fn no_longer_there(
    scene: &Scene,
    before: &NamedLocation,
    after: Option<&NamedLocation>,
) -> Option<Finding> {
    let by = |wanted: &str, whatever: bool| {
        scene.referring(|policy| {
            let counts = whatever || policy.state != State::Disabled;
            let locations = policy.conditions.locations.iter();
            let mut named =
                locations.flat_map(|l| l.include_locations.iter().chain(&l.exclude_locations));
            counts && named.any(|id| id.eq_ignore_ascii_case(wanted))
        })
    };
    let referring = by(before.id(), true);
    if after.is_none() && !referring.is_empty() {
        return Some(
            Finding::error("L-24", format!("Named location \"{}\" is still in use", before.name()))
                .would(
                    "Entra refuses the deletion, or the policies that name it match nothing by it.",
                )
                .to(referring)
                .fix("take it out of the policies first, or remove them"),
        );
    }
    let trusting = by("AllTrusted", false);
    let other = scene
        .directory
        .locations
        .iter()
        .any(|l| l.is_trusted() && !l.id().eq_ignore_ascii_case(before.id()));
    let loses = before.is_trusted() && !after.is_some_and(NamedLocation::is_trusted);
    (loses && !other && scene.directory.complete.locations && !trusting.is_empty()).then(|| {
        Finding::warning("L-04", "No named location would be trusted any more")
            .would("Policies that exclude trusted locations are for everyone everywhere then.")
            .to(trusting)
            .fix("mark another location as trusted first")
    })
}

/// The directory with `location` in place of the one of that id.
fn with_location(directory: &Directory, id: &str, location: Option<&NamedLocation>) -> Directory {
    let mut directory = directory.clone();
    directory.locations.retain(|other| !other.id().eq_ignore_ascii_case(id));
    directory.locations.extend(location.cloned());
    directory
}

fn origins(scene: &Scene, before: &NamedLocation, after: Option<&NamedLocation>) -> Vec<Origin> {
    let mut origins: BTreeMap<String, SignInConditions> = BTreeMap::new();
    let from = |address: IpAddr| SignInConditions {
        ip_address: Some(address),
        country: None,
        ..scenario::calm()
    };
    for location in [Some(before), after].into_iter().flatten() {
        match location {
            NamedLocation::Ip { ip_ranges, .. } => {
                origins.extend(ip_ranges.iter().map(|r| (r.to_string(), from(r.addr()))));
            }
            NamedLocation::Country { countries_and_regions, .. } => {
                origins.extend(countries_and_regions.iter().map(|country| {
                    let country = country.to_uppercase();
                    let conditions =
                        SignInConditions { country: Some(country.clone()), ..scenario::calm() };
                    (country, conditions)
                }));
                origins.insert("an unknown country".to_owned(), scenario::calm());
            }
            NamedLocation::CompliantNetwork { .. } => {}
        }
    }
    if let (Some(address), Some(here)) = (scene.automation.address, here(scene)) {
        origins.insert(here, from(address));
    }
    origins.into_iter().collect()
}

fn stopped(scene: &Scene, policies: &Compiled<'_>, origins: &[Origin]) -> Stopped {
    let repairs = |user: &&User| {
        scene.is_emergency_user(&user.id)
            || user
                .roles
                .iter()
                .flatten()
                .any(|role| REPAIRERS.iter().any(|r| r.eq_ignore_ascii_case(role)))
    };
    let users = scene
        .directory
        .users
        .iter()
        .filter(repairs)
        .map(|user| (user.name().to_owned(), SignIn::of_user(user.id.as_str(), AZURE_PORTAL)));
    let automation = scene.automation.service_principal_id.iter().map(|id| {
        ("Terraform itself".to_owned(), SignIn::of_service_principal(id, MICROSOFT_GRAPH))
    });
    let mut stopped = Stopped::new();
    for (name, sign_in) in users.chain(automation) {
        for (origin, conditions) in origins {
            let sign_in = sign_in.clone().under(conditions.clone());
            let outcome = policies.evaluate(&sign_in, Mode::WorstCase);
            for result in outcome.applied() {
                if result.standing == Some(Standing::Impossible) {
                    let cause = (result.name().to_owned(), origin.clone());
                    stopped.entry(cause).or_default().insert(name.clone());
                }
            }
        }
    }
    stopped
}
