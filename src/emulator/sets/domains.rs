//! Domains: added, proved to be owned, the default, and what refers to them.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Acted, Action, Permissions, Properties, Service, Set};
use super::super::store::{flag, text};

const DOMAIN_READ: Permissions = &[
    &["Domain.Read.All"],
    &["Domain.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const DOMAIN_WRITE: Permissions = &[&["Domain.ReadWrite.All"]];

/// The services of a domain that Graph adds and removes.
const CHANGEABLE: &[&str] = &["Email", "OfficeCommunicationsOnline", "Yammer"];

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
    actions: &[
        Action { name: "verify", method: "POST", permissions: DOMAIN_WRITE, run: verify },
        Action {
            name: "verificationDnsRecords",
            method: "GET",
            permissions: DOMAIN_READ,
            run: verification_records,
        },
        Action {
            name: "serviceConfigurationRecords",
            method: "GET",
            permissions: DOMAIN_READ,
            run: service_records,
        },
        Action {
            name: "domainNameReferences",
            method: "GET",
            permissions: DOMAIN_READ,
            run: |cx, domain, _| Ok((200, Some(json!({ "value": references(cx, domain) })))),
        },
    ],
    on_create: create_domain,
    on_update: update_domain,
    on_delete: delete_domain,
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
    let services = |of: &Properties| -> Vec<String> {
        let listed = of.get("supportedServices").and_then(Value::as_array).into_iter().flatten();
        let named = listed.filter_map(Value::as_str).map(str::to_owned);
        named.filter(|name| !CHANGEABLE.contains(&name.as_str())).collect()
    };
    if services(old) != services(next) {
        return Err(Refusal::directory(format!(
            "Of supportedServices, only {} can be changed.",
            CHANGEABLE.join(", ")
        )));
    }
    if flag(next, "isDefault") && text(old, "authenticationType") == "Federated" {
        return Err(Refusal::directory("A federated domain cannot be the default domain."));
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
    if !references(cx, domain).is_empty() {
        return Err(Refusal::directory(format!(
            "The domain {id} cannot be deleted: objects of the directory still refer to it."
        )));
    }
    Ok(())
}

/// Users and groups whose name or address is in the domain.
fn references(cx: &mut Context, domain: &Properties) -> Vec<Value> {
    let id = text(domain, "id");
    let used = |o: &Properties| {
        ["userPrincipalName", "mail"]
            .iter()
            .any(|n| text(o, n).rsplit_once('@').is_some_and(|(_, d)| d.eq_ignore_ascii_case(id)))
    };
    let all = ["user", "group"].iter().flat_map(|set| cx.state.all(set));
    let used = all.filter(|(_, object)| used(object));
    used.map(|(ty, object)| {
        let mut told = json!({ "@odata.type": format!("#microsoft.graph.{ty}") });
        for name in ["id", "displayName", "userPrincipalName", "mail"] {
            if let Some(value) = object.get(name) {
                told[name] = value.clone();
            }
        }
        told
    })
    .collect()
}

/// There is no DNS to ask here: every domain passes, once as many proofs failed as were told to.
fn verify(cx: &mut Context, old: &Properties, _: &Properties) -> Acted {
    let id = text(old, "id").to_owned();
    if flag(old, "isVerified") {
        return Err(Refusal::directory(format!("The domain {id} is verified already.")));
    }
    if cx.state.unpublished > 0 {
        cx.state.unpublished -= 1;
        return Err(Refusal::directory(format!(
            "The DNS record that proves the ownership of the domain {id} was not found."
        )));
    }
    let next = domain(&id, true);
    cx.state.replace("domain", &id, next.clone());
    Ok((200, Some(Value::Object(next))))
}

/// A text that is the domain's alone, as the service makes one up.
fn token(id: &str) -> String {
    let sum = id.bytes().fold(5381_u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(byte));
    format!("ms{:08}", sum % 100_000_000)
}

fn verification_records(_: &mut Context, domain: &Properties, _: &Properties) -> Acted {
    let id = text(domain, "id");
    let record = |number: u8, kind: &str| {
        json!({
            "@odata.type": format!("#microsoft.graph.domainDns{kind}Record"),
            "id": format!("{id}-{number}"), "isOptional": false, "label": id, "recordType": kind,
            "supportedService": "null", "ttl": 3600,
        })
    };
    let (mut txt, mut mx) = (record(1, "Txt"), record(2, "Mx"));
    txt["text"] = format!("MS={}", token(id)).into();
    mx["mailExchange"] = format!("{}.msv1.invalid", token(id)).into();
    mx["preference"] = 32767.into();
    Ok((200, Some(json!({ "value": [txt, mx] }))))
}

/// What the services of the domain need: mail so far.
fn service_records(_: &mut Context, domain: &Properties, _: &Properties) -> Acted {
    let id = text(domain, "id");
    let services = domain.get("supportedServices").and_then(Value::as_array);
    let mail = services.is_some_and(|all| all.iter().any(|one| one == "Email"));
    let dashed = id.replace('.', "-");
    let records = match mail {
        false => json!([]),
        true => json!([
            { "@odata.type": "#microsoft.graph.domainDnsMxRecord", "id": format!("{id}-3"),
              "isOptional": false, "label": id, "recordType": "Mx", "supportedService": "Email",
              "ttl": 3600, "mailExchange": format!("{dashed}.mail.protection.outlook.com"),
              "preference": 0 },
            { "@odata.type": "#microsoft.graph.domainDnsTxtRecord", "id": format!("{id}-4"),
              "isOptional": false, "label": id, "recordType": "Txt", "supportedService": "Email",
              "ttl": 3600, "text": "v=spf1 include:spf.protection.outlook.com -all" },
        ]),
    };
    Ok((200, Some(json!({ "value": records }))))
}
