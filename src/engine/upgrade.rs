//! States from older versions of this provider and from other providers.

use serde_json::Value as Json;

use crate::engine::{Model, import};
use crate::terraform::{Diagnostic, Value};

/// Brings a state that was written under `version` to today's shape, as JSON. Attributes that are
/// not in the schema any more are dropped by whoever decodes it.
///
/// # Errors
///
/// A state of a newer version than this provider knows.
pub fn state(model: &Model, version: i64, raw: Json) -> Result<Json, Diagnostic> {
    let resource = model.resource;
    if version > resource.version {
        return Err(Diagnostic::error(
            format!("The state of this {} is newer than the provider", model.name),
            format!(
                "It was written under version {version} of the schema, and this provider knows \
                 versions up to {}. Use the provider version that wrote it, or a later one.",
                resource.version
            ),
        ));
    }
    let from = usize::try_from(version).unwrap_or(0);
    Ok(resource.upgrades.iter().skip(from).fold(raw, |raw, upgrade| upgrade(raw)))
}

/// The state of an object that another provider managed: its id, from which a read completes it.
///
/// # Errors
///
/// A resource type that cannot be moved here, or a state without an id.
pub fn moved(model: &Model, source_type: &str, state: &Json) -> Result<Value, Diagnostic> {
    let known = model.resource.moved_from;
    if !known.contains(&source_type) {
        let from = match known {
            [] => "No resource of another provider".to_owned(),
            known => format!("Only {}", known.join(", ")),
        };
        return Err(Diagnostic::error(
            format!("{source_type} cannot be moved to {}", model.name),
            format!("{from} can be moved to {}. Use an import block instead.", model.name),
        ));
    }
    let id = state["object_id"].as_str().or(state["id"].as_str()).unwrap_or_default();
    let id = id.rsplit('/').next().unwrap_or_default();
    if id.is_empty() {
        return Err(Diagnostic::error(
            format!("The state of {source_type} has no id"),
            "Neither object_id nor id is set in it. Use an import block instead.",
        ));
    }
    let mut moved = import::empty(model);
    moved.insert("id".into(), id.into());
    Ok(Value::Object(moved))
}
