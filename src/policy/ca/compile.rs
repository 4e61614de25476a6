//! Policies made ready to be asked many times: lists become sets, names become what they stand
//! for, filters are read.

use std::collections::HashSet;

use super::directory::NamedLocation;
use super::filter::{Error, Rule};
use super::index::Index;
use super::policy::{
    Applications, ClientApplications, Conditions, Filter, GuestsOrExternalUsers, Policy, UNKNOWN,
    Users,
};
use super::requirement::Requirement;

/// A policy made ready.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    pub(super) policy: &'a Policy,
    pub(super) who: Who,
    pub(super) what: What,
    pub(super) client_types: Names,
    pub(super) platforms: Option<(Names, Names)>,
    pub(super) locations: Option<(Vec<Place<'a>>, Vec<Place<'a>>)>,
    pub(super) device_filter: Option<Sieve>,
    pub(super) sign_in_risk: Names,
    pub(super) user_risk: Names,
    pub(super) workload_risk: Names,
    pub(super) insider_risk: Names,
    pub(super) flows: Names,
    /// Conditions that are set and not understood.
    pub(super) unrecognised: Vec<String>,
    pub(super) required: Requirement,
}

/// Names or ids in lower case, and whether some are not known yet.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: HashSet<String>,
    pub(super) unknown: bool,
}

impl Names {
    fn new(names: &[String]) -> Self {
        Self {
            unknown: names.iter().any(|name| name == UNKNOWN),
            names: names.iter().filter(|name| *name != UNKNOWN).map(|n| n.to_lowercase()).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.unknown
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// Whom a policy is for.
#[derive(Debug)]
pub(super) enum Who {
    Nobody,
    Users {
        include: Box<People>,
        exclude: Box<People>,
    },
    Workloads {
        include: Names,
        exclude: Names,
        filter: Option<Sieve>,
    },
    /// Not known before apply.
    Unknown,
}

/// One side of the users of a policy.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) users: Names,
    pub(super) groups: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) guests: Option<Guests>,
    /// Some part is not known before apply.
    pub(super) unknown: bool,
}

/// The guests of a policy; tenants are `None` for all.
#[derive(Debug)]
pub(super) struct Guests {
    pub(super) kinds: Names,
    pub(super) tenants: Option<Names>,
}

/// What a policy is for.
#[derive(Debug)]
pub(super) enum What {
    Nothing,
    Applications {
        include: Names,
        exclude: Names,
        filter: Option<Sieve>,
    },
    UserActions(Names),
    Contexts(Names),
    /// Not known before apply.
    Unknown,
}

/// A filter with its mode.
#[derive(Debug)]
pub(super) struct Sieve {
    pub(super) excludes: bool,
    pub(super) rule: Result<Rule, Option<Error>>,
}

/// A location that a policy names.
#[derive(Debug)]
pub(super) enum Place<'a> {
    All,
    AllTrusted,
    /// The legacy trusted addresses of multifactor authentication.
    MfaTrusted,
    Named(&'a NamedLocation),
    /// It does not exist.
    Gone,
    Unknown(String),
}

impl<'a> Ready<'a> {
    pub(super) fn new(policy: &'a Policy, index: &Index<'a>) -> Self {
        let conditions = &policy.conditions;
        let mut unrecognised: Vec<String> = policy
            .unrecognised()
            .into_iter()
            .filter(|path| path.starts_with("conditions."))
            .collect();
        unrecognised.extend(policy.unknown.iter().filter(|path| is_condition(path)).cloned());
        Self {
            policy,
            who: who(policy),
            what: what(policy, index),
            client_types: Names::new(&conditions.client_app_types),
            platforms: conditions.platforms.as_ref().map(|platforms| {
                (Names::new(&platforms.include_platforms), Names::new(&platforms.exclude_platforms))
            }),
            locations: conditions.locations.as_ref().map(|locations| {
                (
                    places(&locations.include_locations, index),
                    places(&locations.exclude_locations, index),
                )
            }),
            device_filter: device_filter(conditions),
            sign_in_risk: Names::new(&conditions.sign_in_risk_levels),
            user_risk: Names::new(&conditions.user_risk_levels),
            workload_risk: Names::new(&conditions.service_principal_risk_levels),
            insider_risk: Names::new(&conditions.insider_risk_levels),
            flows: conditions
                .authentication_flows
                .as_ref()
                .map(|flows| Names::new(&flows.transfer_methods))
                .unwrap_or_default(),
            unrecognised,
            required: Requirement::of(policy),
        }
    }

