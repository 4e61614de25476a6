//! `m365_domain_federation`.

use jiff::Timestamp;

use super::AREA;
use crate::catalogue::hybrid::tenant::{findings, is_planned, known, with_administrators};
use crate::catalogue::lockout;
use crate::declare::{
    Answers, Call, Codec, Elsewhere, Finding, Form, Inquiry, Literal, Permissions, Question,
    Resource, boolean, instant, object, string,
};
use crate::policy::identity::certificate::{self, Standing};
use crate::policy::identity::{
    can_be_federated, federation, leaked_credentials, leaving_federation,
};
use crate::terraform::{Path, Value};

/// How another identity provider signs in to a domain.
pub static DOMAIN_FEDERATION: Resource = Resource {
    name: "domain_federation",
    area: AREA,
    doc: "Hands the sign-in to a domain to another identity provider, such as AD FS, by WS-Federation \
        or SAML. Making it converts the domain from managed to federated, destroying it converts the \
        domain back: from that moment on, everybody in the domain signs in the other way. Consider \
        `lifecycle { prevent_destroy = true }`.\n\n\
        The plan refuses a domain that is not verified, or is the initial (INV-02) or the default one \
        (INV-03), and what would leave nobody who gets in without the other identity provider (INV-05, \
        INV-06). It refuses to leave federation as long as synchronised users have no password in the \
        cloud: password hashes are synchronised, sign-in names follow on-premises, and staged rollout \
        is empty (INV-17).\n\n\
        Microsoft Entra looks for a new signing certificate in the metadata of the identity provider 30 \
        days before the old one ends, and changes it here: `ignore_changes` for `signing_certificate` and \
        `next_signing_certificate` leaves that to it.",
    reference: "https://learn.microsoft.com/graph/api/resources/internaldomainfederation",
    path: "/domains/{domain_id}/federationConfiguration",
    entity: "internalDomainFederation",
    permissions: Permissions {
        read: "Domain-InternalFederation.Read.All",
        write: "Domain-InternalFederation.ReadWrite.All",
    },
    selects: false,
    attributes: &[
        string("domain_id", "The id of the domain, which is its name.")
            .form(Form::CaseInsensitive)
            .required()
            .replace("a federation is of one domain"),
        string("display_name", "The name of the identity provider."),
        string("issuer_uri", "The issuer of its tokens, unique among domains.").required(),
        string("passive_sign_in_uri", "Where browsers sign in.").required(),
        string("active_sign_in_uri", "Where rich clients of WS-Trust sign in."),
        string("metadata_exchange_uri", "Where rich clients find its metadata."),
        string("sign_out_uri", "Where browsers sign out."),
        string("password_reset_uri", "Where passwords are reset."),
        string("preferred_authentication_protocol", "`wsFed` or `saml`.")
            .one_of(&["wsFed", "saml"])
            .required(),
        string(
            "federated_idp_mfa_behavior",
            "Who does multifactor authentication: `acceptIfMfaDoneByFederatedIdp`, \
             `enforceMfaByFederatedIdp` (sends people there for it), or `rejectMfaByFederatedIdp` \
             (Microsoft Entra always does it, which Microsoft advises). Once set, it stays set.",
        )
        .one_of(&[
            "acceptIfMfaDoneByFederatedIdp",
            "enforceMfaByFederatedIdp",
            "rejectMfaByFederatedIdp",
        ])
        .optional_computed(),
        string(
            "prompt_login_behavior",
            "What becomes of a prompt for sign-in: `translateToFreshPasswordAuthentication`, \
             `nativeSupport` or `disabled`.",
        )
        .one_of(&["translateToFreshPasswordAuthentication", "nativeSupport", "disabled"])
        .optional_computed(),
        boolean(
            "is_signed_authentication_request_required",
            "Whether Microsoft Entra signs its SAML requests.",
        )
        .or(Literal::Bool(false)),
        string(
            "signing_certificate",
            "The certificate that tokens are signed by: base64 as in Graph, or PEM. The plan refuses one \
             that has ended, and warns 30 days before.",
        )
        .via(&CERTIFICATE)
        .same(|a, b| a == b)
        .required(),
        string(
            "next_signing_certificate",
            "The certificate that takes over when the first one ends: base64 or PEM.",
        )
        .via(&CERTIFICATE)
        .same(|a, b| a == b)
        .optional_computed(),
        object("signing_certificate_update_status", "When Microsoft Entra last renewed the certificate.")
            .of(&[
                string("certificate_update_result", "What came of it.").computed(),
                instant("last_run_date_time", "When it was.").computed(),
            ])
            .computed(),
    ],
    judge: Some(|planned| certificates(planned, Timestamp::now().as_second())),
    inquiries: &[inquire],
    guard: Some(lockout::domain_federation),
    create: Some(Call::post("/domains/{domain_id}/federationConfiguration").with(&[(
        "@odata.type",
        Literal::Str("#microsoft.graph.internalDomainFederation"),
    )])),
    retry_on: &["Request_ResourceNotFound"],
    ..Resource::MEMBER
};

