//! `m365_synchronization_job`.

use serde_json::{Value as Json, json};

use super::{AREA, PERMISSIONS};
use crate::declare::{
    Attribute, Codec, Finding, Resource, Rule, boolean, duration, flags, id, instant, integer,
    object, string,
};
use crate::terraform::{Path, Value};

/// Provisioning to or from an application: cloud sync, cross-tenant synchronization, SCIM.
pub static SYNCHRONIZATION_JOB: Resource = Resource {
    name: "synchronization_job",
    area: AREA,
    doc: "A job of the provisioning service, which carries users and groups from one directory to \
        another: cloud sync (template `AD2AADProvisioning`), cross-tenant synchronization \
        (`Azure2Azure`), or the template of a gallery application.\n\n\
        The job maps attributes as its template does; `m365_synchronization_schema` changes that. Graph \
        decides how often it runs. Destroying a job stops it and forgets how far it \
        came.",
    reference: "https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob",
    path: "/servicePrincipals/{service_principal_id}/synchronization/jobs",
    entity: "synchronizationJob",
    permissions: PERMISSIONS,
    selects: false,
    attributes: &[
        id("service_principal_id", "The object id of the service principal that the job belongs to.")
            .required()
            .replace("a job belongs to one service principal for good"),
        string("template_id", "The template that the job is made from, such as `Azure2Azure`.")
            .required()
            .replace("a job is made from one template for good"),
        boolean(
            "is_enabled",
            "Whether the job runs. Enabling it starts it where it was paused, and clears a quarantine; \
             disabling it pauses it.",
        )
        .graph("schedule/state")
        .via(&ACTIVE)
        .required()
        .switched_by("start", "pause"),
        object(
            "secrets",
            "The credentials of the target directory, which the job signs in with, and settings that the \
             provisioning service keeps with them. They belong to the service principal, stay when \
             this is destroyed, and are written before the job is started.",
        )
        .of(SECRETS)
        .put_to("/servicePrincipals/{service_principal_id}/synchronization/secrets")
        .proved_by(
            "validate_secrets",
            "/servicePrincipals/{service_principal_id}/synchronization/jobs/{id}/validateCredentials",
        )
        .via(&PAIRS),
        integer("secrets_version", "A number of your choosing. Changing it sends `secrets` again.").local(),
        boolean(
            "validate_secrets",
            "Whether the target directory is asked to accept `secrets` before they are written, and the \
             job is started. Not every template can be asked.",
        )
        .local(),
        object(
            "restart",
            "Makes the job go over all objects again, when it changes; a new job does so by itself, and \
             so does one whose schema changed. It starts the job, too.",
        )
        .graph("criteria")
        .by_action("restart")
        .not_returned()
        .of(&[
            flags(
                "reset_scope",
                "What of the past is forgotten: `Watermark` (how far it came), `Escrows` (what failed and \
                 is tried again), `QuarantineState`, `ConnectorDataStore` (what it knows of the target), \
                 `Full` (all of these); `ForceDeletes` carries out deletions that were held back; `None` \
                 forgets nothing.",
            )
            .one_of(&[
                "None",
                "ConnectorDataStore",
                "Escrows",
                "Watermark",
                "QuarantineState",
                "Full",
                "ForceDeletes",
            ])
            .required(),
        ]),
        integer("restart_version", "A number of your choosing. Changing it restarts the job again.")
            .local(),
        duration("interval", "How often the job runs. Graph decides it by the template.")
            .graph("schedule/interval")
            .computed(),
        instant("expiration", "When the job ends for good, where it does.")
            .graph("schedule/expiration")
            .computed(),
        object("status", "Where the job stands.").computed().follows(&["is_enabled"]).of(&[
            string("code", "`NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.").computed(),
            integer("count_successive_complete_failures", "How often it has failed in a row.")
                .computed(),
            object("last_execution", "The last run.").computed().of(&[
                string("state", "`Succeeded`, `Failed` or `EntryLevelErrors`.").computed(),
                instant("time_began", "When it began.").computed(),
                instant("time_ended", "When it ended.").computed(),
            ]),
            object("quarantine", "Why the job is in quarantine, where it is.").computed().of(&[
                string("reason", "The reason, such as `TooManyDeletes`.").computed(),
                instant("current_began", "Since when.").computed(),
                instant("next_attempt", "When it is tried again.").computed(),
                object("error", "The error that led there.").computed().of(&[
                    string("code", "The code.").computed(),
                    string("message", "The message.").computed(),
                ]),
            ]),
            string("troubleshooting_url", "Where to read on.").computed(),
        ]),
    ],
    rules: &[
        // A restart is a start, too.
        Rule::Excludes("is_enabled", &["false"], &["restart"]),
    ],
    judge: Some(quarantined),
    ..Resource::MEMBER
};

