//! `m365_identity_model`, as a resource and as a data source.

use serde_json::{Value as Json, json};

use super::AREA;
use super::tenant::{agents, facts, findings, known, with_administrators, with_agents};
use crate::declare::{
    Answers, Attribute, Codec, Concluded, DataSource, Finding, Inquiry, Law, Permissions, Question,
    Resource, Rule, Source, boolean, instant, objects, string, strings,
};
use crate::policy::identity::{
    Authentication, Facts, Model, can_be_federated, classify, federation, leaked_credentials,
    leaving_federation, manual_steps,
};
use crate::terraform::{Path, Value};

/// Where accounts are mastered, and who checks passwords.
pub static IDENTITY_MODEL: Resource = Resource {
    name: "identity_model",
    area: AREA,
    doc: "The identity model of the tenant: accounts of the cloud alone, or synchronised from \
        on-premises (hybrid), and who checks the passwords of synchronised users.\n\n\
        This resource switches directory synchronisation of the tenant on or off. Domains are federated \
        by `m365_domain_federation`, the features of synchronisation are set by \
        `m365_directory_synchronization`; here it is judged whether all of that fits the model, and the \
        plan is refused where it does not, with the number of the invariant. What Graph cannot do is \
        told in `manual_steps`, with what shows that it is left to do. All invariants, and those about \
        which there is nothing here that could break them, such as licences, are in the guide [Choose \
        and deploy your identity model](../guides/identity-model.md).\n\n\
        Switching synchronisation off makes synchronised users and groups those of the cloud. It takes \
        up to 72 hours, and only then can it be switched on again.",
    reference: "https://learn.microsoft.com/graph/api/resources/organization",
    path: "/organization/{tenant}",
    entity: "organization",
    permissions: Permissions {
        read: "Organization.Read.All + Domain.Read.All + OnPremDirectorySynchronization.Read.All",
        write: "Organization.ReadWrite.All",
    },
    attributes: &[
        string("model", "`cloud_only`, or `hybrid`: accounts are synchronised from on-premises.")
            .graph("onPremisesSyncEnabled")
            .via(&SYNCHRONISED)
            .one_of(&["cloud_only", "hybrid"])
            .required(),
        string(
            "authentication",
            "Who checks passwords of synchronised users: Microsoft Entra by a synchronised hash \
             (`password_hash_sync`), an agent on-premises (`pass_through`), or another identity \
             provider (`federated`). In the hybrid model only.",
        )
        .one_of(&["password_hash_sync", "pass_through", "federated"])
        .local(),
        strings(
            "domains",
            "The domains of synchronised users; those to be federated, where they are.",
        )
        .local(),
        objects(
            "manual_steps",
            "What people have to do, since Graph cannot, and what shows that it is to be done.",
        )
        .of(STEP)
        .computed()
        .follows(&["model", "authentication", "domains"]),
    ],
    rules: &[
        Rule::Needs("model", &["hybrid"], &["authentication"]),
        Rule::Needs("authentication", &["federated"], &["domains"]),
    ],
    judge: Some(judge),
    inquiries: &[inquire],
    exceptions: &[(
        Law::L4,
        "An import does not know `authentication` and `domains`, which are not in Graph: the next plan \
         adds them, and `manual_steps` follow.",
    )],
    concluded: Some(Concluded { conclude: steps, attributes: &["manual_steps"] }),
    ..Resource::SINGLETON
};

static STEP: &[Attribute] = &[
    string("step", "What to do, and where.").computed(),
    string("evidence", "What shows that it is to be done, or why nothing shows it.").computed(),
];

/// `onPremisesSyncEnabled` is null in a tenant that was never synchronised; [`steps`] says `false`.
static SYNCHRONISED: Codec = Codec {
    encode: |model| (model == "hybrid").into(),
    decode: |enabled| if enabled == true { "hybrid".into() } else { "cloud_only".into() },
};

fn judge(planned: &Value) -> Vec<Finding> {
    let is_cloud = planned.get("model").as_str() == Some("cloud_only");
    let set = planned.get("authentication").as_str().filter(|_| is_cloud);
    let found = set.map(|authentication| {
        Finding::error(
            Path::attribute("authentication"),
            format!("INV-04: {authentication} takes the hybrid model"),
            "Only synchronised users have their passwords checked by a hash, an agent or another \
             identity provider. Remove authentication, or choose model = \"hybrid\".",
        )
    });
    found.into_iter().collect()
}

