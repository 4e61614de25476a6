//! Where the tenant meets what is on premises: federated domains and directory synchronization.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Action, Direction, Navigation, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{Place, flag, key, text, texts};

const FEDERATION_READ: Permissions = &[
    &["Domain-InternalFederation.Read.All"],
    &["Domain-InternalFederation.ReadWrite.All"],
    &["Domain.Read.All"],
    &["Domain.ReadWrite.All"],
];
const FEDERATION_WRITE: Permissions =
    &[&["Domain-InternalFederation.ReadWrite.All"], &["Domain.ReadWrite.All"]];

/// The one configuration of a federated domain: with it the domain becomes federated, without it managed.
pub(super) static FEDERATION: Set = Set {
    ty: "internalDomainFederation",
    paths: &["domains/{domain}/federationConfiguration"],
    service: Service::Directory,
    read: FEDERATION_READ,
    create: Some(FEDERATION_WRITE),
    update: Some(FEDERATION_WRITE),
    delete: Some(FEDERATION_WRITE),
    required: &[
        "issuerUri",
        "passiveSignInUri",
        "preferredAuthenticationProtocol",
        "signingCertificate",
    ],
    read_only: &["id", "signingCertificateUpdateStatus"],
    on_create: |cx, _| {
        let parent = cx.parent.clone();
        let place = Place { set: "internalDomainFederation", parent: &parent };
        let has_one = cx
            .state
            .collection(place)
            .is_some_and(|c| c.after(0).any(|(_, o)| o.current().is_some()));
        if has_one {
            return Err(Refusal::directory(format!(
                "The domain {parent} has a federation configuration already."
            )));
        }
        authenticate(cx, "Federated")
    },
    on_delete: |cx, _| authenticate(cx, "Managed"),
    patched: |_| 200,
    ..Set::COLLECTION
};

fn authenticate(cx: &mut Context, how: &str) -> Outcome<()> {
    let id = key(&cx.parent);
    let Some(mut domain) = cx.seen("domain", &id).cloned() else {
        return Err(Refusal::no_such_object(&id));
    };
    if !flag(&domain, "isVerified") || flag(&domain, "isDefault") {
        return Err(Refusal::directory(
            "Only a verified domain that is not the default one can be federated.",
        ));
    }
    domain.insert("authenticationType".into(), how.into());
    cx.state.replace("domain", &id, domain);
    Ok(())
}

pub(super) static SYNCHRONIZATION: Set = Set {
    ty: "onPremisesDirectorySynchronization",
    paths: &["directory/onPremisesSynchronization"],
    read: &[
        &["OnPremDirectorySynchronization.Read.All"],
        &["OnPremDirectorySynchronization.ReadWrite.All"],
    ],
    update: Some(&[&["OnPremDirectorySynchronization.ReadWrite.All"]]),
    merged: &["configuration", "features"],
    on_update: |_, old, sent, _| {
        let flag_of =
            |all: &Properties, name: &str| all.get("features").and_then(|f| f.get(name)).cloned();
        for dead in ["passwordWritebackEnabled", "userWritebackEnabled"] {
            if flag_of(sent, dead).is_some() {
                return Err(Refusal::bad_request(format!(
                    "The feature {dead} is not in use and cannot be changed."
                )));
            }
        }
        for stays in ["softMatchOnUpnEnabled", "synchronizeUpnForManagedUsersEnabled"] {
            let off = flag_of(sent, stays) == Some(Value::Bool(false));
            if off && flag_of(old, stays) == Some(Value::Bool(true)) {
                return Err(Refusal::bad_request(format!(
                    "The feature {stays} cannot be disabled once it is enabled."
                )));
            }
        }
        Ok(())
    },
    ..Set::COLLECTION
};

const ROLLOUT_READ: Permissions = &[
    &["Policy.Read.HybridAuthentication"],
    &["Policy.ReadWrite.HybridAuthentication"],
    &["Directory.ReadWrite.All"],
];
const ROLLOUT_WRITE: Permissions =
    &[&["Policy.ReadWrite.HybridAuthentication"], &["Directory.ReadWrite.All"]];

pub(super) static ROLLOUTS: Set = Set {
    ty: "featureRolloutPolicy",
    paths: &["policies/featureRolloutPolicies"],
    service: Service::Directory,
    read: ROLLOUT_READ,
    create: Some(ROLLOUT_WRITE),
    update: Some(ROLLOUT_WRITE),
    delete: Some(ROLLOUT_WRITE),
    required: &["displayName", "feature", "isEnabled"],
    create_only: &["feature"],
    navigation: &[Navigation {
        name: "appliesTo",
        way: Way::Links(Relation::Rollout, Direction::Forward),
        targets: &["group"],
        read: ROLLOUT_READ,
        write: Some(ROLLOUT_WRITE),
        on_add: add_group,
        ..Navigation::MANY
    }],
    on_create: |_, policy| {
        policy.entry("isAppliedToOrganization").or_insert(Value::Bool(false));
        Ok(())
    },
    on_delete: |_, policy| {
        if flag(policy, "isEnabled") {
            return Err(Refusal::directory("A policy that is enabled cannot be deleted."));
        }
        Ok(())
    },
    ..Set::COLLECTION
};

const AGENTS: Permissions = &[&["OnPremisesPublishingProfiles.ReadWrite.All"]];

/// What agents on-premises are for: `authentication`, `provisioning` and others. In the beta alone.
pub(super) static PUBLISHING_PROFILES: Set = Set {
    ty: "onPremisesPublishingProfile",
    paths: &["onPremisesPublishingProfiles"],
    read: AGENTS,
    ..Set::COLLECTION
};

/// Agents on-premises, which come with their installation.
pub(super) static PUBLISHING_AGENTS: Set = Set {
    ty: "onPremisesAgent",
    paths: &["onPremisesPublishingProfiles/{onPremisesPublishingProfile}/agents"],
    read: AGENTS,
    ..Set::COLLECTION
};

/// Contacts that came from on-premises; nothing changes them here.
pub(super) static CONTACTS: Set = Set {
    ty: "orgContact",
    paths: &["contacts"],
    service: Service::Directory,
    read: &[&["OrgContact.Read.All"], &["Directory.Read.All"], &["Directory.ReadWrite.All"]],
    ..Set::COLLECTION
};

/// Where a synchronised object is changed: on-premises, unless its source of authority was moved.
pub(super) const SYNC_BEHAVIOR: Action = Action {
    name: "onPremisesSyncBehavior",
    method: "GET",
    permissions: &[
        &["User-OnPremisesSyncBehavior.ReadWrite.All"],
        &["Group-OnPremisesSyncBehavior.ReadWrite.All"],
    ],
    run: |_, object, _| {
        let told =
            json!({ "id": text(object, "id"), "isCloudManaged": flag(object, "isCloudManaged") });
        Ok((200, Some(told)))
    },
};

/// At most ten groups; assigned security groups that hold no groups.
fn add_group(cx: &mut Context, policy: &Properties, group: &Properties) -> Outcome<()> {
    let own = key(text(policy, "id"));
    if cx.state.links.targets(Relation::Rollout, &own, 0, cx.now).count() >= 10 {
        return Err(Refusal::directory("A feature is rolled out to at most 10 groups."));
    }
    let group = Value::Object(group.clone());
    let is_dynamic = texts(&group, "groupTypes").any(|kind| kind == "DynamicMembership");
    if is_dynamic {
        return Err(Refusal::directory("Dynamic groups are not supported in staged rollout."));
    }
    Ok(())
}
