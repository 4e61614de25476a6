//! Whether a policy is for someone.

use super::compile::{Guests, Names, People, Sieve, Who};
use super::directory::ServicePrincipal;
use super::filter::{Fact, Subject as Filtered};
use super::index::Index;
use super::outcome::Doubt;
use super::policy::UNKNOWN;
use super::subject::{Guest, Subject};
use crate::policy::truth::Truth;

pub(super) fn matches(
    who: &Who,
    subject: &Subject<'_>,
    index: &Index<'_>,
    doubts: &mut Vec<Doubt>,
) -> Truth {
    match who {
        Who::Nobody => Truth::No,
        Who::Unknown => {
            doubts.push(Doubt::Planned("conditions.users".to_owned()));
            Truth::Maybe
        }
        Who::Users { include, exclude } => {
            if subject.is_workload {
                return Truth::No;
            }
            let included = is_among(include, subject, index, "include", doubts);
            if included.is_no() {
                return Truth::No;
            }
            included.and(is_among(exclude, subject, index, "exclude", doubts).not())
        }
        Who::Workloads { include, exclude, filter } => {
            if !subject.is_workload {
                return Truth::No;
            }
            workload(include, exclude, filter.as_ref(), subject, index, doubts)
        }
    }
}

fn is_among(
    people: &People,
    subject: &Subject<'_>,
    index: &Index<'_>,
    side: &str,
    doubts: &mut Vec<Doubt>,
) -> Truth {
    if people.users.has(&subject.id) || people.users.has("all") && covered_by_all(subject, index) {
        return Truth::Yes;
    }
    let mut found = Truth::No;
    for group in &people.groups {
        match subject.is_in(group, index) {
            Truth::Yes => return Truth::Yes,
            Truth::Maybe => {
                doubts.push(Doubt::Group(group.clone()));
                found = Truth::Maybe;
            }
            Truth::No => {}
        }
    }
    for role in &people.roles {
        match subject.holds(role) {
            Truth::Yes => return Truth::Yes,
            Truth::Maybe => {
                doubts.push(Doubt::Roles);
                found = Truth::Maybe;
            }
            Truth::No => {}
        }
    }
    let legacy = people.users.has("guestsorexternalusers").then_some(match &subject.guest {
        Guest::Yes { .. } => Truth::Yes,
        Guest::No => Truth::No,
        Guest::Unknown => Truth::Maybe,
    });
    let guests = people.guests.as_ref().map(|guests| is_guest_of(guests, &subject.guest, index));
    for guest in legacy.into_iter().chain(guests) {
        if guest.is_maybe() {
            doubts.push(Doubt::Guest);
        }
        found = found.or(guest);
    }
    if people.unknown && !found.is_yes() {
        doubts.push(Doubt::Planned(format!("conditions.users.{side}*")));
        found = Truth::Maybe;
    }
    found
}

/// `All` is every object in the directory; whether also those who have none here, is not said.
fn covered_by_all(subject: &Subject<'_>, index: &Index<'_>) -> bool {
    let outsider = matches!(&subject.guest, Guest::Yes { kind, .. }
        if kind.eq_ignore_ascii_case("b2bDirectConnectUser")
            || kind.eq_ignore_ascii_case("serviceProvider"));
    !outsider || index.directory.assumptions.all_covers_outsiders
}

/// Guests without a tenant, such as those with a one-time code, are in no enumeration.
fn is_guest_of(guests: &Guests, guest: &Guest, index: &Index<'_>) -> Truth {
    let Guest::Yes { kind, home } = guest else {
        return if *guest == Guest::Unknown { Truth::Maybe } else { Truth::No };
    };
    let of_kind = if guests.kinds.has(&kind.to_lowercase()) {
        Truth::Yes
    } else if guests.kinds.unknown {
        Truth::Maybe
    } else {
        Truth::No
    };
    let Some(tenants) = &guests.tenants else { return of_kind };
    let of_tenant = match home.as_deref() {
        Some(home) if tenants.has(home) => Truth::Yes,
        _ if tenants.unknown => Truth::Maybe,
        Some(_) => Truth::No,
        // Local accounts have no other home, those from elsewhere have one that was not looked up.
        None if kind.eq_ignore_ascii_case("internalGuest") => {
            index.directory.tenant_id.as_ref().map_or(Truth::No, |own| tenants.has(own).into())
        }
        None => Truth::Maybe,
    };
    of_kind.and(of_tenant)
}