/// What the tenant has against the model.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let planned = question.planned;
    if planned.is_null() {
        return ask.conclude(Vec::new());
    }
    let facts = with_administrators(&ask, question);
    let named = texts(planned, "domains");
    let authentication = known(planned, "authentication").and_then(Authentication::named);
    let mut found = Vec::new();
    if authentication == Some(Authentication::Federated) {
        let managed = named.iter().filter(|name| {
            !facts.domain(name).is_some_and(crate::policy::identity::Domain::is_federated)
        });
        let violations = managed.flat_map(|name| can_be_federated(&facts, name));
        found.extend(findings(violations, "domains"));
        found.extend(findings(federation(&facts, &named), "domains"));
    } else {
        let mut leaving = facts.federated();
        leaving.retain(|name| named.is_empty() || named.iter().any(|own| own == name));
        if !leaving.is_empty() && facts.is_synchronised == Some(true) {
            found.extend(findings(leaving_federation(&facts, &leaving), "authentication"));
        }
    }
    if authentication.is_some() && authentication != Some(Authentication::PasswordHashSync) {
        found.extend(findings(leaked_credentials(&facts), "authentication"));
    }
    if planned["onPremisesSyncEnabled"] == false && facts.is_synchronised == Some(true) {
        found.push(Finding::warning(
            Path::attribute("model"),
            "Directory synchronisation is going to be switched off",
            "Synchronised users and groups become those of the cloud. It takes up to 72 hours, and it \
             cannot be switched on again before. Uninstall the synchronisation client first.",
        ));
    }
    ask.conclude(found)
}

/// What people have to do, and whether the tenant is synchronised, said in one way.
fn steps(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let ask = answers.asking();
    // What was just read counts, whatever is remembered.
    let is_synchronised = question.prior["onPremisesSyncEnabled"] == true;
    let facts = Facts { is_synchronised: Some(is_synchronised), ..facts(&ask, question) };
    let model = match question.planned["onPremisesSyncEnabled"].as_bool() {
        Some(true) => Model::Hybrid,
        Some(false) => Model::CloudOnly,
        None if is_synchronised => Model::Hybrid,
        None => Model::CloudOnly,
    };
    let authentication = known(question.planned, "authentication").and_then(Authentication::named);
    let named = texts(question.planned, "domains");
    let facts = match authentication {
        Some(Authentication::PassThrough) => with_agents(&ask, facts),
        _ => facts,
    };
    let steps = manual_steps(&facts, model, authentication, &named);
    let steps: Vec<Json> = steps
        .into_iter()
        .map(|step| json!({ "step": step.step, "evidence": step.evidence }))
        .collect();
    ask.conclude(Ok(json!({ "onPremisesSyncEnabled": is_synchronised, "manualSteps": steps })))
}

fn texts<'a>(object: &'a Json, property: &str) -> Vec<&'a str> {
    object[property].as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// What the tenant is.
