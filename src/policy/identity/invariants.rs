//! What must hold of an identity model, by the numbers under which the documentation lists it.

use super::facts::Facts;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, such as `INV-02`.
    pub id: &'static str,
    /// Whether it certainly does not hold; else it may not.
    pub is_certain: bool,
    /// In one line what is wrong.
    pub summary: String,
    /// Why, and what to do.
    pub detail: String,
}

fn broken(id: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Violation {
    Violation { id, is_certain: true, summary: summary.into(), detail: detail.into() }
}

fn doubtful(id: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Violation {
    Violation { is_certain: false, ..broken(id, summary, detail) }
}

/// Whether a domain can be handed to another identity provider: it is verified, and neither the
/// initial nor the default domain (INV-02, INV-03).
pub fn can_be_federated(facts: &Facts, name: &str) -> Vec<Violation> {
    let Some(domains) = &facts.domains else { return Vec::new() };
    let Some(domain) = facts.domain(name) else {
        let known: Vec<&str> = domains.iter().map(|domain| domain.id.as_str()).collect();
        return vec![broken(
            "INV-02",
            format!("{name} is not a domain of the tenant"),
            format!(
                "Only a verified domain can be federated. Add it by m365_domain and prove its ownership \
                 by m365_domain_verification first. The tenant has {}.",
                known.join(", ")
            ),
        )];
    };
    let mut found = Vec::new();
    if !domain.is_verified {
        found.push(broken(
            "INV-02",
            format!("{name} is not verified"),
            "Only a verified domain can be federated. Let this depend on m365_domain_verification, and \
             apply that first where the domain exists already.",
        ));
    }
    if domain.is_initial {
        found.push(broken(
            "INV-02",
            format!("{name} is the domain that the tenant began with"),
            "It cannot be federated, and emergency access stands on it. Federate a custom domain.",
        ));
    }
    if domain.is_default {
        found.push(broken(
            "INV-03",
            format!("{name} is the default domain"),
            "A federated domain cannot be the default. Make another domain the default first, such as \
             the initial one (m365_domain_settings, is_default).",
        ));
    }
    found
}

/// Whether a domain can be the default (INV-03).
pub fn can_be_default(facts: &Facts, name: &str) -> Vec<Violation> {
    let federated = facts.domain(name).is_some_and(super::facts::Domain::is_federated);
    let found = federated.then(|| {
        broken(
            "INV-03",
            format!("{name} is federated"),
            "A federated domain cannot be the default: new users would be made in it by default. Make \
             a managed domain the default, or convert this one to managed first.",
        )
    });
    found.into_iter().collect()
}

/// Whether a user can be named after a domain, where it is known: it is a verified domain of the tenant
/// (INV-16), and who is in a federated one is known to the other identity provider (INV-04).
pub fn can_be_named(facts: &Facts, name: &str, has_immutable_id: bool) -> Option<Violation> {
    let domains = facts.domains.as_ref()?;
    let suffix = name.rsplit('@').next()?;
    let known = || {
        let verified = domains.iter().filter(|domain| domain.is_verified);
        verified.map(|domain| domain.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    match facts.domain(suffix) {
        None => Some(broken(
            "INV-16",
            format!("{suffix} is not a domain of the tenant"),
            format!(
                "Graph takes sign-in names in verified domains only: {}. Add the domain by m365_domain, prove \
                 its ownership by m365_domain_verification, and let this depend on that.",
                known()
            ),
        )),
        Some(domain) if !domain.is_verified => Some(broken(
            "INV-16",
            format!("{suffix} is not verified"),
            format!(
                "Graph takes sign-in names in verified domains only: {}. Let this depend on \
                 m365_domain_verification of {suffix}, and apply that first where the domain is there \
                 already.",
                known()
            ),
        )),
        Some(domain) if domain.is_federated() && !has_immutable_id => Some(broken(
            "INV-04",
            format!("{suffix} is federated, and {name} has no immutable id"),
            "Another identity provider signs in there, which knows people by an immutable id. Set \
             on_premises_immutable_id, or use a managed domain.",
        )),
        Some(_) => None,
    }
}

/// What federation needs beside the domain: users that come from on-premises (INV-04), and somebody
/// who gets in when the other identity provider does not answer (INV-05, INV-06).
pub fn federation(facts: &Facts, names: &[&str]) -> Vec<Violation> {
    let mut found = Vec::new();
    if facts.is_synchronised == Some(false) {
        found.push(doubtful(
            "INV-04",
            "Nothing is synchronised from on-premises",
            "Federated users need an immutable id from a source on-premises, so directory \
             synchronisation has to be set up before they can sign in.",
        ));
    }
    let is_in = |name: &str| names.iter().any(|domain| ends_in(name, domain));
    let locked: Vec<&str> =
        facts.emergency.iter().map(String::as_str).filter(|name| is_in(name)).collect();
    if !locked.is_empty() {
        found.push(broken(
            "INV-06",
            format!("Emergency access is in a federated domain: {}", locked.join(", ")),
            "Emergency access accounts must not depend on another identity provider. Rename them to \
             the initial domain, ….onmicrosoft.com, first.",
        ));
    }
    if facts.initial().is_some_and(super::facts::Domain::is_federated) {
        found.push(broken(
            "INV-05",
            "The initial domain is federated",
            "Nobody can get in when the other identity provider fails. Convert it to managed.",
        ));
    }
    if let (Some(administrators), Some(initial)) = (&facts.administrators, facts.initial())
        && !administrators.iter().any(|name| initial.has(name))
    {
        found.push(Violation {
            // Where none is seen at all, they are out of sight: some tenant has one.
            is_certain: !administrators.is_empty(),
            ..broken(
                "INV-05",
                format!("No enabled Global Administrator is in {}", initial.id),
                "When the other identity provider fails, nobody can take the domain back. Make an \
                 account of the initial domain a Global Administrator first.",
            )
        });
    }
    found
}

/// Whether users of federated domains can have their passwords checked in the cloud again (INV-17).
pub fn leaving_federation(facts: &Facts, names: &[&str]) -> Vec<Violation> {
    let mut found = Vec::new();
    let whom = names.join(", ");
    let needs = [
        (
            "passwordSyncEnabled",
            "password hashes are not synchronised",
            "Users would have no password in the cloud. Switch password hash synchronisation on in \
             Microsoft Entra Connect, and wait until every user was synchronised.",
        ),
        (
            "synchronizeUpnForManagedUsersEnabled",
            "sign-in names of managed users do not follow on-premises",
            "Set features.synchronize_upn_for_managed_users_enabled of \
             m365_directory_synchronization first; it cannot be switched off again.",
        ),
    ];
    for (feature, summary, detail) in needs {
        let summary = format!("{whom} cannot leave federation: {summary}");
        match facts.feature(feature) {
            Some(true) => {}
            Some(false) => found.push(broken("INV-17", summary, detail)),
            None => {
                found.push(doubtful("INV-17", format!("{summary}, as far as is known"), detail))
            }
        }
    }
    let rollouts = facts.rollouts.iter().flatten();
    for rollout in rollouts.filter(|rollout| rollout.is_enabled && !rollout.applies_to.is_empty()) {
        found.push(broken(
            "INV-17",
            format!("The staged rollout {:?} still has groups", rollout.display_name),
            format!(
                "{whom} leaves federation for everybody, so staged rollout ends before it. Empty \
                 applies_to_group_ids of m365_staged_rollout_policy first."
            ),
        ));
    }
    found
}

/// What leaked credentials are found by (INV-07).
pub fn leaked_credentials(facts: &Facts) -> Vec<Violation> {
    let found = (facts.is_synchronised == Some(true)
        && facts.feature("passwordSyncEnabled") == Some(false))
    .then(|| {
        doubtful(
            "INV-07",
            "Leaked credentials of synchronised users are not found",
            "Microsoft compares hashes of passwords, which are not synchronised. Switch password hash \
             synchronisation on as well, in Microsoft Entra Connect; it is also the way out when the \
             other way to sign in fails.",
        )
    });
    found.into_iter().collect()
}

fn ends_in(name: &str, domain: &str) -> bool {
    name.rsplit('@').next().is_some_and(|own| own.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::{Domain, Rollout};
    use super::*;

    fn domain(id: &str) -> Domain {
        Domain {
            id: id.into(),
            authentication_type: "Managed".into(),
            is_verified: true,
            ..Domain::default()
        }
    }

    fn tenant() -> Facts {
        Facts {
            is_synchronised: Some(true),
            features: Some(json!({
                "passwordSyncEnabled": true, "synchronizeUpnForManagedUsersEnabled": true,
            })),
            domains: Some(vec![
                Domain { is_initial: true, is_default: true, ..domain("x.onmicrosoft.com") },
                domain("x.com"),
            ]),
            rollouts: Some(Vec::new()),
            administrators: Some(vec!["ann@x.com".into(), "break@x.onmicrosoft.com".into()]),
            ..Facts::default()
        }
    }

    fn ids(found: &[Violation]) -> Vec<(&'static str, bool)> {
        found.iter().map(|one| (one.id, one.is_certain)).collect()
    }

    /// The tenant as it is allowed, and as it is refused.
    #[track_caller]
    fn check(
        judge: impl Fn(&Facts) -> Vec<Violation>,
        spoil: impl Fn(&mut Facts),
        expected: &[(&'static str, bool)],
    ) {
        let mut facts = tenant();
        assert_eq!(ids(&judge(&facts)), [], "the allowed twin is refused");
        spoil(&mut facts);
        assert_eq!(ids(&judge(&facts)), expected);
    }

    fn own(facts: &mut Facts) -> &mut Domain {
        &mut facts.domains.as_mut().expect("domains")[1]
    }

    #[test]
    fn inv_02_a_verified_custom_domain() {
        let judge = |facts: &Facts| can_be_federated(facts, "X.com");
        check(judge, |facts| own(facts).is_verified = false, &[("INV-02", true)]);
        check(judge, |facts| own(facts).is_initial = true, &[("INV-02", true)]);
        check(judge, |facts| own(facts).id = "y.com".into(), &[("INV-02", true)]);
    }

    #[test]
    fn inv_16_a_verified_domain_and_inv_04_an_immutable_id() {
        let named = |facts: &Facts| can_be_named(facts, "ann@X.com", false).into_iter().collect();
        check(named, |facts| own(facts).is_verified = false, &[("INV-16", true)]);
        check(named, |facts| own(facts).id = "y.com".into(), &[("INV-16", true)]);
        let federate = |facts: &mut Facts| own(facts).authentication_type = "Federated".into();
        check(named, federate, &[("INV-04", true)]);
        let mut federated = tenant();
        federate(&mut federated);
        assert_eq!(can_be_named(&federated, "ann@x.com", true), None);
        assert_eq!(can_be_named(&Facts::default(), "ann@x.com", false), None);
    }

    #[test]
    fn inv_03_no_federated_default() {
        let judge = |facts: &Facts| can_be_federated(facts, "x.com");
        check(judge, |facts| own(facts).is_default = true, &[("INV-03", true)]);
        let judge = |facts: &Facts| can_be_default(facts, "x.com");
        let federate = |facts: &mut Facts| own(facts).authentication_type = "Federated".into();
        check(judge, federate, &[("INV-03", true)]);
    }

    #[test]
    fn inv_04_to_06_somebody_gets_in() {
        let judge = |facts: &Facts| federation(facts, &["x.com"]);
        check(judge, |facts| facts.is_synchronised = Some(false), &[("INV-04", false)]);
        check(judge, |facts| facts.emergency.push("a@X.com".into()), &[("INV-06", true)]);
        let leave = |facts: &mut Facts| facts.administrators = Some(vec!["ann@x.com".into()]);
        check(judge, leave, &[("INV-05", true)]);
    }

    #[test]
    fn inv_07_leaked_credentials() {
        let hashes = |facts: &mut Facts| facts.features = Some(json!({}));
        check(leaked_credentials, hashes, &[("INV-07", false)]);
    }

    #[test]
    fn inv_17_passwords_in_the_cloud() {
        let judge = |facts: &Facts| leaving_federation(facts, &["x.com"]);
        let without = |name: &'static str| {
            move |facts: &mut Facts| {
                if let Some(features) = &mut facts.features {
                    features[name] = json!(false);
                }
            }
        };
        check(judge, without("passwordSyncEnabled"), &[("INV-17", true)]);
        check(judge, without("synchronizeUpnForManagedUsersEnabled"), &[("INV-17", true)]);
        check(judge, |facts| facts.features = None, &[("INV-17", false), ("INV-17", false)]);
        let rollout = |facts: &mut Facts| {
            let applies_to = vec![json!({"id": "g"})];
            let rollout = Rollout { is_enabled: true, applies_to, ..Rollout::default() };
            facts.rollouts = Some(vec![rollout]);
        };
        check(judge, rollout, &[("INV-17", true)]);
    }
}
