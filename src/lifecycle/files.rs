//! What is written apart from an object: files, read and looked at when a plan names them and sent when
//! it is applied; and secrets that have a place of their own.

use bytes::Bytes;
use serde_json::Value as Json;

use super::session::Session;
use crate::engine::patch::{self, Apart};
use crate::engine::stream::{self, Change, File};
use crate::engine::{Model, Request, Verb};
use crate::graph::{Content, Error};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// The configuration with the hashes of the files that it names, and why Graph would not take one.
pub(super) async fn hashed(model: &Model, config: &Value) -> (Value, Diagnostics) {
    let mut found = Diagnostics::new();
    let mut config = config.clone();
    for (attribute, takes) in stream::all(model) {
        let Value::Object(_) = config.get(attribute.name) else { continue };
        let sha256 = match config.get(attribute.name).get("source").as_str().map(str::to_owned) {
            None => None,
            Some(source) => match looked_at(takes, &source).await {
                Ok((file, _)) => Some(file.sha256),
                Err(why) => {
                    found.push(refused(attribute.name, &source, &why));
                    None
                }
            },
        };
        config = stream::with_hash(&config, attribute.name, sha256.as_deref());
    }
    (config, found)
}

/// What is to be written to streams, read; and what is to be removed.
pub(super) struct Files {
    writes: Vec<(Verb, String, Content)>,
    removals: Vec<Request>,
}

/// Reads the files that applying a plan uploads, before anything is sent, and the secrets of the
/// configuration.
///
/// # Errors
///
/// A file that is not what it was at plan.
pub(super) async fn read(
    model: &Model,
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> Result<Files, Diagnostic> {
    let mut files = Files { writes: Vec::new(), removals: Vec::new() };
    for Apart { verb, path, body } in patch::apart(model, prior, planned, config) {
        // As content: what is sent so is in no log.
        let content = Content { media_type: "application/json", bytes: body.to_string().into() };
        files.writes.push((verb, path, content));
    }
    for change in stream::changes(model, prior, planned) {
        match change {
            Change::Remove(request) => files.removals.push(request),
            Change::Write { attribute, takes, path, source, sha256 } => {
                let read = looked_at(takes, &source).await;
                let (file, bytes) = read.map_err(|why| refused(attribute, &source, &why))?;
                if file.sha256 != sha256 {
                    let why = "was changed since this was planned: plan again";
                    return Err(refused(attribute, &source, why));
                }
                let content = Content { media_type: file.format.media_type(), bytes };
                files.writes.push((Verb::Put, path, content));
            }
        }
    }
    Ok(files)
}

async fn looked_at(takes: &crate::declare::Stream, source: &str) -> Result<(File, Bytes), String> {
    let content = tokio::fs::read(source).await;
    let content = content.map_err(|error| format!("cannot be read: {error}"))?;
    let file = stream::inspect(takes, &content)?;
    Ok((file, content.into()))
}

fn refused(attribute: &'static str, source: &str, why: &str) -> Diagnostic {
    Diagnostic::error(format!("{attribute} is refused"), format!("The file {source} {why}."))
        .at(Path::attribute(attribute).at("source"))
}

/// Writes and removes streams, one after the other: Graph takes one a request.
pub(super) async fn write(session: &Session, files: Files) -> Result<(), Error> {
    for (verb, path, content) in files.writes {
        session.upload(verb, &path, content).await?;
    }
    for request in files.removals {
        remove(session, &request).await?;
    }
    Ok(())
}

/// Removes every stream that an object has: Graph keeps objects that have some.
pub(super) async fn clear(
    session: &Session,
    model: &Model,
    state: &Value,
    remote: &Json,
) -> Result<(), Error> {
    for request in stream::removals(model, state, remote) {
        remove(session, &request).await?;
    }
    Ok(())
}

async fn remove(session: &Session, request: &Request) -> Result<(), Error> {
    match session.send(request).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error),
    }
}
