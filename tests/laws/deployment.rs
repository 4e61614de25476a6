//! What people see who work with `terraform`: L1, L4, L5, L6, L7 and L13.

use m365::declare::{Keeps, Kind, Law, Mode, Resource};
use m365::emulator::CLIENT_SECRET;
use m365::engine::{Model, decode, equal, names, request};
use m365::terraform::Value;

use super::remote;
use super::terraform::{Change, Workspace, told, value};
use super::{Outcome, SECRET, ensure, everywhere};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l1_after_apply_the_plan_is_empty() {
    everywhere(Law::L1, |resource| async move {
        Workspace::deployed(resource).await?.plan_is_empty().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l4_an_import_gives_the_same_state_and_an_empty_plan() {
    everywhere(Law::L4, imported).await;
}

async fn imported(resource: &'static Resource) -> Outcome {
    let workspace = Workspace::deployed(resource).await?;
    let (model, address) = (&workspace.model, workspace.address.as_str());
    let before = workspace.main()?;
    for id in import_ids(model, &before) {
        let failed = |said: String| format!("imported by {id:?}: {said}");
        workspace.ok(&["state", "rm", address]).await.map_err(failed)?;
        workspace.ok(&["import", "-input=false", address, &id]).await.map_err(failed)?;
        let after = workspace.main()?;
        let differing = model.attributes.iter().filter(|attribute| {
            !is_never_told(attribute)
                && !is_left_alone(attribute, &before)
                && before.get(attribute.name) != after.get(attribute.name)
        });
        let differing: Vec<_> = differing
            .map(|attribute| {
                let (before, after) = (before.get(attribute.name), after.get(attribute.name));
                format!("{}: {before:?} became {after:?}", attribute.name)
            })
            .collect();
        ensure(differing.is_empty(), || failed(differing.join(", ")))?;
        let changes = workspace.plan().await.map_err(failed)?;
        let told = |change: &Change| {
            change.address == address
                && change
                    .attributes
                    .iter()
                    .all(|name| model.attribute(name).is_some_and(is_never_told) || name == "id")
        };
        ensure(changes.iter().all(told), || failed(format!("the plan is {changes:?}")))?;
    }
    Ok(())
}

/// By id, by path, and by each key that has a value.
fn import_ids(model: &Model, state: &Value) -> Vec<String> {
    let mut id = state.get("id").as_str().unwrap_or_default().to_owned();
    if model.resource.keeps == Keeps::Member {
        // Behind what the collection belongs to.
        for name in names::placeholders(model.resource.path).into_iter().rev() {
            id = format!("{}/{id}", state.get(name).as_str().unwrap_or_default());
        }
    }
    let path = request::object_path(model.resource, state);
    let path = match model.resource.keeps {
        Keeps::Reference => format!("{path}/{}", request::far_end(model, state)),
        Keeps::Element => {
            let key = model.resource.element.map_or("", |element| element.key);
            format!("{path}/{}", state.get(key).as_str().unwrap_or_default())
        }
        _ => path,
    };
    let keys = model
        .resource
        .keys
        .iter()
        .filter_map(|key| Some(format!("{key}={}", state.get(key).as_str()?)));
    // Where Graph has an id of its own besides, its path is not known from the state.
    let resource = model.resource;
    let has_path =
        resource.requests.is_none() && resource.ruled.is_none() && resource.template().is_none();
    let ids = std::iter::once(id).chain(has_path.then_some(path)).chain(keys);
    ids.collect()
}

/// Whether Graph has no answer to what an attribute is, so that an import cannot know it.
fn is_never_told(attribute: &m365::declare::Attribute) -> bool {
    attribute.write_only
        || attribute.not_returned
        || (attribute.local && attribute.default.is_none())
}

/// Whether a relationship is not managed: the state of a create says nothing of it, that of an
/// import has it.
fn is_left_alone(attribute: &m365::declare::Attribute, state: &Value) -> bool {
    matches!(attribute.kind, Kind::Links)
        && attribute.mode == Mode::OptionalComputed
        && state.get(attribute.name).is_null()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l5_what_is_changed_outside_is_shown_and_repaired() {
    everywhere(Law::L5, repaired).await;
}

async fn repaired(resource: &'static Resource) -> Outcome {
    let workspace = Workspace::deployed(resource).await?;
    let model = &workspace.model;
    let mut expected = Vec::new();
    for instance in workspace.instances()?.iter().filter(|one| one.kind == model.name) {
        let state = value(model, &instance.attributes)?;
        let changed = remote::change(&workspace.tenant, model, &state).await;
        let changed = changed.map_err(|said| format!("{}: {said}", instance.address))?;
        if !changed.is_empty() {
            expected.push((instance.address.clone(), changed, state));
        }
    }
    if expected.is_empty() {
        // Nothing of it can be changed.
        return Ok(());
    }
    let changes = workspace.plan().await?;
    for (address, changed, _) in &expected {
        if !changed.iter().any(|name| is_configured(model, name)) {
            continue;
        }
        let planned = changes.iter().find(|change| change.address == *address);
        let planned = planned.ok_or_else(|| {
            format!("the plan does not show that {changed:?} of {address} changed: {changes:?}")
        })?;
        for name in changed.iter().filter(|name| is_configured(model, name)) {
            ensure(planned.attributes.iter().any(|shown| shown == name), || {
                format!("the plan does not show that {name} of {address} changed: {planned:?}")
            })?;
        }
    }
    workspace.apply(&[]).await?;
    workspace.plan_is_empty().await?;
    for (address, changed, state) in &expected {
        let remote = remote::object(&workspace.tenant, model, state).await?;
        let remote = remote.ok_or_else(|| format!("{address} is gone"))?;
        let is = decode::state(model, &remote, state);
        for name in changed.iter().filter(|name| is_configured(model, name)) {
            let attribute = model.attribute(name).ok_or("an attribute is gone")?;
            ensure(equal::same(attribute, is.get(name), state.get(name)), || {
                format!("{name} of {address} is {:?} after the repair", is.get(name))
            })?;
        }
    }
    Ok(())
}

/// Whether an attribute is held to what the configuration says: what is left to Graph may change.
fn is_configured(model: &Model, name: &str) -> bool {
    model.attribute(name).is_some_and(demands)
}

/// Whether an attribute holds something even where it is not set; a variant is what is in it.
fn demands(attribute: &m365::declare::Attribute) -> bool {
    match (attribute.kind, attribute.mode) {
        (Kind::Variant(_, nested), _) => nested.iter().any(demands),
        (_, Mode::Required | Mode::Optional) => true,
        (_, Mode::OptionalComputed) => attribute.default.is_some(),
        (_, Mode::Computed) => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l6_what_is_deleted_outside_is_planned_again() {
    everywhere(Law::L6, made_again).await;
}

async fn made_again(resource: &'static Resource) -> Outcome {
    if resource.keeps == Keeps::Singleton {
        // It is always there.
        return Ok(());
    }
    let workspace = Workspace::deployed(resource).await?;
    remote::delete(&workspace.tenant, &workspace.model, &workspace.main()?).await?;
    let changes = workspace.plan().await?;
    let planned = changes.iter().find(|change| change.address == workspace.address);
    ensure(planned.is_some_and(|change| change.actions == ["create"]), || {
        format!("the plan does not make it again: {changes:?}")
    })?;
    workspace.apply(&[]).await?;
    workspace.plan_is_empty().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l7_what_is_destroyed_is_gone_or_restored() {
    everywhere(Law::L7, destroyed).await;
}

const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];

async fn destroyed(resource: &'static Resource) -> Outcome {
    let workspace = Workspace::new(resource).await?;
    let (tenant, model) = (&workspace.tenant, &workspace.model);
    let found = match resource.keeps {
        // There is one for each of many things, some of which are not there yet.
        Keeps::Singleton if resource.is_one_of_many() => None,
        Keeps::Singleton => remote::object(tenant, model, &Value::Null).await?,
        _ => None,
    };
    workspace.apply(&[]).await?;
    let instances = workspace.instances()?;
    workspace.ok(DESTROY).await?;
    let compared = instances.iter().filter(|one| one.kind == model.name);
    for instance in compared.filter(|_| found.is_some() || resource.keeps != Keeps::Singleton) {
        let state = value(model, &instance.attributes)?;
        let left = remote::object(tenant, model, &state).await?;
        let told = |remote| decode::state(model, remote, &Value::Null);
        ensure(left.as_ref().map(told) == found.as_ref().map(told), || {
            format!("{} was {found:?} before and is {left:?} after", instance.address)
        })?;
    }
    if resource.keeps == Keeps::Singleton {
        return Ok(());
    }
    // Destroying what is gone.
    workspace.apply(&[]).await?;
    remote::delete(tenant, model, &workspace.main()?).await?;
    workspace.ok(&[DESTROY, &["-refresh=false"]].concat()).await?;
    ensure(workspace.instances()?.is_empty(), || "something is left in the state".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l13_no_secret_is_in_state_plan_log_or_error() {
    everywhere(Law::L13, discreet).await;
}

async fn discreet(resource: &'static Resource) -> Outcome {
    let workspace = Workspace::new(resource).await?;
    let log = workspace.file("log");
    let traced =
        [("TF_LOG", "trace"), ("TF_LOG_PATH", log.to_str().ok_or("a path without Unicode")?)];
    let mut said = Vec::new();
    let plan = ["plan", "-input=false", "-out=plan"];
    let apply = ["apply", "-input=false", "plan"];
    for arguments in [&plan[..], &apply[..]] {
        let output = workspace.run(arguments, &traced).await?;
        ensure(output.status.success(), || told(&output))?;
        said.push((arguments[0], told(&output)));
        said.push(("plan as JSON", workspace.show_plan().await?.to_string()));
    }
    // And where Graph refuses.
    let nothing = serde_json::json!({ "roles": [] });
    workspace.tenant.control("POST", "/roles", nothing).await;
    let output = workspace.run(DESTROY, &traced).await?;
    ensure(!output.status.success(), || "Graph does not refuse".to_owned())?;
    said.push(("error", told(&output)));
    for file in ["terraform.tfstate", "log"] {
        let text = std::fs::read(workspace.file(file)).map_err(|error| error.to_string())?;
        said.push((file, String::from_utf8_lossy(&text).into_owned()));
    }
    let requests = said.iter().any(|(_, text)| text.contains("POST") || text.contains("PATCH"));
    ensure(requests, || "the log tells no request, so it proves nothing".to_owned())?;
    let token = workspace.tenant.token().await;
    for secret in [SECRET, CLIENT_SECRET, &token] {
        for (place, text) in &said {
            if let Some(at) = text.find(secret) {
                let around: String = text[..at].chars().rev().take(200).collect();
                let around: String = around.chars().rev().collect();
                return Err(format!("{secret:?} is in the {place}: {around}"));
            }
        }
    }
    Ok(())
}
