//! Where the tenant meets what is on premises: federated domains and directory synchronization.

use serde_json::Value;

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Permissions, Service, Set};
use super::super::store::{Place, flag, key};

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
    on_update: |_, _, sent, _| {
        let features = sent.get("features").and_then(Value::as_object);
        if features.is_some_and(|f| f.contains_key("passwordWritebackEnabled")) {
            return Err(Refusal::bad_request(
                "The feature passwordWritebackEnabled is not in use and cannot be changed.",
            ));
        }
        Ok(())
    },
    ..Set::COLLECTION
};