/// Graph keeps the base64 text alone.
static CERTIFICATE: Codec = Codec {
    encode: |json| match json.as_str() {
        Some(text) => certificate::bare(text).into(),
        None => json,
    },
    decode: |json| json,
};

/// How the certificates stand at `now`.
fn certificates(planned: &Value, now: i64) -> Vec<Finding> {
    let names = ["signing_certificate", "next_signing_certificate"];
    let stand = names.into_iter().filter_map(|name| {
        let text = planned.get(name).as_str()?;
        let path = Path::attribute(name);
        let about = |what: String| format!("{name} {what}");
        // The one that follows may be as Entra found it, and signs nothing yet.
        let wrong = match name {
            "signing_certificate" => Finding::error,
            _ => Finding::warning,
        };
        let renew = "Nobody in the domain can sign in with tokens that it signed. Publish a new \
                     certificate at the identity provider, and set it here.";
        Some(match certificate::standing(text, now) {
            Standing::Good => return None,
            Standing::EndsIn(days) => Finding::warning(
                path,
                about(format!("ends in {days} days")),
                "From then on nobody in the domain can sign in. Set the certificate that follows as \
                 next_signing_certificate, before it is used.",
            ),
            Standing::Ended(days) => {
                wrong(path, about(format!("ended {days} days ago")), renew.to_owned())
            }
            Standing::NotYet(days) => Finding::warning(
                path,
                about(format!("begins to be good in {days} days")),
                "Tokens that it signs are refused until then.",
            ),
            Standing::Unreadable(why) => wrong(
                path,
                about("is no certificate".to_owned()),
                format!("It must be an X.509 certificate, in base64 or as PEM: {why}."),
            ),
        })
    });
    stand.collect()
}

/// Whether this configuration makes another domain the default first.
fn default_moves(elsewhere: &Elsewhere, name: &str) -> bool {
    elsewhere.iter().any(|((resource, _), planned)| {
        let other = planned["domainId"].as_str();
        *resource == "domain_settings"
            && planned["isDefault"] == true
            && other.is_some_and(|other| !other.eq_ignore_ascii_case(name))
    })
}

