//! `/_emulator`: what tests and demonstrations do behind Graph's back.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /requests` | the log: `{"requests": [{number, at, method, path, query, status, body, ..}]}` |
//! | `DELETE /requests` | forgets it |
//! | `POST /faults` | adds a `Fault`, or a list of them |
//! | `DELETE /faults` | removes them all |
//! | `POST /lag`, `POST /latency` | `{"milliseconds": 5000}` |
//! | `POST /pim` | `{"ahead_seconds", "minimum_seconds"}`: the clock of assignments, and their least age; `{"provisioning_seconds", "provisioning_fails", "keeps_ended"}` |
//! | `POST /dns` | `{"unpublished": 3}`: so many proofs of a domain find no DNS record |
//! | `POST /roles` | `{"roles": [..]}` of tokens issued from now on; null: all |
//! | `POST /throttle` | `{"enabled": true}` |
//! | `GET /state` | how many objects there are, by type |
//! | `POST /objects` | `{"type", "properties"}`: puts an object in the tenant, as it is; in the object whose id is `"parent"`, if it is contained in one |
//! | `POST /reset` | the tenant as it was at the start |
//! | any `/outside/v1.0/..` | a request to Graph that was made elsewhere: no token, fault, lag, log |

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::{Fault, Throttle};
use super::http::Outgoing;
use super::permissions;
use super::service::Emulator;
use super::sets;
use super::store::{Place, text};

pub(crate) fn answer(emulator: &Emulator, method: &str, path: &str, body: &[u8]) -> Outgoing {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let told = match (method, path) {
        ("GET", "/requests") => {
            let requests: Vec<Value> =
                emulator.ways().log.iter().map(super::log::Entry::told).collect();
            return Outgoing::json(200, &json!({ "requests": requests }));
        }
        ("GET", "/state") => {
            return Outgoing::json(200, &json!({ "objects": emulator.state().counts() }));
        }
        ("DELETE", "/requests") => {
            emulator.ways().log.clear();
            Ok(())
        }
        ("POST", "/faults") => add_faults(emulator, body),
        ("DELETE", "/faults") => {
            emulator.ways().faults.clear();
            Ok(())
        }
        ("POST", "/lag") => duration(&body).map(|lag| emulator.state().lag = lag),
        ("POST", "/latency") => duration(&body).map(|latency| emulator.ways().latency = latency),
        ("POST", "/pim") => {
            let seconds = |name: &str| body[name].as_i64().map(jiff::SignedDuration::from_secs);
            let mut state = emulator.state();
            state.ahead = seconds("ahead_seconds").unwrap_or(state.ahead);
            state.shortest = seconds("minimum_seconds").unwrap_or(state.shortest);
            state.provisioning = seconds("provisioning_seconds").unwrap_or(state.provisioning);
            state.keeps_ended = body["keeps_ended"] == json!(true);
            state.provisioning_fails = body["provisioning_fails"] == json!(true);
            Ok(())
        }
        ("POST", "/dns") => {
            emulator.state().unpublished = body["unpublished"].as_u64().unwrap_or_default();
            Ok(())
        }
        ("POST", "/roles") => grant(emulator, body),
        ("POST", "/throttle") => {
            let enabled = body["enabled"] == json!(true);
            emulator.ways().throttle = enabled.then(Throttle::default);
            Ok(())
        }
        ("POST", "/objects") => put(emulator, &body),
        ("POST", "/reset") => {
            emulator.reset();
            Ok(())
        }
        _ => Err(format!("{method} /_emulator{path} is nothing that the emulator knows")),
    };
    match told {
        Ok(()) => Outgoing::empty(204),
        Err(message) => Outgoing::json(400, &json!({ "error": message })),
    }
}

fn add_faults(emulator: &Emulator, body: Value) -> Result<(), String> {
    let faults = if body.is_array() { body } else { json!([body]) };
    let faults: Vec<Fault> = serde_json::from_value(faults).map_err(|e| e.to_string())?;
    emulator.ways().faults.extend(faults);
    Ok(())
}

fn duration(body: &Value) -> Result<Duration, String> {
    let milliseconds = body["milliseconds"].as_u64().ok_or("'milliseconds' must be a number")?;
    Ok(Duration::from_millis(milliseconds))
}

fn grant(emulator: &Emulator, body: Value) -> Result<(), String> {
    let roles: Option<Vec<String>> =
        serde_json::from_value(body["roles"].clone()).map_err(|e| e.to_string())?;
    emulator.ways().roles = roles.unwrap_or_else(permissions::all);
    Ok(())
}

fn put(emulator: &Emulator, body: &Value) -> Result<(), String> {
    let ty = body["type"].as_str().unwrap_or_default();
    let versions = [super::model::Version::V1, super::model::Version::Beta];
    let known = versions.map(super::model::Version::model);
    // Some types are in the beta alone.
    let model = known.into_iter().find(|model| model.structure(ty).is_some()).unwrap_or(known[0]);
    let set = sets::ALL
        .iter()
        .filter(|set| model.is_a(ty, set.ty))
        .max_by_key(|set| usize::from(set.ty == ty))
        .ok_or_else(|| format!("'{ty}' is no type that the emulator keeps"))?;
    let ty = model.structure(ty).map_or(set.ty, |s| s.name);
    let mut properties =
        body["properties"].as_object().cloned().ok_or("'properties' must be an object")?;
    properties.retain(|_, v| !v.is_null());
    let mut state = emulator.state();
    if text(&properties, "id").is_empty() {
        properties.insert("id".into(), state.new_id().into());
    }
    state.immediate = true;
    let parent = body["parent"].as_str().unwrap_or_default();
    state.insert(Place { set: set.ty, parent }, ty, properties);
    state.immediate = false;
    Ok(())
}
