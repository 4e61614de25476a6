//! Plans of schedules against the policy that decides what may be asked for, before anything is sent.
//!
//! The policy is read from Graph, and what this process has planned for it is laid over that: where
//! the policy is changed in the same configuration, its new settings count.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::read::How;
use super::ruled;
use super::session::Session;
use super::update;
use super::write::known as known_of;
use crate::declare::{Policed, Requests};
use crate::engine::{Model, decode, encode, import, plan, ruled as rules, schedule, takeover};
use crate::terraform::{Diagnostic, Diagnostics, Value};

/// Remembers what is planned for a policy.
pub(super) fn remember(session: &Session, model: &Model, planned: &Value) {
    if let Some(id) = import::made_up_id(model, planned) {
        let settings = encode::body(model, planned, &Value::Null);
        session.plans(name(model, &id), settings.into());
    }
}

/// What the policy refuses of a planned schedule. A policy that cannot be read says nothing here:
/// Graph has the last word.
pub(super) async fn judge(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> Diagnostics {
    let nothing = Diagnostics::new();
    let Some(Requests { policy: Some(Policed { by, judge }), .. }) = model.resource.requests else {
        return nothing;
    };
    let Some(lasts) = schedule::lasts(prior, planned, Timestamp::now()) else { return nothing };
    let policy = Model::new(by);
    let Some(ruled) = &by.ruled else { return nothing };
    let Some(id) = import::made_up_id(&policy, planned) else { return nothing };
    let read = ruled::remote(session, &policy, ruled, planned, How::Gathered).await;
    let mut settings = read.unwrap_or_default().unwrap_or_default();
    if let Some(planned) = session.planned(&name(&policy, &id)) {
        lay_over(&mut settings, &planned);
    }
    judge(planned, lasts, &settings).into_iter().map(plan::diagnostic).fold(
        nothing,
        |mut found, diagnostic: Diagnostic| {
            found.push(diagnostic);
            found
        },
    )
}

/// A policy that is to be taken over is there already: what is not configured stays as it is found.
/// So the plan says it, beside what is configured, rather than "known after apply"; and what does
/// not go together is refused now. A policy that cannot be read is left to the apply.
pub(super) async fn found(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: Value,
    config: &Value,
) -> (Value, Diagnostics) {
    let nothing = Diagnostics::new();
    let (Some(of_rules), Some(judge)) = (&model.resource.ruled, model.resource.judge) else {
        return (planned, nothing);
    };
    let known = of_rules.of.iter().all(|name| planned.get(name).as_str().is_some());
    if !prior.is_null() || !known || !judge(&planned).is_empty() {
        return (planned, nothing);
    }
    let read = ruled::remote(session, model, of_rules, &planned, How::Gathered).await;
    let Ok(Some(remote)) = read else { return (planned, nothing) };
    let found = decode::state(model, &remote, &known_of(&planned));
    let whole = update::filled(&planned, &found);
    let mut told: Diagnostics = judge(&whole).into_iter().map(plan::diagnostic).collect();
    let whose = rules::whose(model, of_rules, &planned);
    told.extend(takeover::changes(model, &whose, &found, &planned));
    let Value::Object(attributes) = planned else { return (planned, told) };
    let shown = attributes.into_iter().map(|(name, value)| {
        let value = match value {
            Value::Object(_) => beside(value, found.get(&name), config.get(&name)),
            other => other,
        };
        (name, value)
    });
    (Value::Object(shown.collect()), told)
}

/// Fills in single values as they are found, in objects of which something is configured.
fn beside(planned: Value, found: &Value, config: &Value) -> Value {
    match planned {
        Value::Object(attributes) => {
            let filled = attributes.into_iter().map(|(name, value)| {
                let value = beside(value, found.get(&name), config.get(&name));
                (name, value)
            });
            Value::Object(filled.collect())
        }
        Value::Unknown(_) if config.is_null() && found.as_object().is_none() => found.clone(),
        planned => planned,
    }
}

fn name(policy: &Model, id: &Value) -> String {
    format!("{}/{}", policy.name, id.as_str().unwrap_or_default().to_lowercase())
}

fn lay_over(settings: &mut Json, planned: &Json) {
    match (settings, planned) {
        (Json::Object(settings), Json::Object(planned)) => {
            for (name, planned) in planned {
                lay_over(settings.entry(name.clone()).or_insert(Json::Null), planned);
            }
        }
        (settings, planned) => *settings = planned.clone(),
    }
}