    /// Whether the policy lacks what a policy needs to do anything.
    pub(super) fn is_empty(&self) -> bool {
        let demands = self.policy.grant_controls.is_some()
            || self.policy.session_controls.as_ref().is_some_and(|session| session.any())
            || self.policy.unknown.iter().any(|path| path.ends_with("Controls"));
        !demands || matches!(self.who, Who::Nobody) || matches!(self.what, What::Nothing)
    }
}

/// Whether a path that is not known is one of the circumstances, neither who nor what.
fn is_condition(path: &str) -> bool {
    ["platforms", "locations", "devices", "authenticationFlows"]
        .iter()
        .any(|name| path.strip_prefix("conditions.").is_some_and(|rest| rest.starts_with(name)))
}

fn not_known(policy: &Policy, path: &str) -> bool {
    policy.unknown.iter().any(|unknown| unknown == "conditions" || unknown.starts_with(path))
}

fn who(policy: &Policy) -> Who {
    if let Some(clients) = &policy.conditions.client_applications
        && let Some(workloads) = workloads(clients)
    {
        return workloads;
    }
    if not_known(policy, "conditions.clientApplications") {
        return Who::Unknown;
    }
    let Some(users) = &policy.conditions.users else {
        let unknown = not_known(policy, "conditions.users");
        return if unknown { Who::Unknown } else { Who::Nobody };
    };
    let mut include = included(users);
    let mut exclude = excluded(users);
    include.unknown |= not_known(policy, "conditions.users.include");
    exclude.unknown |= not_known(policy, "conditions.users.exclude");
    if include.is_empty() {
        Who::Nobody
    } else {
        Who::Users { include: Box::new(include), exclude: Box::new(exclude) }
    }
}

/// Graph may give the block for workloads with nothing in it in policies that are for users.
fn workloads(clients: &ClientApplications) -> Option<Who> {
    let include = Names::new(&clients.include_service_principals);
    let filter = clients.service_principal_filter.as_ref().map(attribute_sieve);
    let newer = clients.other.iter().any(|(name, value)| {
        name.starts_with("include") && value.as_array().is_some_and(|list| !list.is_empty())
    });
    (!include.is_empty() || filter.is_some() || newer).then(|| Who::Workloads {
        include,
        exclude: Names::new(&clients.exclude_service_principals),
        filter,
    })
}

fn included(users: &Users) -> People {
    people(
        [&users.include_users, &users.include_groups, &users.include_roles],
        users.include_guests_or_external_users.as_ref(),
    )
}

fn excluded(users: &Users) -> People {
    people(
        [&users.exclude_users, &users.exclude_groups, &users.exclude_roles],
        users.exclude_guests_or_external_users.as_ref(),
    )
}

fn people(
    [users, groups, roles]: [&Vec<String>; 3],
    guests: Option<&GuestsOrExternalUsers>,
) -> People {
    let unknown = [users, groups, roles].into_iter().flatten().any(|id| id == UNKNOWN);
    let known = |ids: &[String]| -> Vec<String> {
        ids.iter().filter(|id| *id != UNKNOWN).map(|id| id.to_lowercase()).collect()
    };
    People {
        users: Names { unknown: false, ..Names::new(users) },
        groups: known(groups),
        roles: known(roles),
        guests: guests.map(Guests::new),
        unknown,
    }
}

impl People {
    fn is_empty(&self) -> bool {
        self.users.names.is_empty()
            && self.groups.is_empty()
            && self.roles.is_empty()
            && self.guests.is_none()
            && !self.unknown
    }
}

impl Guests {
    fn new(guests: &GuestsOrExternalUsers) -> Self {
        let tenants = guests.external_tenants.as_ref();
        let enumerated = tenants.filter(|tenants| {
            !tenants.membership_kind.is_empty()
                && !tenants.membership_kind.eq_ignore_ascii_case("all")
                || !tenants.members.is_empty()
        });
        Self {
            kinds: Names::new(&guests.guest_or_external_user_types),
            tenants: enumerated.map(|tenants| {
                let mut members = Names::new(&tenants.members);
                members.unknown |= tenants.membership_kind == UNKNOWN;
                members
            }),
        }
    }
}

fn what(policy: &Policy, index: &Index<'_>) -> What {
    let Some(applications) = &policy.conditions.applications else {
        let unknown = not_known(policy, "conditions.applications");
        return if unknown { What::Unknown } else { What::Nothing };
    };
    let actions = Names::new(&applications.include_user_actions);
    if !actions.is_empty() {
        return What::UserActions(actions);
    }
    let contexts = Names::new(&applications.include_authentication_context_class_references);
    if !contexts.is_empty() {
        return What::Contexts(contexts);
    }
    resources(applications, index).unwrap_or_else(|| {
        let unknown = not_known(policy, "conditions.applications");
        if unknown { What::Unknown } else { What::Nothing }
    })
}

fn resources(applications: &Applications, index: &Index<'_>) -> Option<What> {
    let include = with_suites(&applications.include_applications, index);
    let filter = applications.application_filter.as_ref().map(attribute_sieve);
    let includes_by_filter = filter.as_ref().is_some_and(|filter| !filter.excludes);
    (!include.is_empty() || includes_by_filter).then(|| What::Applications {
        include,
        exclude: with_suites(&applications.exclude_applications, index),
        filter,
    })
}

fn with_suites(applications: &[String], index: &Index<'_>) -> Names {
    let mut names = Names::new(applications);
    names.names.extend(applications.iter().flat_map(|keyword| index.suite(keyword)));
    names
}

fn attribute_sieve(filter: &Filter) -> Sieve {
    sieve(filter, Rule::of_attributes)
}

fn device_filter(conditions: &Conditions) -> Option<Sieve> {
    let filter = conditions.devices.as_ref()?.device_filter.as_ref()?;
    Some(sieve(filter, Rule::of_devices))
}

fn sieve(filter: &Filter, read: fn(&str) -> Result<Rule, Error>) -> Sieve {
    let unknown = filter.rule == UNKNOWN || filter.mode == UNKNOWN;
    Sieve {
        excludes: filter.mode.eq_ignore_ascii_case("exclude"),
        rule: if unknown { Err(None) } else { read(&filter.rule).map_err(Some) },
    }
}

fn places<'a>(ids: &[String], index: &Index<'a>) -> Vec<Place<'a>> {
    ids.iter()
        .map(|id| {
            let lower = id.to_lowercase();
            match lower.as_str() {
                "all" => Place::All,
                "alltrusted" => Place::AllTrusted,
                "00000000-0000-0000-0000-000000000000" => Place::MfaTrusted,
                _ => match index.location(&lower) {
                    Some(location) => Place::Named(location),
                    None if id != UNKNOWN && index.directory.complete.locations => Place::Gone,
                    None => Place::Unknown(id.clone()),
                },
            }
        })
        .collect()
}