pub static IDENTITY_MODEL_AS_IT_IS: DataSource = DataSource {
    name: "identity_model",
    area: AREA,
    doc: "The identity model that the tenant has, with what shows it. Whether password hashes or an \
        agent check passwords cannot be told with certainty: the agents are in the beta version of \
        Graph only, where an application needs `OnPremisesPublishingProfiles.ReadWrite.All` to read \
        them. What is inferred is marked so, and what could not be read is told.",
    reference: "https://learn.microsoft.com/entra/identity/hybrid/connect/choose-ad-authn",
    source: Source::Concluded(
        conclude,
        &[
            "/organization",
            "/domains",
            "/directory/onPremisesSynchronization",
            "/policies/featureRolloutPolicies",
            "/onPremisesPublishingProfiles/authentication/agents",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "Organization.Read.All + Domain.Read.All + OnPremDirectorySynchronization.Read.All",
        write: "",
    },
    attributes: &[
        string("model", "`cloud_only` or `hybrid`.").computed(),
        string(
            "authentication",
            "`password_hash_sync`, `pass_through` or `federated` in the hybrid model.",
        )
        .computed(),
        strings("federated_domains", "The domains that another identity provider signs in to.")
            .computed(),
        strings("managed_domains", "The verified domains that Microsoft Entra signs in to.")
            .computed(),
        instant("on_premises_last_sync_date_time", "When it was last synchronised.").computed(),
        objects("statements", "What is so, and what shows it.")
            .of(&[
                string("statement", "What is so.").computed(),
                string("evidence", "Where it was seen.").computed(),
                boolean("is_certain", "Whether the evidence proves it.").computed(),
            ])
            .computed(),
        objects("manual_steps", "What people would have to do for the model to be complete.")
            .of(STEP)
            .computed(),
        objects("unread", "What could not be read, and why.")
            .of(&[
                string("path", "What was to be read.").computed(),
                string("why", "Why it was not.").computed(),
            ])
            .computed(),
    ],
    also: &[],
};

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let ask = answers.asking();
    let facts = with_agents(&ask, facts(&ask, question));
    let told = classify(&facts);
    let federated = facts.federated();
    let managed: Vec<&str> = facts
        .domains
        .iter()
        .flatten()
        .filter(|domain| domain.is_verified && !domain.is_federated())
        .map(|domain| domain.id.as_str())
        .collect();
    let steps =
        told.model.map(|model| manual_steps(&facts, model, told.authentication, &federated));
    let statements: Vec<Json> = told
        .statements
        .iter()
        .map(|one| {
            json!({ "statement": one.statement, "evidence": one.evidence, "isCertain": one.is_certain })
        })
        .collect();
    let steps: Vec<Json> = steps
        .into_iter()
        .flatten()
        .map(|step| json!({ "step": step.step, "evidence": step.evidence }))
        .collect();
    let unread = super::tenant::unread(&ask, &[agents("authentication")]);
    let told = json!({
        "model": told.model.map(Model::name),
        "authentication": told.authentication.map(Authentication::name),
        "federatedDomains": federated,
        "managedDomains": managed,
        "onPremisesLastSyncDateTime": facts.last_synchronised,
        "statements": statements,
        "manualSteps": steps,
        "unread": unread,
    });
    ask.conclude(Ok(told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Answer, Elsewhere};
    use crate::terraform::Severity;

    /// What the inquiry finds in a tenant whose domain is such, or such.
    fn found(planned: &Json, domain: &Json, features: &Json) -> Vec<Finding> {
        let (elsewhere, token) = (Elsewhere::new(), json!({ "tid": "t" }));
        let question = Question {
            prior: &Json::Null,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &token,
            elsewhere: &elsewhere,
        };
        let mut answers = Answers::default();
        loop {
            let reads = match inquire(&question, &answers) {
                Inquiry::Needs(reads) => reads,
                Inquiry::Concluded(found) => return found,
                Inquiry::Without(unread) => panic!("{unread:?}"),
            };
            for read in reads {
                let told = match read.path.as_str() {
                    "/domains" => json!([domain]),
                    "/organization" => json!([{ "onPremisesSyncEnabled": true }]),
                    path if path.contains("onPremisesSynchronization") => {
                        json!({ "features": features })
                    }
                    _ => json!([]),
                };
                answers.insert(read, Answer::Found(told));
            }
        }
    }

    #[track_caller]
    fn check(planned: &Json, domain: &Json, features: &Json, expected: &[&str]) {
        let found = found(planned, domain, features);
        let errors = found.iter().filter(|one| one.severity == Severity::Error);
        let errors: Vec<&str> = errors.map(|one| &one.summary[..6]).collect();
        assert_eq!(errors, expected);
    }

    #[test]
    fn each_invariant_is_refused_and_its_twin_allowed() {
        let on =
            json!({ "passwordSyncEnabled": true, "synchronizeUpnForManagedUsersEnabled": true });
        let domain = |kind: &str, is_default, is_verified| {
            json!({ "id": "x.com", "authenticationType": kind, "isDefault": is_default,
                    "isVerified": is_verified })
        };
        let model = |authentication| {
            json!({ "onPremisesSyncEnabled": true, "authentication": authentication,
                    "domains": ["x.com"] })
        };
        check(&model("federated"), &domain("Managed", false, true), &on, &[]);
        check(&model("federated"), &domain("Managed", false, false), &on, &["INV-02"]);
        check(&model("federated"), &domain("Managed", true, true), &on, &["INV-03"]);
        check(&model("password_hash_sync"), &domain("Federated", false, true), &on, &[]);
        let off =
            json!({ "passwordSyncEnabled": false, "synchronizeUpnForManagedUsersEnabled": true });
        check(&model("password_hash_sync"), &domain("Federated", false, true), &off, &["INV-17"]);
    }

    #[test]
    fn inv_04_takes_the_hybrid_model() {
        let planned = |model: &str| {
            Value::from([("model", Value::from(model)), ("authentication", "federated".into())])
        };
        assert!(judge(&planned("hybrid")).is_empty());
        assert!(judge(&planned("cloud_only"))[0].summary.starts_with("INV-04"));
    }
}
