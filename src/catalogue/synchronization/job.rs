//! `m365_synchronization_job`.

use serde_json::Value as Json;

use super::AREA;
use crate::declare::{
    Codec, Finding, Permissions, Resource, boolean, duration, id, instant, integer, object, string,
};
use crate::terraform::{Path, Value};

/// Provisioning to or from an application: cloud sync, cross-tenant synchronization, SCIM.
pub static SYNCHRONIZATION_JOB: Resource = Resource {
    name: "synchronization_job",
    area: AREA,
    doc: "A job of the provisioning service, which carries users and groups from one directory to \
        another: cloud sync (template `AD2AADProvisioning`), cross-tenant synchronization \
        (`Azure2Azure`), or the template of a gallery application.\n\n\
        The job maps attributes as its template does. Credentials of the target are given to the \
        service principal outside of this resource. Destroying a job stops it and forgets how far it \
        came.",
    reference: "https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob",
    path: "/servicePrincipals/{service_principal_id}/synchronization/jobs",
    entity: "synchronizationJob",
    permissions: Permissions {
        read: "Synchronization.Read.All",
        write: "Synchronization.ReadWrite.All",
    },
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
        duration("interval", "How often the job runs.").graph("schedule/interval").computed(),
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
    judge: Some(quarantined),
    ..Resource::MEMBER
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
