//! `m365_domain`.

use super::{AREA, PERMISSIONS, VERIFICATION_RECORD};
use crate::catalogue::hybrid::tenant::{known, of_domains};
use crate::declare::{
    Also, Answers, Check, Finding, Form, Inquiry, Lookup, Question, Resource, boolean, integer,
    objects, string, strings,
};
use crate::terraform::Path;

/// A domain name that the tenant uses, or wants to.
pub static DOMAIN: Resource = Resource {
    name: "domain",
    area: AREA,
    doc: "A domain of the tenant. Adding one is the first of three steps: the DNS records that this \
        resource tells are published with a DNS provider, `m365_domain_verification` waits until Graph \
        sees one of them, and `m365_domain_settings` says what the domain is for. Graph changes verified \
        domains only, so the settings are a resource of their own that depends on the verification, \
        and all three steps are one apply.\n\n\
        A deleted domain cannot be restored, and Graph deletes none that users, groups or applications \
        still refer to: the error names them.",
    reference: "https://learn.microsoft.com/graph/api/resources/domain",
    path: "/domains",
    entity: "domain",
    permissions: PERMISSIONS,
    attributes: &[
        string("id", "The fully qualified name, such as `contoso.com`.")
            .form(Form::CaseInsensitive)
            .required()
            .replace("Graph cannot rename a domain")
            .checks(&[Check::Pattern(
                r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$",
                "a fully qualified domain name, such as contoso.com",
            )]),
        objects(
            "verification_dns_records",
            "The DNS records that prove the ownership; publishing one of them is enough. The text of the \
             `Txt` record is `one([for record in m365_domain.example.verification_dns_records : \
             record.text if record.record_type == \"Txt\"])`.",
        )
        .of(VERIFICATION_RECORD)
        .computed(),
        boolean("is_verified", "Whether the ownership was proved.").computed(),
        string(
            "authentication_type",
            "`Managed`: Microsoft Entra signs in. `Federated`: another identity provider does \
             (`m365_domain_federation`).",
        )
        .computed(),
        boolean("is_default", "Whether new users are in this domain by default.").computed(),
        boolean(
            "is_initial",
            "Whether it is the `onmicrosoft.com` domain that the tenant began with.",
        )
        .computed(),
        boolean("is_root", "Whether it is not a subdomain of another verified domain.").computed(),
        boolean(
            "is_admin_managed",
            "Whether an administrator manages its DNS records, rather than Microsoft 365.",
        )
        .computed(),
        strings("supported_services", "What it is used for, such as `Email`.").computed(),
        integer("password_validity_period_in_days", "After how many days a password expires.")
            .computed(),
        integer(
            "password_notification_window_in_days",
            "How many days before a password expires its user is told.",
        )
        .computed(),
    ],
    also: &[Also { property: "verificationDnsRecords", path: "/domains/{id}/verificationDnsRecords" }],
    data: Some(Lookup { plural: None }),
    inquiries: &[inquire],
    held_by: Some("/domains/{id}/domainNameReferences"),
    ..Resource::MEMBER
};

/// The initial and the default domain stay.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let leaves = question.planned.is_null() || question.is_replaced;
    let Some(name) = known(question.prior, "id").filter(|_| leaves) else {
        return ask.conclude(Vec::new());
    };
    let facts = of_domains(&ask);
    let kept = facts.domain(name).filter(|domain| domain.is_initial || domain.is_default);
    let found = kept.map(|domain| {
        let (which, what) = match domain.is_initial {
            true => (
                "the domain that the tenant began with",
                "It can never be deleted: take it out of \
                the state (terraform state rm).",
            ),
            false => (
                "the default domain",
                "Make another domain the default first \
                (m365_domain_settings, is_default).",
            ),
        };
        Finding::error(Path::root(), format!("{name} is {which}, and Graph deletes it not"), what)
    });
    ask.conclude(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DOMAIN;
    use crate::engine::{Model, Verb, decode, request};
    use crate::terraform::{Object, Value};

    fn planned(name: &str) -> Value {
        Value::Object(Object::from([("id".to_owned(), name.into())]))
    }

    #[test]
    fn it_is_made_of_its_name_alone() {
        let create =
            request::create(&Model::new(&DOMAIN), &planned("Contoso.com"), &Value::Null, "");
        assert_eq!((create.verb, create.path.as_str()), (Verb::Post, "/domains"));
        assert_eq!(create.body, Some(json!({ "id": "Contoso.com" })));
    }

    #[test]
    fn the_name_keeps_its_spelling_and_the_records_are_read_besides() {
        let model = Model::new(&DOMAIN);
        let remote = json!({ "id": "contoso.com", "isVerified": false, "verificationDnsRecords": [
            { "@odata.type": "#microsoft.graph.domainDnsTxtRecord", "recordType": "Txt",
              "label": "contoso.com", "ttl": 3600, "text": "MS=ms12345678" },
        ] });
        let state = decode::state(&model, &remote, &planned("Contoso.com"));
        assert_eq!(state.get("id").as_str(), Some("Contoso.com"));
        let records = state.get("verification_dns_records").as_elements().unwrap_or_default();
        assert_eq!(records[0].get("text").as_str(), Some("MS=ms12345678"));
        let read = request::read(&model, &state);
        assert_eq!(read.path, "/domains/Contoso.com");
        assert!(!read.query[0].1.contains("verificationDnsRecords"), "{read:?}");
        let (_, besides) = request::besides(&model, &state).remove(0);
        assert_eq!(besides.path, "/domains/Contoso.com/verificationDnsRecords");
    }
}