/// Policies for workloads cover service principals of applications registered in this tenant for
/// this tenant alone: no managed identities, no applications from elsewhere, nobody by group.
fn workload(
    include: &Names,
    exclude: &Names,
    filter: Option<&Sieve>,
    subject: &Subject<'_>,
    index: &Index<'_>,
    doubts: &mut Vec<Doubt>,
) -> Truth {
    let coverable = coverable(subject.service_principal, index);
    if coverable.is_no() {
        return Truth::No;
    }
    let own = include.has("serviceprincipalsinmytenant") || include.has("all");
    let mut included: Truth = (own || include.has(&subject.id)).into();
    if include.unknown && !included.is_yes() {
        doubts.push(Doubt::Planned(
            "conditions.clientApplications.includeServicePrincipals".to_owned(),
        ));
        included = Truth::Maybe;
    }
    let mut excluded: Truth = exclude.has(&subject.id).into();
    if exclude.unknown && !excluded.is_yes() {
        doubts.push(Doubt::Planned(
            "conditions.clientApplications.excludeServicePrincipals".to_owned(),
        ));
        excluded = Truth::Maybe;
    }
    if let Some(sieve) = filter {
        let holds = sieved(sieve, subject.service_principal, &subject.id, doubts);
        if sieve.excludes {
            excluded = excluded.or(holds);
        } else if include.is_empty() {
            included = holds;
        } else {
            included = included.and(holds);
        }
    }
    let applies = included.and(excluded.not());
    if coverable.is_maybe() && !applies.is_no() {
        doubts.push(Doubt::Workload);
    }
    applies.and(coverable)
}

fn coverable(service_principal: Option<&ServicePrincipal>, index: &Index<'_>) -> Truth {
    let Some(sp) = service_principal else { return Truth::Maybe };
    let managed: Truth = sp
        .service_principal_type
        .as_deref()
        .map(|kind| kind.eq_ignore_ascii_case("ManagedIdentity"))
        .into();
    let own: Truth = match (&sp.app_owner_organization_id, &index.directory.tenant_id) {
        (Some(owner), Some(tenant)) => owner.eq_ignore_ascii_case(tenant).into(),
        _ => Truth::Maybe,
    };
    let single: Truth = sp
        .sign_in_audience
        .as_deref()
        .is_none_or(|a| a.eq_ignore_ascii_case("AzureADMyOrg"))
        .into();
    managed.not().and(own).and(single)
}

/// Whether the rule of a filter on custom security attributes holds.
pub(super) fn sieved(
    sieve: &Sieve,
    service_principal: Option<&ServicePrincipal>,
    id: &str,
    doubts: &mut Vec<Doubt>,
) -> Truth {
    match &sieve.rule {
        Ok(rule) => {
            let holds = rule.holds(&Attributes(service_principal));
            if holds.is_maybe() {
                doubts.push(Doubt::Attributes(id.to_owned()));
            }
            holds
        }
        Err(None) => {
            doubts.push(Doubt::Planned("the filter's rule".to_owned()));
            Truth::Maybe
        }
        Err(Some(error)) => {
            doubts.push(Doubt::Filter(error.to_string()));
            Truth::Maybe
        }
    }
}

/// Custom security attributes, named `<set>_<name>` in rules.
struct Attributes<'a>(Option<&'a ServicePrincipal>);

impl Filtered for Attributes<'_> {
    fn property(&self, name: &str) -> Fact<'_> {
        let Some(sets) = self.0.and_then(|sp| sp.custom_security_attributes.as_ref()) else {
            return Fact::Unknown;
        };
        let value = sets.iter().find_map(|(set, attributes)| {
            let rest = name.get(set.len()..)?.strip_prefix('_')?;
            let same = name.get(..set.len())?.eq_ignore_ascii_case(set);
            let found = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(rest));
            found.filter(|_| same).map(|(_, value)| value)
        });
        match value {
            None | Some(serde_json::Value::Null) => Fact::Null,
            Some(serde_json::Value::String(text)) if text == UNKNOWN => Fact::Unknown,
            Some(serde_json::Value::String(text)) => Fact::Text(text),
            Some(serde_json::Value::Array(values)) => {
                Fact::Many(values.iter().filter_map(serde_json::Value::as_str).collect())
            }
            Some(_) => Fact::Unknown,
        }
    }
}
