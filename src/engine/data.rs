//! What a data source asks for and how it answers.

use serde_json::Value as Json;

use crate::engine::{Data, decode};
use crate::terraform::{Diagnostic, Object, Value};

/// How one object is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// By its id.
    Id(String),
    /// By natural keys and their values; the words tell people what is looked for.
    Keys(Vec<(&'static str, String)>, String),
}

/// Reads the lookup from a configuration: the id, or one or more natural keys together.
///
/// # Errors
///
/// Where nothing says which object is meant.
pub fn find(data: &Data, keys: &[&'static str], config: &Value) -> Result<Find, Diagnostic> {
    if let Some(id) = config.get("id").as_str() {
        return Ok(Find::Id(id.to_owned()));
    }
    let given = keys.iter().filter_map(|key| {
        let value = config.get(key).as_str()?;
        Some(((*key, value.to_owned()), format!("{key} {value:?}")))
    });
    let (given, words): (Vec<_>, Vec<_>) = given.unzip();
    if given.is_empty() {
        let known =
            std::iter::once("id").chain(keys.iter().copied()).collect::<Vec<_>>().join(", ");
        return Err(Diagnostic::error(
            format!("{} does not say which object it means", data.name),
            format!("Set one of {known}."),
        ));
    }
    Ok(Find::Keys(given, words.join(" and ")))
}

/// The one object among those found.
///
/// # Errors
///
/// None found, or several.
pub fn only<'a>(data: &Data, words: &str, found: &'a [Json]) -> Result<&'a Json, Diagnostic> {
    match found {
        [one] => Ok(one),
        [] => Err(Diagnostic::error(
            format!("{} with {words} was not found", data.name),
            "There is no such object in this tenant, or it was made moments ago and Graph does not \
             list it yet. Check the spelling, and that the provider signs in to the right tenant.",
        )),
        several => {
            let ids: Vec<_> = several.iter().filter_map(|one| one["id"].as_str()).collect();
            Err(Diagnostic::error(
                format!("{} objects have {words}", several.len()),
                format!("Say which is meant by its id: {}.", ids.join(", ")),
            ))
        }
    }
}

/// The state of a data source that tells one object: what was asked stays as it was written.
pub fn one(data: &Data, remote: &Json, config: &Value) -> Value {
    let told = decode::told(&data.attributes, remote);
    let Value::Object(mut told) = told else { return told };
    for (name, asked) in config.as_object().into_iter().flatten() {
        if !asked.is_null() {
            told.insert(name.clone(), asked.clone());
        }
    }
    Value::Object(told)
}

/// The state of a data source that tells many objects under the attribute `name`: a list, since a
/// set of ten thousand objects takes Terraform minutes, and by id, since Graph promises no order.
pub fn many(data: &Data, name: &str, remote: &[Json], config: &Value) -> Value {
    let mut remote: Vec<&Json> = remote.iter().collect();
    remote.sort_by_key(|object| object["id"].as_str().unwrap_or_default());
    let objects: Vec<Value> =
        remote.into_iter().map(|remote| decode::told(&data.attributes, remote)).collect();
    let mut state: Object = config.as_object().cloned().unwrap_or_default();
    if data.schema.attributes.iter().any(|attribute| attribute.name == "ids") {
        let ids = objects.iter().map(|object| object.get("id").clone());
        state.insert("ids".into(), Value::set(ids));
    }
    state.insert(name.to_owned(), Value::List(objects));
    Value::Object(state)
}
