//! What judgements of the identity model have to know of the tenant, as reads and as the facts that
//! `policy::identity` judges by. What cannot be read stays not known.

use serde_json::{Value as Json, json};

use crate::catalogue::conditional_access::tenant::user;
use crate::declare::{Answer, Asking, Elsewhere, Finding, Question, Read, UNKNOWN};
use crate::policy::identity::{Facts, Violation};
use crate::policy::roles::GLOBAL_ADMINISTRATOR;
use crate::terraform::Path;

/// Every domain.
fn domains() -> Read {
    Read::all("/domains", "Domain.Read.All")
}

/// The organization.
fn organization() -> Read {
    Read::all("/organization", "Organization.Read.All")
        .select("id,onPremisesSyncEnabled,onPremisesLastSyncDateTime")
}

/// Directory synchronisation, which has the id of the tenant.
pub(super) fn synchronization(tenant: &str) -> Read {
    let path = format!("/directory/onPremisesSynchronization/{tenant}");
    Read::one(path, "OnPremDirectorySynchronization.Read.All")
}

/// Every staged rollout, with its groups.
pub(super) fn rollouts() -> Read {
    Read::all("/policies/featureRolloutPolicies", "Policy.Read.HybridAuthentication")
        .expand("appliesTo")
}

/// The agents on-premises of a kind. Only the beta version of Graph shows them.
pub(super) fn agents(of: &str) -> Read {
    let path = format!("/onPremisesPublishingProfiles/{of}/agents");
    Read::all(path, "OnPremisesPublishingProfiles.ReadWrite.All").in_beta()
}

/// The same facts, with the agents that check passwords.
pub(super) fn with_agents(ask: &Asking<'_>, facts: Facts) -> Facts {
    Facts { agents: ask.objects(&agents("authentication")).map(read_all), ..facts }
}

fn global_administrators() -> Read {
    Read::all("/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory")
        .filter(format!("roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'"))
}

/// The domains alone.
pub(in crate::catalogue) fn of_domains(ask: &Asking<'_>) -> Facts {
    let domains = ask.objects(&domains()).map(read_all);
    Facts { domains, ..Facts::default() }
}

/// Domains, synchronisation and staged rollouts.
pub(in crate::catalogue) fn facts(ask: &Asking<'_>, question: &Question<'_>) -> Facts {
    let organization = ask.objects(&organization()).and_then(<[Json]>::first);
    let tenant = question.token["tid"].as_str();
    let synchronization = tenant.and_then(|tenant| ask.known(&synchronization(tenant)));
    Facts {
        is_synchronised: organization.map(|own| own["onPremisesSyncEnabled"] == true),
        last_synchronised: organization
            .and_then(|own| own["onPremisesLastSyncDateTime"].as_str())
            .map(str::to_owned),
        features: synchronization.map(|own| own["features"].clone()),
        rollouts: ask.objects(&rollouts()).map(read_all),
        ..of_domains(ask)
    }
}

/// The same, with who could get in without the other identity provider.
pub(in crate::catalogue) fn with_administrators(
    ask: &Asking<'_>,
    question: &Question<'_>,
) -> Facts {
    let mut facts = facts(ask, question);
    let assigned = ask.objects(&global_administrators());
    facts.administrators = assigned.map(|assigned| {
        let everywhere = assigned.iter().filter(|one| one["directoryScopeId"] == "/");
        let held = everywhere.filter_map(|one| one["principalId"].as_str());
        let users = held.filter_map(|id| ask.known(&user(id)));
        let enabled = users.filter(|user| user["accountEnabled"] == true);
        enabled.filter_map(|user| user["userPrincipalName"].as_str()).map(str::to_owned).collect()
    });
    let listed = question.provider["emergencyAccess"]["userIds"].as_array();
    let ids = listed.into_iter().flatten().filter_map(Json::as_str);
    let ids = ids.filter(|id| *id != UNKNOWN);
    let emergency = ids.filter_map(|id| ask.known(&user(id)));
    let names = emergency.filter_map(|user| user["userPrincipalName"].as_str());
    facts.emergency = names.map(str::to_owned).collect();
    facts
}

/// What could not be read, and why; of `optional` also what Graph does not know.
pub(super) fn unread(ask: &Asking<'_>, optional: &[Read]) -> Vec<Json> {
    let refused = ask.unread().into_iter().map(|one| (one.read.path, one.why));
    let absent = optional.iter().filter(|read| matches!(ask.answer(read), Some(Answer::Absent)));
    let absent =
        absent.map(|read| (read.path.clone(), "Graph does not have it in this tenant".to_owned()));
    let told = refused.chain(absent).map(|(path, why)| json!({ "path": path, "why": why }));
    told.collect()
}

fn read_all<T: serde::de::DeserializeOwned>(objects: &[Json]) -> Vec<T> {
    objects.iter().filter_map(|one| serde_json::from_value(one.clone()).ok()).collect()
}

/// A text of an object in Graph's shape, if it is known.
pub(in crate::catalogue) fn known<'a>(object: &'a Json, property: &str) -> Option<&'a str> {
    object[property].as_str().filter(|text| *text != UNKNOWN)
}

/// Whether this configuration manages the domain, so that what is not so yet may come about.
pub(in crate::catalogue) fn is_planned(elsewhere: &Elsewhere, domain: &str) -> bool {
    let planned = elsewhere.get(&("domain", domain.to_lowercase()));
    planned.is_some_and(|planned| !planned.is_null())
}

/// What does not hold, as findings at an attribute.
pub(in crate::catalogue) fn findings(
    violations: impl IntoIterator<Item = Violation>,
    attribute: &str,
) -> Vec<Finding> {
    let path = match attribute {
        "" => Path::root(),
        name => Path::attribute(name),
    };
    let told = violations.into_iter().map(|Violation { id, is_certain, summary, detail }| {
        let summary = format!("{id}: {summary}");
        match is_certain {
            true => Finding::error(path.clone(), summary, detail),
            false => Finding::warning(path.clone(), summary, detail),
        }
    });
    told.collect()
}
