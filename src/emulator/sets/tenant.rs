//! The tenant itself: organization, domains and licences.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Action, Filterable, Permissions, Properties, Service, Set};
use super::super::store::{flag, text};

pub(super) static ORGANIZATION: Set = Set {
    ty: "organization",
    paths: &["organization"],
    service: Service::Directory,
    read: &[
        &["Organization.Read.All"],
        &["Organization.ReadWrite.All"],
        &["User.Read.All"],
        &["Directory.Read.All"],
        &["Directory.ReadWrite.All"],
    ],
    update: Some(&[&["Organization.ReadWrite.All"]]),
    read_only: &[
        "id",
        "assignedPlans",
        "businessPhones",
        "city",
        "country*",
        "createdDateTime",
        "defaultUsageLocation",
        "deletedDateTime",
        "displayName",
        "mobileDeviceManagementAuthority",
        "onPremisesLastSyncDateTime",
        "onPremisesSyncEnabled",
        "partnerTenantType",
        "postalCode",
        "preferredLanguage",
        "provisionedPlans",
        "state",
        "street",
        "tenantType",
        "verifiedDomains",
    ],
    filterable: Filterable::No,
    ..Set::COLLECTION
};

const DOMAIN_READ: Permissions = &[
    &["Domain.Read.All"],
    &["Domain.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const DOMAIN_WRITE: Permissions = &[&["Domain.ReadWrite.All"]];

pub(super) static DOMAINS: Set = Set {
    ty: "domain",
    paths: &["domains"],
    service: Service::Directory,
    read: DOMAIN_READ,
    create: Some(DOMAIN_WRITE),
    update: Some(DOMAIN_WRITE),
    delete: Some(DOMAIN_WRITE),
    required: &["id"],
    create_only: &["id"],
    read_only: &[
        "authenticationType",
        "availabilityStatus",
        "isAdminManaged",
        "isInitial",
        "isRoot",
        "isVerified",
        "manufacturer",
        "model",
        "state",
    ],
    actions: &[Action { name: "verify", method: "POST", permissions: DOMAIN_WRITE, run: verify }],
    on_create: create_domain,
    on_update: update_domain,
    on_delete: delete_domain,
    ..Set::COLLECTION
};

pub(super) static SKUS: Set = Set {
    ty: "subscribedSku",
    paths: &["subscribedSkus"],
    service: Service::Directory,
    read: &[
        &["LicenseAssignment.Read.All"],
        &["Organization.Read.All"],
        &["Organization.ReadWrite.All"],
        &["Directory.Read.All"],
        &["Directory.ReadWrite.All"],
    ],
    filterable: Filterable::No,
    ..Set::COLLECTION
};

/// A domain as it is when it was just added or seeded.
pub(crate) fn domain(id: &str, verified: bool) -> Properties {
    let Value::Object(domain) = json!({
        "id": id,
        "authenticationType": "Managed",
        "isAdminManaged": true,
        "isDefault": false,
        "isInitial": false,
        "isRoot": true,
        "isVerified": verified,
        "supportedServices": if verified { json!(["Email", "OfficeCommunicationsOnline"]) } else { json!([]) },
    }) else {
        return Properties::new();
    };
    domain
}

fn create_domain(_: &mut Context, sent: &mut Properties) -> Outcome<()> {
    if let Some(name) = sent.keys().find(|n| *n != "id") {
        return Err(Refusal::directory(format!(
            "Property '{name}' cannot be set when a domain is added."
        )));
    }
    let id = text(sent, "id").to_lowercase();
    let is_name = id.contains('.')
        && id
            .split('.')
            .all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    if !is_name || id.ends_with(".onmicrosoft.com") {
        return Err(Refusal::directory(format!("'{id}' is not a domain name that can be added.")));
    }
    *sent = domain(&id, false);
    Ok(())
}

fn update_domain(
    cx: &mut Context,
    old: &Properties,
    sent: &Properties,
    next: &mut Properties,
) -> Outcome<()> {
    if !flag(old, "isVerified") {
        return Err(Refusal::directory(
            "The domain is not verified: only verified domains can be updated.",
        ));
    }
    if sent.get("isDefault") == Some(&Value::Bool(false)) && flag(old, "isDefault") {
        return Err(Refusal::directory(
            "The default domain changes when another is made the default.",
        ));
    }
    if flag(next, "isDefault") && !flag(old, "isDefault") {
        let others: Vec<Properties> = cx
            .state
            .all("domain")
            .filter(|(_, d)| flag(d, "isDefault"))
            .map(|(_, d)| d.clone())
            .collect();
        for mut other in others {
            other.insert("isDefault".into(), Value::Bool(false));
            let id = text(&other, "id").to_owned();
            cx.state.replace("domain", &id, other);
        }
        text(next, "id").clone_into(&mut cx.state.default_domain);
    }
    Ok(())
}

fn delete_domain(cx: &mut Context, domain: &Properties) -> Outcome<()> {
    let id = text(domain, "id");
    if flag(domain, "isInitial") || flag(domain, "isDefault") {
        return Err(Refusal::directory("The initial and the default domain cannot be deleted."));
    }
    let used = |o: &Properties| {
        ["userPrincipalName", "mail"]
            .iter()
            .any(|n| text(o, n).rsplit_once('@').is_some_and(|(_, d)| d.eq_ignore_ascii_case(id)))
    };
    if ["user", "group"].iter().any(|set| cx.state.all(set).any(|(_, o)| used(o))) {
        return Err(Refusal::directory(format!(
            "The domain {id} cannot be deleted: objects of the directory still refer to it."
        )));
    }
    Ok(())
}

/// There is no DNS to ask here: every domain passes.
fn verify(cx: &mut Context, old: &Properties, _: &Properties) -> Outcome<(u16, Option<Value>)> {
    let id = text(old, "id").to_owned();
    if flag(old, "isVerified") {
        return Err(Refusal::directory(format!("The domain {id} is verified already.")));
    }
    let next = domain(&id, true);
    cx.state.replace("domain", &id, next.clone());
    Ok((200, Some(Value::Object(next))))
}
