//! `m365_domain_settings`.

use super::{AREA, PERMISSIONS, SERVICE_RECORD};
use crate::catalogue::hybrid::tenant::{findings, known, of_domains};
use crate::declare::{
    Also, Answers, Check, Finding, Form, Inquiry, Question, Resource, boolean, integer, objects,
    string, strings,
};
use crate::policy::identity::can_be_default;

/// What a verified domain is for.
pub static DOMAIN_SETTINGS: Resource = Resource {
    name: "domain_settings",
    area: AREA,
    doc: "What a verified domain is for: whether it is the default, the services that use it, when \
        passwords expire. Graph changes verified domains only; let it depend on \
        `m365_domain_verification`.\n\n\
        A tenant has one default domain. It is changed by making another one the default, never by \
        taking it away; a federated domain cannot be the default (INV-03).",
    reference: "https://learn.microsoft.com/graph/api/domain-update",
    path: "/domains/{domain_id}",
    entity: "domain",
    permissions: PERMISSIONS,
    attributes: &[
        string("domain_id", "The id of the domain, which is its name.")
            .form(Form::CaseInsensitive)
            .required()
            .replace("these are the settings of one domain"),
        boolean("is_default", "Whether new users are in this domain by default. Set `true` or nothing.")
            .optional_computed()
            .one_way("a tenant always has a default domain, so make another domain the default"),
        strings(
            "supported_services",
            "What it is used for: `Email`, `OfficeCommunicationsOnline`, `Yammer`. Graph adds and removes \
             no others.",
        )
        .optional_computed()
        .one_of(&["Email", "OfficeCommunicationsOnline", "Yammer"]),
        integer(
            "password_validity_period_in_days",
            "After how many days a password expires; 2147483647 is never. Microsoft advises against \
             passwords that expire.",
        )
        .optional_computed()
        .checks(&[Check::Range(1, 2_147_483_647)]),
        integer(
            "password_notification_window_in_days",
            "How many days before a password expires its user is told.",
        )
        .optional_computed()
        .checks(&[Check::Range(1, 2_147_483_647)]),
        string("authentication_type", "`Managed` or `Federated`.").computed(),
        objects(
            "service_configuration_records",
            "The DNS records that the services need, to be published with a DNS provider.",
        )
        .of(SERVICE_RECORD)
        .computed()
        .follows(&["supported_services"]),
    ],
    also: &[Also {
        property: "serviceConfigurationRecords",
        path: "/domains/{domain_id}/serviceConfigurationRecords",
    }],
    inquiries: &[inquire],
    retry_on: &["Request_ResourceNotFound"],
    ..Resource::SINGLETON
};

/// A federated domain cannot become the default.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let becomes = question.planned["isDefault"] == true && question.prior["isDefault"] != true;
    let Some(name) = known(question.planned, "domainId").filter(|_| becomes) else {
        return ask.conclude(Vec::new());
    };
    let found = findings(can_be_default(&of_domains(&ask), name), "is_default");
    ask.conclude(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DOMAIN_SETTINGS;
    use crate::engine::import::{self, Wanted};
    use crate::engine::{Model, Verb, patch, plan, request};
    use crate::terraform::{Severity, Value};

    fn settings(is_default: bool) -> Value {
        Value::from([
            ("id", Value::from("contoso.com")),
            ("domain_id", "contoso.com".into()),
            ("is_default", Value::Bool(is_default)),
            ("supported_services", Value::set(["Email".into()])),
        ])
    }

    #[test]
    fn what_changes_is_sent_to_the_domain() {
        let model = Model::new(&DOMAIN_SETTINGS);
        let body = patch::body(&model, &settings(false), &settings(true), &Value::Null);
        let update = request::update(&model, &settings(true), body);
        assert_eq!((update.verb, update.path.as_str()), (Verb::Patch, "/domains/contoso.com"));
        assert_eq!(update.body, Some(json!({ "isDefault": true })));
    }

    #[test]
    fn the_default_domain_is_not_taken_away() {
        let model = Model::new(&DOMAIN_SETTINGS);
        let said = |before, after| {
            let found = plan::one_way(&model, &settings(before), &settings(after));
            found.first().map(|finding| finding.severity)
        };
        assert_eq!(said(true, false), Some(Severity::Error));
        assert_eq!(said(false, true), Some(Severity::Warning));
        assert_eq!(said(true, true), None);
        let restored = plan::reachable(&model, &settings(true), &settings(false));
        assert_eq!(restored.get("is_default").as_bool(), Some(true));
    }

    #[test]
    fn settings_are_imported_by_their_domain() {
        let model = Model::new(&DOMAIN_SETTINGS);
        for id in ["contoso.com", "/domains/contoso.com"] {
            let Ok(Wanted::State(state)) = import::parse(&model, id) else { panic!("{id}") };
            assert_eq!(state.get("domain_id").as_str(), Some("contoso.com"), "{id}");
            assert_eq!(state.get("id").as_str(), Some("contoso.com"), "{id}");
        }
        assert!(import::parse(&model, "contoso.com/more").is_err());
    }
}
