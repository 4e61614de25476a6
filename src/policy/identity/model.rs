//! Which identity model a tenant has, what shows it, and what people have to do for another one.

use super::facts::Facts;

/// Where accounts are mastered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// In the cloud alone.
    CloudOnly,
    /// On-premises, with a copy in the cloud.
    Hybrid,
}

/// Who checks the password of a synchronised user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Entra, by the synchronised hash.
    PasswordHashSync,
    /// An agent on-premises.
    PassThrough,
    /// Another identity provider.
    Federated,
}

impl Model {
    /// Its name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudOnly => "cloud_only",
            Self::Hybrid => "hybrid",
        }
    }
}

impl Authentication {
    /// Its name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::PasswordHashSync => "password_hash_sync",
            Self::PassThrough => "pass_through",
            Self::Federated => "federated",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::PasswordHashSync, Self::PassThrough, Self::Federated];
        all.into_iter().find(|one| one.name() == name)
    }
}

/// A statement about the tenant, with what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What is so.
    pub statement: String,
    /// Where it was seen.
    pub evidence: String,
    /// Whether the evidence proves it.
    pub is_certain: bool,
}

/// What a tenant is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classification {
    /// Where accounts are mastered; `None` where it could not be read.
    pub model: Option<Model>,
    /// Who checks passwords of synchronised users.
    pub authentication: Option<Authentication>,
    /// Why.
    pub statements: Vec<Statement>,
}

/// A step that Graph cannot take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do, and where.
    pub step: &'static str,
    /// What shows that it is to be done, or that nothing shows whether it was.
    pub evidence: String,
}

/// Classifies a tenant as it is.
pub fn classify(facts: &Facts) -> Classification {
    let mut told = Classification::default();
    let mut say = |statement: &str, evidence: String, is_certain| {
        told.statements.push(Statement { statement: statement.to_owned(), evidence, is_certain });
    };
    let federated = facts.federated();
    match facts.is_synchronised {
        Some(true) => {
            told.model = Some(Model::Hybrid);
            let when = facts.last_synchronised.as_deref().unwrap_or("never");
            say(
                "Accounts are mastered on-premises and synchronised.",
                format!("organization.onPremisesSyncEnabled is true, last synchronised {when}"),
                true,
            );
        }
        Some(false) => {
            told.model = Some(Model::CloudOnly);
            say(
                "Accounts are mastered in the cloud.",
                "organization.onPremisesSyncEnabled is not true".to_owned(),
                true,
            );
        }
        None => {}
    }
    if !federated.is_empty() {
        say(
            "Another identity provider signs users in.",
            format!("domain.authenticationType is Federated for {}", federated.join(", ")),
            true,
        );
    }
    let hashes = facts.feature("passwordSyncEnabled");
    if let Some(on) = hashes.filter(|_| facts.is_synchronised == Some(true)) {
        let statement = if on {
            "Password hashes are synchronised."
        } else {
            "No password hashes are synchronised."
        };
        say(statement, format!("features.passwordSyncEnabled is {on}"), true);
    }
    let agents = facts.active_agents();
    let checked_by = agents.as_deref().filter(|agents| !agents.is_empty());
    if facts.is_synchronised == Some(true) {
        told.authentication = match (facts.domains.is_some(), federated.is_empty(), hashes) {
            (_, false, _) => Some(Authentication::Federated),
            (true, true, _) if let Some(agents) = checked_by => {
                told.statements.push(Statement {
                    statement: "An agent on-premises checks passwords.".to_owned(),
                    evidence: format!(
                        "all domains are managed, and pass-through authentication agents are active on {}",
                        agents.join(", ")
                    ),
                    is_certain: false,
                });
                Some(Authentication::PassThrough)
            }
            (true, true, Some(true)) => {
                told.statements.push(Statement {
                    statement: "Microsoft Entra checks passwords by their hashes.".to_owned(),
                    evidence: match agents {
                        Some(_) => {
                            "all domains are managed, hashes are synchronised, and no \
                                    pass-through authentication agent is active"
                        }
                        None => {
                            "all domains are managed and hashes are synchronised; pass-through \
                                 authentication could be on as well, whose agents could not be read"
                        }
                    }
                    .to_owned(),
                    is_certain: agents.is_some(),
                });
                Some(Authentication::PasswordHashSync)
            }
            (true, true, Some(false)) => {
                told.statements.push(Statement {
                    statement: "An agent on-premises checks passwords.".to_owned(),
                    evidence: "all domains are managed and no hashes are synchronised".to_owned(),
                    is_certain: false,
                });
                Some(Authentication::PassThrough)
            }
            _ => None,
        };
    }
    for rollout in facts.rollouts.iter().flatten().filter(|rollout| rollout.is_enabled) {
        told.statements.push(Statement {
            statement: format!("{} is rolled out in stages.", rollout.feature),
            evidence: format!(
                "featureRolloutPolicy {:?} is enabled for {} groups",
                rollout.display_name,
                rollout.applies_to.len()
            ),
            is_certain: true,
        });
    }
    told
}

/// How many agents of pass-through authentication Microsoft advises: signing in ends with the last.
const AGENTS: usize = 3;

