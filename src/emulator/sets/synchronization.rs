//! Jobs of the provisioning service, which here never run.

use serde_json::json;

use super::super::context::Context;
use super::super::refusal::Refusal;
use super::super::set::{Acted, Action, Permissions, Properties, Set};
use super::super::store::{Place, text};

const READ: Permissions = &[
    &["Synchronization.Read.All"],
    &["Synchronization.ReadWrite.All"],
    &["Application.ReadWrite.OwnedBy"],
];
const WRITE: Permissions =
    &[&["Synchronization.ReadWrite.All"], &["Application.ReadWrite.OwnedBy"]];

pub(super) static JOBS: Set = Set {
    ty: "synchronizationJob",
    paths: &["servicePrincipals/{servicePrincipal}/synchronization/jobs"],
    read: READ,
    create: Some(WRITE),
    delete: Some(WRITE),
    required: &["templateId"],
    read_only: &["id", "schedule", "status"],
    actions: &[
        Action { name: "start", method: "POST", permissions: WRITE, run: start },
        Action { name: "pause", method: "POST", permissions: WRITE, run: pause },
        Action { name: "restart", method: "POST", permissions: WRITE, run: start },
    ],
    on_create: |cx, sent| {
        // As they look in the wild: the template, the tenant, and something of the job's own.
        let (template, tenant) = (text(sent, "templateId"), cx.tenant_id().replace('-', ""));
        let id = format!("{template}.{tenant}.{}", cx.state.new_id());
        sent.insert("id".into(), id.into());
        sent.insert("schedule".into(), json!({ "interval": "PT40M", "state": "Disabled" }));
        sent.insert("status".into(), status("NotConfigured"));
        Ok(())
    },
    ..Set::COLLECTION
};

fn status(code: &str) -> serde_json::Value {
    json!({
        "code": code,
        "countSuccessiveCompleteFailures": 0,
        "escrowsPruned": false,
        "progress": [],
        "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z",
        "steadyStateLastAchievedTime": "0001-01-01T00:00:00Z",
        "synchronizedEntryCountByType": [],
    })
}

fn start(cx: &mut Context, job: &Properties, _: &Properties) -> Acted {
    switch(cx, job, "Active", "NotRun")
}

fn pause(cx: &mut Context, job: &Properties, _: &Properties) -> Acted {
    switch(cx, job, "Paused", "Paused")
}

fn switch(cx: &mut Context, job: &Properties, state: &str, code: &str) -> Acted {
    let parent = cx.parent.clone();
    let place = Place { set: "synchronizationJob", parent: &parent };
    let id = text(job, "id");
    let current = cx.state.get(place, id).and_then(|job| job.current()).cloned();
    let mut next = current.ok_or_else(|| Refusal::no_such_object(id))?;
    if let Some(schedule) = next.get_mut("schedule") {
        schedule["state"] = state.into();
    }
    next.insert("status".into(), status(code));
    cx.state.replace(place, id, next);
    Ok((204, None))
}