/// The credentials and settings that people give; what an administrator's consent leads to (codes,
/// tokens and the like) is the service's own.
const SECRETS: &[Attribute] = &[
    string("secret_token", "The token of the SCIM endpoint."),
    string("base_address", "The address of the SCIM endpoint."),
    string("user_name", "The user name."),
    string("password", "The password."),
    string("client_identifier", "The id of a client."),
    string("client_secret", "The secret of a client."),
    string("oauth2_client_id", "The id of an OAuth 2.0 client."),
    string("oauth2_client_secret", "The secret of an OAuth 2.0 client."),
    string("oauth2_token_exchange_uri", "Where OAuth 2.0 tokens are issued."),
    string("oauth2_authorization_uri", "Where OAuth 2.0 clients are authorized."),
    string("consumer_key", "The key of an OAuth 1.0 consumer."),
    string("consumer_secret", "The secret of an OAuth 1.0 consumer."),
    string("token_key", "The key of a token."),
    string("app_key", "The key of an agent's application, for cloud sync."),
    string("connection_string", "The connection string of a database."),
    string("authentication_type", "How to sign in: `SyncPolicy` for cross-tenant synchronization."),
    string(
        "company_id",
        "The tenant or company: the target tenant of cross-tenant synchronization.",
    ),
    string("domain", "The domain: that of Active Directory for cloud sync."),
    string("url", "An address."),
    string("server", "The name of a server."),
    string("instance_name", "The name of an instance."),
    string("sandbox", "Whether it is a sandbox."),
    string("sandbox_name", "The name of the sandbox."),
    string("single_sign_on_type", "How single sign-on works."),
    string(
        "sync_all",
        "Whether all users and groups are in scope, and not only assigned ones: `true` or `false`.",
    ),
    string(
        "sync_notification_settings",
        "Whom to tell of a quarantine, and from how many deletions on to stop: the JSON that the portal writes.",
    ),
    string(
        "skip_out_of_scope_deletions",
        "Whether who leaves the scope is kept: `true` or `false`.",
    ),
    string("enforce_domain", "Whether the domain is enforced."),
    string("validate_domain", "Whether the domain is validated."),
    string("hard_deletes_enabled", "Whether deletions are final."),
    string("system_of_record", "Which system is the system of record."),
    string("synchronization_schedule", "The schedule."),
    string("update_key_on_soft_delete", "Whether the key changes with a soft deletion."),
    string("perform_inbound_entitlement_grants", "Whether entitlements are granted inbound."),
    string("sync_agent_compatibility_key", "The compatibility key of the agent."),
    string(
        "sync_agent_ad_container",
        "The container in Active Directory that the agent writes to.",
    )
    .graph("syncAgentADContainer"),
];

/// An object here, pairs of key and value in Graph.
static PAIRS: Codec = Codec {
    encode: |secrets| {
        let pairs = secrets.as_object().into_iter().flatten().map(|(name, value)| {
            let (first, rest) = name.split_at(1);
            json!({ "key": format!("{}{rest}", first.to_uppercase()), "value": value })
        });
        pairs.collect()
    },
    // They are never told.
    decode: |_| Json::Null,
};

/// A job that runs has an active schedule; one that does not is `Paused`, or `Disabled` when it is new.
static ACTIVE: Codec = Codec {
    encode: |enabled| if enabled == true { "Active".into() } else { "Paused".into() },
    decode: |state| Json::Bool(state == "Active"),
};