/// What people have to do for a model, because Graph cannot.
pub fn manual_steps(
    facts: &Facts,
    model: Model,
    authentication: Option<Authentication>,
    domains: &[&str],
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |step, evidence: String| steps.push(Step { step, evidence });
    let synchronised = facts.is_synchronised == Some(true);
    let hashes = facts.feature("passwordSyncEnabled");
    let unseen = || "Graph does not show whether it was done".to_owned();
    match model {
        Model::CloudOnly => {
            if hashes == Some(true) {
                step(
                    "Uninstall Microsoft Entra Connect or Cloud Sync on its servers, before synchronisation \
                     is switched off.",
                    "features.passwordSyncEnabled is true, so a synchronisation client was set up"
                        .into(),
                );
            }
            return steps;
        }
        Model::Hybrid => {}
    }
    if !synchronised || facts.last_synchronised.is_none() {
        step(
            "Clean Active Directory up (IdFix) and install Microsoft Entra Connect or Cloud Sync on-premises.",
            match facts.is_synchronised {
                Some(true) => "nothing was synchronised yet".to_owned(),
                Some(false) => "organization.onPremisesSyncEnabled is not true".to_owned(),
                None => "organization could not be read".to_owned(),
            },
        );
    }
    match authentication {
        Some(Authentication::PasswordHashSync) if hashes != Some(true) => step(
            "Switch password hash synchronisation on in Microsoft Entra Connect.",
            hashes.map_or_else(unseen, |_| "features.passwordSyncEnabled is false".to_owned()),
        ),
        Some(Authentication::PassThrough) => {
            let active = facts.active_agents();
            let evidence = match &active {
                None => {
                    "agents are in the beta version of Graph only, and could not be read".to_owned()
                }
                Some(active) if active.is_empty() => "no agent is active".to_owned(),
                Some(active) => format!("agents are active on {} only", active.join(", ")),
            };
            if active.is_none_or(|active| active.len() < AGENTS) {
                step(
                    "Install at least three pass-through authentication agents on-premises, and choose \
                     pass-through authentication in Microsoft Entra Connect.",
                    evidence,
                );
            }
        }
        Some(Authentication::Federated) => {
            let missing: Vec<&str> = domains
                .iter()
                .copied()
                .filter(|name| !facts.domain(name).is_some_and(super::facts::Domain::is_federated))
                .collect();
            if !missing.is_empty() {
                step(
                    "Set the other identity provider up, and federate the domains by \
                     m365_domain_federation.",
                    format!("these domains are managed: {}", missing.join(", ")),
                );
            }
        }
        _ => {}
    }
    if matches!(
        authentication,
        Some(Authentication::PasswordHashSync | Authentication::PassThrough)
    ) {
        step(
            "Switch Seamless SSO on in Microsoft Entra Connect, where domain-joined devices need it.",
            unseen(),
        );
    }
    step(
        "Set password writeback up in Microsoft Entra Connect, before self-service password reset.",
        "Graph does not show it: features.passwordWritebackEnabled is not in use".to_owned(),
    );
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::Domain;
    use super::*;

    fn facts(synchronised: bool, hashes: bool, federated: bool) -> Facts {
        let kind = if federated { "Federated" } else { "Managed" };
        Facts {
            is_synchronised: Some(synchronised),
            last_synchronised: synchronised.then(|| "2026-11-20T08:00:00Z".to_owned()),
            features: Some(json!({ "passwordSyncEnabled": hashes })),
            domains: Some(vec![Domain {
                id: "x.com".into(),
                authentication_type: kind.into(),
                ..Domain::default()
            }]),
            ..Facts::default()
        }
    }

    #[test]
    fn a_tenant_is_what_its_facts_show() {
        use Authentication::{Federated, PassThrough, PasswordHashSync};
        let cases = [
            ((false, false, false), (Model::CloudOnly, None)),
            ((true, true, false), (Model::Hybrid, Some(PasswordHashSync))),
            ((true, false, false), (Model::Hybrid, Some(PassThrough))),
            ((true, true, true), (Model::Hybrid, Some(Federated))),
        ];
        for ((synchronised, hashes, federated), (model, authentication)) in cases {
            let told = classify(&facts(synchronised, hashes, federated));
            assert_eq!((told.model, told.authentication), (Some(model), authentication));
            assert!(told.statements.iter().all(|one| !one.evidence.is_empty()));
        }
        assert_eq!(classify(&Facts::default()), Classification::default());
    }

    #[test]
    fn agents_tell_who_checks_passwords() {
        let with = |active: usize| {
            let agent = |status: &str| super::super::Agent {
                machine_name: "pta".into(),
                status: status.into(),
            };
            let mut agents = vec![agent("active"); active];
            agents.push(agent("inactive"));
            Facts { agents: Some(agents), ..facts(true, true, false) }
        };
        let authentication = |active| classify(&with(active)).authentication;
        assert_eq!(authentication(0), Some(Authentication::PasswordHashSync));
        assert_eq!(authentication(1), Some(Authentication::PassThrough));
        let last = |facts: &Facts| classify(facts).statements.pop().expect("a statement");
        assert!(last(&with(0)).is_certain && !last(&facts(true, true, false)).is_certain);
        let steps = |facts: &Facts| {
            manual_steps(facts, Model::Hybrid, Some(Authentication::PassThrough), &[]).len()
        };
        assert_eq!((steps(&with(2)), steps(&with(3))), (3, 2));
        assert_eq!(steps(&facts(true, true, false)), 3);
    }

    #[test]
    fn steps_are_those_that_are_left() {
        let steps = |facts: &Facts, authentication| {
            manual_steps(facts, Model::Hybrid, Some(authentication), &["x.com"]).len()
        };
        let before = steps(&facts(false, false, false), Authentication::PasswordHashSync);
        let after = steps(&facts(true, true, false), Authentication::PasswordHashSync);
        assert_eq!((before, after), (4, 2));
        assert_eq!(steps(&facts(true, true, false), Authentication::Federated), 2);
        assert_eq!(steps(&facts(true, true, true), Authentication::Federated), 1);
        assert!(manual_steps(&facts(false, false, false), Model::CloudOnly, None, &[]).is_empty());
    }
}
