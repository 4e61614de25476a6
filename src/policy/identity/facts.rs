//! What is known of a tenant's identity model, in Graph's shapes; `None` where nobody could look.

use serde::Deserialize;
use serde_json::Value as Json;

/// A domain (`domain`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Domain {
    /// The fully qualified name.
    pub id: String,
    /// `Managed` or `Federated`.
    pub authentication_type: String,
    /// New users are in it by default.
    pub is_default: bool,
    /// The tenant began with it.
    pub is_initial: bool,
    /// Its ownership was proved.
    pub is_verified: bool,
}

impl Domain {
    /// Whether another identity provider signs in.
    pub fn is_federated(&self) -> bool {
        self.authentication_type.eq_ignore_ascii_case("Federated")
    }

    /// Whether `name` is in it: an address or the name itself.
    pub fn has(&self, name: &str) -> bool {
        name.rsplit('@').next().is_some_and(|domain| domain.eq_ignore_ascii_case(&self.id))
    }
}

/// A staged rollout (`featureRolloutPolicy`), its groups expanded.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rollout {
    /// What is rolled out.
    pub feature: String,
    /// The name.
    pub display_name: String,
    /// Whether it is.
    pub is_enabled: bool,
    /// To whom.
    pub applies_to: Vec<Json>,
}

/// An agent on-premises (`onPremisesAgent`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Agent {
    /// The server that it is on.
    pub machine_name: String,
    /// `active` or `inactive`.
    pub status: String,
}

impl Agent {
    /// Whether it answers.
    pub fn is_active(&self) -> bool {
        self.status.eq_ignore_ascii_case("active")
    }
}

/// The tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// `organization.onPremisesSyncEnabled`, null and false being one.
    pub is_synchronised: Option<bool>,
    /// `organization.onPremisesLastSyncDateTime`.
    pub last_synchronised: Option<String>,
    /// `onPremisesDirectorySynchronization.features`.
    pub features: Option<Json>,
    /// Every domain.
    pub domains: Option<Vec<Domain>>,
    /// Every staged rollout.
    pub rollouts: Option<Vec<Rollout>>,
    /// The agents of pass-through authentication, which only the beta version of Graph shows.
    pub agents: Option<Vec<Agent>>,
    /// The sign-in names of the Global Administrators that are enabled.
    pub administrators: Option<Vec<String>>,
    /// The sign-in names of the emergency access accounts.
    pub emergency: Vec<String>,
}

impl Facts {
    /// The servers whose agents check passwords, as far as that is known.
    pub fn active_agents(&self) -> Option<Vec<&str>> {
        let active = self.agents.as_ref()?.iter().filter(|agent| agent.is_active());
        Some(active.map(|agent| agent.machine_name.as_str()).collect())
    }

    /// A feature of directory synchronisation.
    pub fn feature(&self, name: &str) -> Option<bool> {
        self.features.as_ref().map(|features| features[name] == true)
    }

    /// A domain by its name.
    pub fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.as_ref()?.iter().find(|domain| domain.id.eq_ignore_ascii_case(name))
    }

    /// The domains that another identity provider signs in to.
    pub fn federated(&self) -> Vec<&str> {
        let all = self.domains.iter().flatten().filter(|domain| domain.is_federated());
        all.map(|domain| domain.id.as_str()).collect()
    }

    /// The domain that the tenant began with.
    pub fn initial(&self) -> Option<&Domain> {
        self.domains.iter().flatten().find(|domain| domain.is_initial)
    }
}
