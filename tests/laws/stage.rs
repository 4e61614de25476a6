//! The example of a resource on a tenant of its own, brought there without `terraform`, so that a
//! law about requests and faults starts within milliseconds.
//!
//! `terraform` is run once for each resource: it alone can read the example. What it left in the
//! state is made again, in the order of dependencies, with the ids that the new tenant gives.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use m365::catalogue;
use m365::declare::{Attribute, Kind, Mode, Resource};
use m365::engine::Model;
use m365::terraform::{Object, Value};
use serde_json::Value as Json;
use tokio::sync::OnceCell;

use super::tenant::Tenant;
use super::terraform::{Instance, Workspace, value};
use super::values::World;
use super::wire::{Client, State};
use super::{Outcome, SECRET, ensure};
use super::{example, remote};

/// A tenant in which everything stands that the example needs, but not its main resource.
pub(crate) struct Stage {
    pub(crate) tenant: Tenant,
    pub(crate) client: Client,
    pub(crate) model: Model,
    /// The configuration of the main resource.
    pub(crate) config: Value,
    /// What others can refer to.
    pub(crate) world: World,
}

/// What `terraform` made of an example.
#[derive(Clone, Debug)]
struct Recipe {
    /// The main resource last, and nothing that depends on it.
    instances: Vec<Instance>,
    /// The attributes that are configured, by address without key.
    configured: HashMap<String, Vec<String>>,
    /// The name of the main resource's type, which is that of the example's folder.
    name: String,
}

/// How long an operation may take.
const PATIENCE: &str = "50s";

type Recipes = Mutex<HashMap<&'static str, Arc<OnceCell<Outcome<Recipe>>>>>;

static RECIPES: LazyLock<Recipes> = LazyLock::new(Recipes::default);

impl Recipe {
    /// The recipe of `resource`, made once.
    async fn of(resource: &'static Resource) -> Outcome<Self> {
        let cell = {
            let mut recipes = RECIPES.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(recipes.entry(resource.name).or_default())
        };
        cell.get_or_init(|| Self::new(resource)).await.clone()
    }

    async fn new(resource: &'static Resource) -> Outcome<Self> {
        let workspace = Workspace::new(resource).await?;
        workspace.plan().await?;
        let plan = workspace.show_plan().await?;
        workspace.ok(&["apply", "-input=false", "plan"]).await?;
        let mut configured = HashMap::new();
        let root = &plan["configuration"]["root_module"]["resources"];
        for one in root.as_array().into_iter().flatten() {
            let names = one["expressions"].as_object().into_iter().flatten();
            let names = names.map(|(name, _)| name.clone()).collect();
            configured.insert(one["address"].as_str().unwrap_or_default().to_owned(), names);
        }
        let mut waiting = workspace.instances()?;
        let main = workspace.address.as_str();
        waiting.retain(|one| !one.dependencies.iter().any(|other| other == main));
        let mut instances: Vec<Instance> = Vec::new();
        while !waiting.is_empty() {
            let (ready, blocked): (Vec<_>, Vec<_>) = waiting.iter().cloned().partition(|one| {
                let others = waiting.iter().map(|other| without_key(&other.address));
                let mut others = others.filter(|other| one.dependencies.contains(other));
                others.next().is_none()
            });
            ensure(!ready.is_empty(), || "the example refers to itself".to_owned())?;
            instances.extend(ready);
            waiting = blocked;
        }
        let at = instances.iter().position(|one| one.address == main);
        let main = instances.remove(at.ok_or("the example is not in the state")?);
        instances.push(main);
        Ok(Self { instances, configured, name: workspace.model.name.clone() })
    }
}

fn without_key(address: &str) -> String {
    address.split('[').next().unwrap_or(address).to_owned()
}

impl Stage {
    /// A stage for `resource`.
    pub(crate) async fn new(resource: &'static Resource) -> Outcome<Self> {
        Self::after(resource, async |_: &Tenant| {}).await
    }