/// What the tenant has against a domain becoming federated, or managed again.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let becoming = question.prior.is_null() || question.is_replaced;
    let leaving = question.planned.is_null() || question.is_replaced;
    let mut found = Vec::new();
    if becoming && let Some(name) = known(question.planned, "domainId") {
        let facts = with_administrators(&ask, question);
        let mut violations = can_be_federated(&facts, name);
        if is_planned(question.elsewhere, name) {
            // Its verification may be on its way.
            violations.retain(|one| one.id != "INV-02" || one.summary.contains("began with"));
        }
        if default_moves(question.elsewhere, name) {
            violations.retain(|one| one.id != "INV-03");
        }
        violations.extend(federation(&facts, &[name]));
        violations.extend(leaked_credentials(&facts));
        found.extend(findings(violations, "domain_id"));
    }
    if leaving && let Some(name) = known(question.prior, "domainId") {
        let facts = crate::catalogue::hybrid::tenant::facts(&ask, question);
        // Users of the cloud alone have their passwords there.
        if facts.is_synchronised == Some(true) {
            found.extend(findings(leaving_federation(&facts, &[name]), ""));
        }
    }
    ask.conclude(found)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::declare::{Answer, Elsewhere};
    use crate::engine::{Model, Verb, request};
    use crate::terraform::Severity;

    fn planned() -> Value {
        Value::from([
            ("domain_id", Value::from("fabrikam.com")),
            ("issuer_uri", "http://sts.fabrikam.com/adfs/services/trust".into()),
            ("passive_sign_in_uri", "https://sts.fabrikam.com/adfs/ls".into()),
            ("preferred_authentication_protocol", "wsFed".into()),
            ("signing_certificate", "-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END".into()),
        ])
    }

    #[test]
    fn it_is_made_below_its_domain() {
        let model = Model::new(&DOMAIN_FEDERATION);
        let create = request::create(&model, &planned(), &Value::Null, "");
        assert_eq!(create.verb, Verb::Post);
        assert_eq!(create.path, "/domains/fabrikam.com/federationConfiguration");
        let body = json!({
            "@odata.type": "#microsoft.graph.internalDomainFederation",
            "issuerUri": "http://sts.fabrikam.com/adfs/services/trust",
            "passiveSignInUri": "https://sts.fabrikam.com/adfs/ls",
            "preferredAuthenticationProtocol": "wsFed",
            "signingCertificate": "MIIBAAAA",
        });
        assert_eq!(create.body, Some(body));
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let found = certificates(&planned(), 0);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    }

    /// What the inquiry finds, every read answered by `told`.
    fn found(prior: &Json, planned: &Json, told: impl Fn(&str) -> Json) -> Vec<Finding> {
        let (elsewhere, token) = (Elsewhere::new(), json!({ "tid": "t" }));
        let question = Question {
            prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &token,
            elsewhere: &elsewhere,
        };
        let mut answers = Answers::default();
        loop {
            match inquire(&question, &answers) {
                Inquiry::Needs(reads) => reads.into_iter().for_each(|read| {
                    let told = told(&read.path);
                    answers.insert(read, Answer::Found(told));
                }),
                Inquiry::Concluded(found) => return found,
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    fn errors(found: &[Finding]) -> Vec<&str> {
        let errors = found.iter().filter(|one| one.severity == Severity::Error);
        errors.map(|one| &one.summary[..6]).collect()
    }

    fn tenant(path: &str, is_default: bool, hashes: bool) -> Json {
        match path {
            "/domains" => json!([{ "id": "fabrikam.com", "authenticationType": "Managed",
                "isVerified": true, "isDefault": is_default }]),
            "/organization" => json!([{ "onPremisesSyncEnabled": true }]),
            path if path.starts_with("/directory/onPremisesSynchronization") => json!({ "features":
                { "passwordSyncEnabled": hashes, "synchronizeUpnForManagedUsersEnabled": true } }),
            _ => json!([]),
        }
    }

    #[test]
    fn a_default_domain_is_refused_and_a_custom_one_allowed() {
        let planned = json!({ "domainId": "fabrikam.com" });
        let judged =
            |is_default| found(&Json::Null, &planned, |path| tenant(path, is_default, true));
        assert_eq!(errors(&judged(false)), [] as [&str; 0]);
        assert_eq!(errors(&judged(true)), ["INV-03"]);
    }

    #[test]
    fn leaving_needs_password_hashes() {
        let prior = json!({ "domainId": "fabrikam.com" });
        let judged = |hashes| found(&prior, &Json::Null, |path| tenant(path, false, hashes));
        assert_eq!(errors(&judged(true)), [] as [&str; 0]);
        assert_eq!(errors(&judged(false)), ["INV-17"]);
    }
}
