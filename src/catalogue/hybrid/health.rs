//! `m365_directory_synchronization_health`.

use serde_json::{Value as Json, json};

use super::AREA;
use super::tenant::{agents as agents_read, unread};
use crate::declare::{
    Answers, Asking, DataSource, Finding, Inquiry, Permissions, Question, Read, Source, boolean,
    duration, id, instant, integer, object, objects, string,
};

/// Whether directory synchronisation does its work.
pub static DIRECTORY_SYNCHRONIZATION_HEALTH: DataSource = DataSource {
    name: "directory_synchronization_health",
    area: AREA,
    doc: "Whether directory synchronisation does its work: when it last came through, and the objects \
        that could not be synchronised, with the property at fault. The portal warns where nothing was \
        synchronised for three days.\n\n\
        The agents on-premises and what Connect last did are in the beta version of Graph only; agents \
        take `OnPremisesPublishingProfiles.ReadWrite.All`, Connect \
        `OnPremDirectorySynchronization.Read.All`. Where Graph does not tell them, or the application may \
        not read them, `unread` says so.",
    reference: "https://learn.microsoft.com/graph/api/resources/onpremisesprovisioningerror",
    source: Source::Concluded(
        conclude,
        &[
            "/organization",
            "/users",
            "/groups",
            "/contacts",
            "/directory/onPremisesSynchronization",
            "/onPremisesPublishingProfiles/authentication/agents",
            "/onPremisesPublishingProfiles/provisioning/agents",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "Organization.Read.All + User.Read.All + Group.Read.All + OrgContact.Read.All",
        write: "",
    },
    attributes: &[
        boolean(
            "on_premises_sync_enabled",
            "Whether objects are synchronised from on-premises; null where they never were.",
        )
        .computed(),
        instant("on_premises_last_sync_date_time", "When it was last synchronised.").computed(),
        integer("error_count", "How many errors there are.").computed(),
        objects("errors", "Objects that could not be synchronised as they are on-premises.")
            .of(&[
                string("object_type", "`user`, `group` or `contact`.").computed(),
                id("object_id", "The object's id.").computed(),
                string("display_name", "The object's name.").computed(),
                string("category", "The kind of error, such as `PropertyConflict`.").computed(),
                string(
                    "property_causing_error",
                    "The property at fault, such as `UserPrincipalName`.",
                )
                .computed(),
                string("value", "Its value on-premises.").computed(),
                instant("occurred_date_time", "When it occurred.").computed(),
            ])
            .computed(),
        objects("agents", "The agents on-premises that Graph shows.")
            .of(&[
                string(
                    "type",
                    "What it is for: `authentication` (pass-through authentication) or `provisioning` \
                     (Cloud Sync).",
                )
                .computed(),
                string("machine_name", "The server that it is on.").computed(),
                string("external_ip", "The address that it comes from.").computed(),
                string("status", "`active` or `inactive`.").computed(),
            ])
            .computed(),
        object("client", "Microsoft Entra Connect, as it last told of itself.")
            .of(&[
                string("version", "Its version.").computed(),
                string("machine_name", "The server that it is on.").computed(),
                string("service_account", "The account that it signs in with.").computed(),
                duration("synchronization_interval", "How long it is to wait between two runs.")
                    .computed(),
                integer("pending_objects_addition", "How many objects it has yet to add.").computed(),
                integer("pending_objects_update", "How many objects it has yet to change.").computed(),
                integer("pending_objects_deletion", "How many objects it has yet to delete.")
                    .computed(),
            ])
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

/// The one category that Graph documents.
const CONFLICT: &str = "onPremisesProvisioningErrors/any(e:e/category eq 'PropertyConflict')";

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let ask = answers.asking();
    let organization = Read::all("/organization", "Organization.Read.All")
        .select("id,onPremisesSyncEnabled,onPremisesLastSyncDateTime");
    let organization = ask.objects(&organization).and_then(<[Json]>::first);
    let kinds = [
        ("user", "/users", "User.Read.All"),
        ("group", "/groups", "Group.Read.All"),
        ("contact", "/contacts", "OrgContact.Read.All"),
    ];
    let errors: Vec<Json> =
        kinds.into_iter().flat_map(|(kind, path, by)| errors(&ask, kind, path, by)).collect();
    let kinds = ["authentication", "provisioning"];
    let agents: Vec<Json> = kinds.into_iter().flat_map(|kind| agents_of(&ask, kind)).collect();
    let client = client(&ask, question);
    let unread = unread(&ask, &kinds.map(agents_read));
    let of = |property: &str| organization.map_or(Json::Null, |own| own[property].clone());
    let told = json!({
        "onPremisesSyncEnabled": of("onPremisesSyncEnabled"),
        "onPremisesLastSyncDateTime": of("onPremisesLastSyncDateTime"),
        "errorCount": errors.len(),
        "errors": errors,
        "agents": agents,
        "client": client,
        "unread": unread,
    });
    ask.conclude(Ok(told))
}

fn agents_of(ask: &Asking<'_>, kind: &str) -> Vec<Json> {
    let agents = ask.objects(&agents_read(kind)).unwrap_or_default().iter();
    let agents = agents.map(|agent| {
        json!({
            "type": kind,
            "machineName": agent["machineName"],
            "externalIp": agent["externalIp"],
            "status": agent["status"],
        })
    });
    agents.collect()
}

/// What Connect last told of itself, in the beta alone.
fn client(ask: &Asking<'_>, question: &Question<'_>) -> Json {
    let Some(tenant) = question.token["tid"].as_str() else { return Json::Null };
    let told = ask.known(&super::tenant::synchronization(tenant).in_beta());
    let Some(told) = told.map(|told| &told["configuration"]) else { return Json::Null };
    let last = &told["currentExportData"];
    json!({
        "version": told["synchronizationClientVersion"],
        "machineName": last["clientMachineName"],
        "serviceAccount": last["serviceAccount"],
        "synchronizationInterval": told["synchronizationInterval"],
        "pendingObjectsAddition": last["pendingObjectsAddition"],
        "pendingObjectsUpdate": last["pendingObjectsUpdate"],
        "pendingObjectsDeletion": last["pendingObjectsDeletion"],
    })
}

fn errors(ask: &Asking<'_>, kind: &str, path: &str, permission: &'static str) -> Vec<Json> {
    let read = Read::all(path, permission)
        .filter(CONFLICT)
        .select("id,displayName,onPremisesProvisioningErrors");
    let objects = ask.objects(&read).unwrap_or_default().iter();
    let errors = objects.flat_map(|object| {
        let errors = object["onPremisesProvisioningErrors"].as_array().into_iter().flatten();
        errors.map(|error| {
            json!({
                "objectType": kind,
                "objectId": object["id"],
                "displayName": object["displayName"],
                "category": error["category"],
                "propertyCausingError": error["propertyCausingError"],
                "value": error["value"],
                "occurredDateTime": error["occurredDateTime"],
            })
        })
    });
    errors.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Answer, Elsewhere};

    #[test]
    fn errors_name_the_object_and_the_property() {
        let elsewhere = Elsewhere::new();
        let question = Question {
            prior: &Json::Null,
            planned: &Json::Null,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere: &elsewhere,
        };
        let mut answers = Answers::default();
        let Inquiry::Needs(reads) = conclude(&question, &answers) else {
            panic!("nothing is read")
        };
        for read in reads {
            let answer = match read.path.as_str() {
                "/users" => Answer::Found(json!([{ "id": "u", "displayName": "Ann",
                    "onPremisesProvisioningErrors": [{ "category": "PropertyConflict",
                        "propertyCausingError": "UserPrincipalName", "value": "ann@x.com" }] }])),
                "/contacts" => Answer::Refused("no".into()),
                _ => Answer::Found(json!([])),
            };
            answers.insert(read, answer);
        }
        let Inquiry::Concluded(Ok(told)) = conclude(&question, &answers) else { panic!("no end") };
        assert_eq!(told["errorCount"], 1);
        assert_eq!(told["errors"][0]["propertyCausingError"], "UserPrincipalName");
        assert_eq!(told["unread"][0]["path"], "/contacts");
    }
}