    /// A stage for `resource`, in a tenant to which something was done first.
    pub(crate) async fn after(
        resource: &'static Resource,
        first: impl AsyncFnOnce(&Tenant),
    ) -> Outcome<Self> {
        let recipe = Recipe::of(resource).await?;
        let tenant = Tenant::new().await;
        first(&tenant).await;
        let client = Client::start(&tenant).await?;
        let mut ids: HashMap<String, String> = HashMap::new();
        let Some((main, others)) = recipe.instances.split_last() else {
            return Err("the example is empty".to_owned());
        };
        for instance in others {
            let (model, config) = recipe.config(instance, &ids)?;
            let state = client.reach(&model, &State::default(), &config).await;
            let state = state.map_err(|said| format!("{}: {said}", instance.address))?;
            let id = |value: &Value| value.get("id").as_str().unwrap_or_default().to_owned();
            let before = instance.attributes["id"].as_str().unwrap_or_default().to_owned();
            ids.insert(before, id(&state.value));
        }
        let (model, config) = recipe.config(main, &ids)?;
        remote::unsettle(&tenant, &model).await?;
        let world = remote::world(&tenant).await?;
        tenant.forget().await;
        Ok(Self { tenant, client, model, config, world })
    }

    /// Makes the main resource.
    pub(crate) async fn made(&self) -> Outcome<State> {
        let state = self.made_under_faults().await?;
        self.tenant.forget().await;
        Ok(state)
    }

    /// Makes the main resource, and keeps the log of it.
    pub(crate) async fn made_under_faults(&self) -> Outcome<State> {
        self.client.reach(&self.model, &State::default(), &self.config).await
    }
}

/// A value for what is configured and in no state.
fn secret(attribute: &Attribute) -> Value {
    let Kind::Object(nested) = attribute.kind else { return SECRET.into() };
    let first = nested.first().map(|first| first.name);
    let inside = nested.iter().map(|one| {
        let value = if Some(one.name) == first { SECRET.into() } else { Value::Null };
        (one.name.to_owned(), value)
    });
    Value::Object(inside.collect())
}

/// A value without what Graph alone decides in it.
fn configurable(attribute: &Attribute, value: &Value) -> Value {
    let nested = match attribute.kind {
        Kind::Object(nested) | Kind::Objects(nested) | Kind::Variant(_, nested) => nested,
        _ => return value.clone(),
    };
    match value {
        Value::Object(_) => {
            let inside = nested.iter().map(|one| {
                let value = match one.mode {
                    Mode::Computed => Value::Null,
                    _ => configurable(one, value.get(one.name)),
                };
                (one.name.to_owned(), value)
            });
            Value::Object(inside.collect())
        }
        Value::Set(elements) => {
            Value::set(elements.iter().map(|element| configurable(attribute, element)))
        }
        value => value.clone(),
    }
}

impl Recipe {
    /// The configuration of an instance, ids exchanged.
    fn config(
        &self,
        instance: &Instance,
        ids: &HashMap<String, String>,
    ) -> Outcome<(Model, Value)> {
        let resource = catalogue::ALL.iter().find(|one| {
            instance.kind.ends_with(one.name) && { Model::new(one).name == instance.kind }
        });
        let model =
            Model::new(resource.ok_or_else(|| format!("{} is no resource", instance.kind))?);
        let mut text = instance.attributes.to_string();
        // In two steps: an id of then may be another object's id now.
        for (number, before) in ids.keys().enumerate() {
            text = text.replace(before, &format!("<{number}>"));
        }
        for (number, after) in ids.values().enumerate() {
            text = text.replace(&format!("<{number}>"), after);
        }
        // The provider runs elsewhere than where the files of the example were copied to.
        let files = example::folder().join(&self.name);
        text = text.replace("\"./", &format!("\"{}/", files.display()));
        let attributes: Json = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let state = value(&model, &attributes)?;
        let none = Vec::new();
        let configured = self.configured.get(&without_key(&instance.address)).unwrap_or(&none);
        let config = model.attributes.iter().map(|attribute| {
            let value = match attribute.mode {
                _ if !configured.iter().any(|name| name == attribute.name) => Value::Null,
                Mode::Computed => Value::Null,
                _ if attribute.write_only => secret(attribute),
                _ => configurable(attribute, state.get(attribute.name)),
            };
            (attribute.name.to_owned(), value)
        });
        let mut config: Object = config.collect();
        // What never comes is told before the test's own deadline.
        let patience = ["create", "read", "update", "delete"];
        let patience = patience.map(|name| (name, Value::from(PATIENCE)));
        config.insert("timeouts".into(), patience.into());
        Ok((model, Value::Object(config)))
    }
}
