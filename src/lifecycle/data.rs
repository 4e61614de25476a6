//! Data sources.

use serde_json::Value as Json;

use super::explain::{self, Doing};
use super::inquiry;
use super::read::How;
use super::session::Session;
use super::{find, ruled};
use crate::declare::{DataSource, Permissions, Resource, Ruled, Source};
use crate::engine::data::{self, Find};
use crate::engine::import::{self, Wanted};
use crate::engine::model::Reads;
use crate::engine::{Data, Model, Request, Verb, plan, request, shape, validate};
use crate::graph::Error;
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// Checks a data source's configuration.
pub(super) fn validate(source: &Data, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    validate::attributes(&source.attributes, config, &Path::root(), true, &mut found);
    if let Reads::One(resource) = source.reads {
        let of = resource.ruled.map_or(&[][..], |ruled| ruled.of);
        let keys = [resource.keys, of].concat();
        let unknown = keys.iter().chain(&["id"]).any(|key| config.get(key).is_unknown());
        if let (Err(diagnostic), false) = (data::find(source, &keys, config), unknown) {
            found.push(diagnostic);
        }
    }
    found
}

/// Reads a data source.
pub(super) async fn read(
    session: &Session,
    source: &Data,
    config: &Value,
) -> Result<Value, Diagnostic> {
    match source.reads {
        Reads::One(resource) => one(session, source, resource, config).await,
        Reads::Many(resource, name) => {
            let model = Model::new(resource);
            let filter = config.get("filter").as_str().map(str::to_owned);
            let found = find::filtered(session, &model, filter).await;
            let found = found.map_err(failed(source, resource.permissions))?;
            Ok(data::many(source, name, &found, config))
        }
        Reads::Alone(alone) => self::alone(session, source, alone, config).await,
    }
}

fn failed(source: &Data, permissions: Permissions) -> impl Fn(Error) -> Diagnostic {
    move |error| explain::thing(&source.name, permissions, Doing::Reading, &error)
}

async fn one(
    session: &Session,
    source: &Data,
    resource: &'static Resource,
    config: &Value,
) -> Result<Value, Diagnostic> {
    let model = Model::new(resource);
    let failed = failed(source, resource.permissions);
    if let Some(ruled) = &resource.ruled {
        return of_rules(session, source, &model, ruled, config).await;
    }
    match data::find(source, resource.keys, config)? {
        Find::Id(id) => {
            let state = Value::from([("id", id.as_str().into())]);
            let found = session.get(&request::read(&model, &state)).await.map_err(&failed)?;
            let found: Vec<Json> = found.into_iter().collect();
            let mut remote = data::only(source, &format!("id {id:?}"), &found)?.clone();
            for (property, request) in request::besides(&model, &state) {
                remote[property] = session.list(&request).await.map_err(&failed)?.into();
            }
            Ok(data::one(source, &remote, config))
        }
        Find::Keys(keys, words) => {
            let keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let found = find::by_keys(session, &model, &keys).await.map_err(failed)?;
            let remote = data::only(source, &words, &found)?;
            Ok(data::one(source, remote, config))
        }
    }
}

fn unsaid(source: &Data, ruled: &Ruled) -> Diagnostic {
    Diagnostic::error(
        format!("{} does not say which object it means", source.name),
        format!("Set id, or {}.", ruled.of.join(" and ")),
    )
}

/// Settings that are a list of rules, found by what they are of.
async fn of_rules(
    session: &Session,
    source: &Data,
    model: &Model,
    ruled: &Ruled,
    config: &Value,
) -> Result<Value, Diagnostic> {
    let asked = match config.get("id").as_str().map(|id| import::parse(model, id)) {
        Some(Ok(Wanted::State(state))) => state,
        Some(Err(wrong)) => return Err(wrong),
        Some(Ok(_)) | None => plan::derived(model, config),
    };
    let Some(id) = import::made_up_id(model, &asked) else {
        return Err(unsaid(source, ruled));
    };
    let read = ruled::remote(session, model, ruled, &asked, How::Anew).await;
    let read = read.map_err(failed(source, model.resource.permissions))?;
    let found: Vec<Json> = read
        .into_iter()
        .map(|mut settings| {
            settings["id"] = id.as_str().into();
            settings
        })
        .collect();
    let words = format!("id {:?}", id.as_str().unwrap_or_default());
    Ok(data::one(source, data::only(source, &words, &found)?, config))
}

async fn alone(
    session: &Session,
    source: &Data,
    declared: &DataSource,
    config: &Value,
) -> Result<Value, Diagnostic> {
    let failed = failed(source, declared.permissions);
    let list = async |path: &str| session.list(&Request::new(Verb::Get, path)).await;
    match declared.source {
        Source::Concluded(conclude, _) => {
            let asked = shape::object(&source.attributes, config);
            match inquiry::conclude(session, asked, conclude).await {
                Ok(Ok(told)) => Ok(data::one(source, &told, config)),
                Ok(Err(finding)) => Err(plan::diagnostic(finding)),
                Err(without) => Err(inquiry::unread(&source.name, &without)),
            }
        }
        Source::Claims => {
            let claims = session.claims().await.map_err(&failed)?;
            Ok(data::one(source, &claims, config))
        }
        Source::Collection(path, name) => {
            let found = list(path).await.map_err(&failed)?;
            Ok(data::many(source, name, &found, config))
        }
        Source::OnlyObject(path) => {
            let found = list(path).await.map_err(&failed)?;
            let mut object = data::only(source, "these settings", &found)?.clone();
            for also in declared.also {
                object[also.property] = list(also.path).await.map_err(&failed)?.into();
            }
            Ok(data::one(source, &object, config))
        }
    }
}