/// A job in quarantine needs somebody to look at it, whether anything changes or not.
fn quarantined(planned: &Value) -> Vec<Finding> {
    let status = planned.get("status");
    if status.get("code").as_str() != Some("Quarantine") {
        return Vec::new();
    }
    let quarantine = status.get("quarantine");
    let reason = quarantine.get("reason").as_str().unwrap_or("Unknown");
    let message = quarantine.get("error").get("message").as_str().unwrap_or_default();
    vec![Finding::warning(
        Path::attribute("status"),
        format!("The synchronization job is in quarantine ({reason})"),
        format!(
            "{message} It runs with reduced frequency until the cause is gone. Pausing and enabling \
             it clears the quarantine."
        )
        .trim_start(),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::patch::{self, Apart};
    use crate::engine::{Model, Request, Verb, encode, request};

    #[test]
    fn a_job_is_made_given_its_secrets_and_started() {
        let model = Model::new(&SYNCHRONIZATION_JOB);
        let value =
            |json: Json| crate::terraform::json::from_json(&json, &model.schema.ty()).unwrap();
        let planned = value(json!({
            "id": "j", "service_principal_id": "s", "template_id": "scim", "is_enabled": true,
            "secrets_version": 1,
        }));
        let config = value(json!({
            "secrets": { "secret_token": "t", "oauth2_client_id": "c", "sync_agent_ad_container": "o" },
        }));
        let body = encode::body(&model, &planned, &config);
        assert_eq!(Json::from(body), json!({ "templateId": "scim" }));
        let secrets = patch::apart(&model, &Value::Null, &planned, &config);
        let pairs = json!([
            { "key": "Oauth2ClientId", "value": "c" },
            { "key": "SecretToken", "value": "t" },
            { "key": "SyncAgentADContainer", "value": "o" },
        ]);
        let body = json!({ "value": pairs });
        let path = "/servicePrincipals/s/synchronization/secrets".to_owned();
        assert_eq!(secrets, [Apart { verb: Verb::Put, path, body }]);
        assert_eq!(patch::apart(&model, &planned, &planned, &config), []);
        let mut proved = planned.as_object().cloned().expect("an object");
        proved.insert("validate_secrets".into(), true.into());
        let proved = Value::Object(proved);
        let secrets = patch::apart(&model, &Value::Null, &proved, &config);
        let body = json!({ "useSavedCredentials": false, "credentials": pairs });
        let path = "/servicePrincipals/s/synchronization/jobs/j/validateCredentials".to_owned();
        assert_eq!(secrets[0], Apart { verb: Verb::Post, path, body });
        let start = "/servicePrincipals/s/synchronization/jobs/j/start";
        let switched = request::switches(&model, &Value::Null, &planned);
        assert_eq!(switched, [Request::new(Verb::Post, start).repeatable()]);
        assert_eq!(request::switches(&model, &planned, &planned), []);
    }

    #[test]
    fn a_restart_is_sent_when_it_or_its_number_changes_and_never_with_a_create() {
        let model = Model::new(&SYNCHRONIZATION_JOB);
        let planned = |restart: Json, version: i64| {
            let json = json!({ "id": "j", "service_principal_id": "s", "template_id": "scim",
                "is_enabled": true, "restart": restart, "restart_version": version });
            crate::terraform::json::from_json(&json, &model.schema.ty()).expect("a value")
        };
        let full = || json!({ "reset_scope": ["Escrows", "Watermark"] });
        let sent = |prior: &Value, planned: &Value| request::actions(&model, prior, planned);
        let (none, one, two) = (planned(Json::Null, 1), planned(full(), 1), planned(full(), 2));
        let body = json!({ "criteria": { "resetScope": "Escrows,Watermark" } });
        for (prior, planned) in [(&none, &one), (&one, &two)] {
            let restart = sent(prior, planned).remove(0);
            assert_eq!(restart.path, "/servicePrincipals/s/synchronization/jobs/j/restart");
            assert_eq!(restart.body, Some(body.clone()));
        }
        assert_eq!(sent(&two, &two), []);
        assert_eq!(sent(&two, &planned(Json::Null, 3)), []);
        assert_eq!(encode::body(&model, &one, &Value::Null).get("criteria"), None);
    }

    #[test]
    fn a_quarantine_is_told_with_its_reason() {
        let status = |code: &str| {
            let quarantine = Value::from([("reason", Value::from("TooManyDeletes"))]);
            let status = Value::from([("code", Value::from(code)), ("quarantine", quarantine)]);
            Value::from([("status", status)])
        };
        assert_eq!(quarantined(&status("Active")), []);
        assert_eq!(quarantined(&Value::from([("status", Value::UNKNOWN)])), []);
        let told = quarantined(&status("Quarantine"));
        assert_eq!(told[0].summary, "The synchronization job is in quarantine (TooManyDeletes)");
    }
}
