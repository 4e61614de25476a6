//! Jobs of the provisioning service, which here never run.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Acted, Action, Permissions, Properties, Set};
use super::super::store::{Place, text};

pub(super) const READ: Permissions = &[
    &["Synchronization.Read.All"],
    &["Synchronization.ReadWrite.All"],
    &["Application.ReadWrite.OwnedBy"],
];
pub(super) const WRITE: Permissions =
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
        Action { name: "restart", method: "POST", permissions: WRITE, run: restart },
        Action { name: "validateCredentials", method: "POST", permissions: WRITE, run: validate },
    ],
    on_create: |cx, sent| {
        // As they look in the wild: the template, the tenant, and something of the job's own.
        let template = text(sent, "templateId");
        let tenant = cx.tenant_id().replace('-', "");
        let id = format!("{template}.{tenant}.{}", cx.state.new_id());
        super::schemas::begin(cx, &id, template);
        sent.insert("id".into(), id.into());
        sent.insert("schedule".into(), json!({ "interval": "PT40M", "state": "Disabled" }));
        sent.insert("status".into(), status("NotConfigured"));
        Ok(())
    },
    ..Set::COLLECTION
};

/// The credentials of the target: taken, and never told.
pub(super) const SECRETS: Action =
    Action { name: "synchronization/secrets", method: "PUT", permissions: WRITE, run: keep };

fn keep(_: &mut Context, _: &Properties, sent: &Properties) -> Acted {
    let pairs = sent.get("value").and_then(Value::as_array).filter(|_| sent.len() == 1);
    known(pairs.ok_or_else(|| Refusal::bad_request("The body must hold 'value' alone."))?)?;
    Ok((204, None))
}

/// There is no target to ask: credentials that say that they are wrong are.
fn validate(_: &mut Context, _: &Properties, sent: &Properties) -> Acted {
    let allowed = ["applicationIdentifier", "credentials", "templateId", "useSavedCredentials"];
    let sent = super::super::validate::parameters(&Value::Object(sent.clone()), &allowed)?;
    let pairs = sent.get("credentials").and_then(Value::as_array);
    let pairs = pairs.ok_or_else(|| Refusal::bad_request("'credentials' is missing."))?;
    known(pairs)?;
    match pairs.iter().any(|pair| pair["value"] == "wrong") {
        true => Err(Refusal::new(
            400,
            "SynchronizationGatewayInvalidCredentials",
            "The target does not accept the credentials.".to_owned(),
        )),
        false => Ok((204, None)),
    }
}

fn known(pairs: &[Value]) -> Outcome<()> {
    for pair in pairs {
        let key = pair["key"].as_str().unwrap_or_default();
        if !KEYS.split_whitespace().any(|known| known == key) || !pair["value"].is_string() {
            return Err(Refusal::bad_request(format!("'{key}' is no secret with a value.")));
        }
    }
    Ok(())
}

/// The members of `synchronizationSecret`.
const KEYS: &str = "UserName Password SecretToken AppKey BaseAddress ClientIdentifier ClientSecret \
    SingleSignOnType Sandbox Url Domain ConsumerKey ConsumerSecret TokenKey TokenExpiration \
    Oauth2AccessToken Oauth2AccessTokenCreationTime Oauth2RefreshToken SyncAll InstanceName \
    Oauth2ClientId Oauth2ClientSecret CompanyId UpdateKeyOnSoftDelete \
    SynchronizationSchedule SystemOfRecord SandboxName EnforceDomain \
    SyncNotificationSettings SkipOutOfScopeDeletions Oauth2AuthorizationCode \
    Oauth2RedirectUri ApplicationTemplateIdentifier Oauth2TokenExchangeUri \
    Oauth2AuthorizationUri AuthenticationType Server PerformInboundEntitlementGrants \
    HardDeletesEnabled SyncAgentCompatibilityKey SyncAgentADContainer ValidateDomain \
    TestReferences ConnectionString";

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

/// Goes over everything again; the criteria say what of the past is forgotten.
fn restart(cx: &mut Context, job: &Properties, sent: &Properties) -> Acted {
    const SCOPES: [&str; 7] = [
        "None",
        "ConnectorDataStore",
        "Escrows",
        "Watermark",
        "QuarantineState",
        "Full",
        "ForceDeletes",
    ];
    let sent = super::super::validate::parameters(&Value::Object(sent.clone()), &["criteria"])?;
    let scope = sent.get("criteria").and_then(|criteria| criteria["resetScope"].as_str());
    let scope = scope.ok_or_else(|| Refusal::bad_request("'criteria' is missing."))?;
    if let Some(other) = scope.split(',').map(str::trim).find(|one| !SCOPES.contains(one)) {
        return Err(Refusal::bad_request(format!("'{other}' is no scope of a restart.")));
    }
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
