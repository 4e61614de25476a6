//! The provider as Terraform asks it, for one resource: validate, plan, apply, read.
//!
//! It also holds the provider to what Terraform core demands of every provider: a plan says what
//! the configuration says, and an apply does what the plan says.

use m365::engine::Model;
use m365::plugin::proto::tfplugin6::{
    self as proto, ClientCapabilities, DynamicValue, apply_resource_change, attribute_path,
    configure_provider, plan_resource_change, read_resource, stop_provider,
    validate_resource_config,
};
use m365::terraform::{Type, Value, msgpack};

use super::tenant::Tenant;
use super::{Outcome, ensure};
use crate::plugin::client::Provider;

/// A running provider that is signed in.
pub(crate) struct Client {
    provider: Provider,
}

/// An object in the state, with what the provider noted beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
}

/// A plan.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
    /// The attributes at the root whose change takes a new object.
    pub(crate) replace: Vec<String>,
    pub(crate) told: Vec<String>,
}

/// What applying came to.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) state: State,
    /// Errors, in full.
    pub(crate) errors: Vec<String>,
}

impl Client {
    /// Starts the provider and signs it in.
    pub(crate) async fn start(tenant: &Tenant) -> Outcome<Self> {
        let environment = tenant.environment();
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut provider = Provider::start(&environment).await;
        let names = m365::catalogue::PROVIDER.iter().map(|one| (one.name.to_owned(), Value::Null));
        let schema = m365::engine::schema::provider(m365::catalogue::PROVIDER, "");
        let request = configure_provider::Request {
            terraform_version: "1.11.4".into(),
            config: Some(encode(&Value::Object(names.collect()), &schema.ty())),
            client_capabilities: Some(CAN),
        };
        let answer = provider.rpc.configure_provider(request).await.map_err(refused)?.into_inner();
        let (errors, _) = sorted(answer.diagnostics);
        ensure(errors.is_empty(), || format!("configuring: {errors:?}"))?;
        Ok(Self { provider })
    }

    /// A second connection's worth of the same provider.
    pub(crate) fn rpc(&self) -> proto::provider_client::ProviderClient<tonic::transport::Channel> {
        self.provider.rpc.clone()
    }

    /// `ValidateResourceConfig`: the errors.
    pub(crate) async fn validate(&self, model: &Model, config: &Value) -> Outcome<Vec<String>> {
        let request = validate_resource_config::Request {
            type_name: model.name.clone(),
            config: Some(encode(config, &model.schema.ty())),
            client_capabilities: Some(CAN),
        };
        let answer = self.rpc().validate_resource_config(request).await.map_err(refused)?;
        Ok(sorted(answer.into_inner().diagnostics).0)
    }

    /// `PlanResourceChange`, where errors are not expected.
    pub(crate) async fn plan(
        &self,
        model: &Model,
        prior: &State,
        config: &Value,
    ) -> Outcome<Planned> {
        let ty = model.schema.ty();
        let request = plan_resource_change::Request {
            type_name: model.name.clone(),
            prior_state: Some(encode(&prior.value, &ty)),
            // This provider looks at it only to tell a destroy.
            proposed_new_state: Some(encode(config, &ty)),
            config: Some(encode(config, &ty)),
            prior_private: prior.private.clone(),
            client_capabilities: Some(CAN),
            ..Default::default()
        };
        let answer = self.rpc().plan_resource_change(request).await.map_err(refused)?.into_inner();
        let (errors, told) = sorted(answer.diagnostics);
        ensure(errors.is_empty(), || format!("planning: {errors:?}"))?;
        let value = decode(answer.planned_state, &ty)?;
        if !config.is_null() {
            honours(model, config, &value)?;
        }
        let replace = answer.requires_replace.iter().filter_map(first_step).collect();
        Ok(Planned { value, private: answer.planned_private, replace, told })
    }

    /// `ApplyResourceChange`.
    pub(crate) async fn apply(
        &self,
        model: &Model,
        prior: &State,
        planned: &Planned,
        config: &Value,
    ) -> Outcome<Applied> {
        let ty = model.schema.ty();
        let request = apply_resource_change::Request {
            type_name: model.name.clone(),
            prior_state: Some(encode(&prior.value, &ty)),
            planned_state: Some(encode(&planned.value, &ty)),
            config: Some(encode(config, &ty)),
            planned_private: planned.private.clone(),
            ..Default::default()
        };
        let answer = self.rpc().apply_resource_change(request).await.map_err(refused)?.into_inner();
        let (errors, _) = sorted(answer.diagnostics);
        let value = decode(answer.new_state, &ty)?;
        if errors.is_empty() {
            ensure(value.is_wholly_known(), || format!("the state is not known: {value:?}"))?;
            if let Some(broken) = differing(&planned.value, &value, "") {
                return Err(format!("apply does not do what was planned: {broken}"));
            }
        }
        Ok(Applied { state: State { value, private: answer.private }, errors })
    }

    /// Plans and applies, where errors are not expected.
    pub(crate) async fn reach(
        &self,
        model: &Model,
        prior: &State,
        config: &Value,
    ) -> Outcome<State> {
        let planned = self.plan(model, prior, config).await?;
        let Applied { state, errors } = self.apply(model, prior, &planned, config).await?;
        ensure(errors.is_empty(), || format!("applying: {}", errors.join("; ")))?;
        Ok(state)
    }

    /// `ReadResource`, where errors are not expected.
    pub(crate) async fn read(&self, model: &Model, state: &State) -> Outcome<State> {
        let ty = model.schema.ty();
        let request = read_resource::Request {
            type_name: model.name.clone(),
            current_state: Some(encode(&state.value, &ty)),
            private: state.private.clone(),
            client_capabilities: Some(CAN),
            ..Default::default()
        };
        let answer = self.rpc().read_resource(request).await.map_err(refused)?.into_inner();
        let (errors, _) = sorted(answer.diagnostics);
        ensure(errors.is_empty(), || format!("reading: {errors:?}"))?;
        Ok(State { value: decode(answer.new_state, &ty)?, private: answer.private })
    }

    /// Refreshes and plans: nothing may have changed.
    pub(crate) async fn settled(&self, model: &Model, state: &State, config: &Value) -> Outcome {
        let read = self.read(model, state).await?;
        let drift = differing(&state.value, &read.value, "");
        ensure(drift.is_none(), || {
            format!("a refresh finds a change: {}", drift.unwrap_or_default())
        })?;
        let planned = self.plan(model, &read, config).await?;
        let change = differing(&read.value, &planned.value, "");
        ensure(change.is_none(), || {
            format!("the plan is not empty: {}", change.unwrap_or_default())
        })
    }

    /// `StopProvider`.
    pub(crate) async fn stop(&self) -> Outcome {
        self.rpc().stop_provider(stop_provider::Request {}).await.map_err(refused)?;
        Ok(())
    }
}

const CAN: ClientCapabilities =
    ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };

fn refused(status: tonic::Status) -> String {
    format!("the provider answers {status}")
}

fn encode(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

fn decode(value: Option<DynamicValue>, ty: &Type) -> Outcome<Value> {
    match value {
        Some(value) if !value.msgpack.is_empty() => {
            msgpack::decode(&value.msgpack, ty).map_err(|error| error.to_string())
        }
        _ => Ok(Value::Null),
    }
}

/// Errors and warnings, as text.
fn sorted(diagnostics: Vec<proto::Diagnostic>) -> (Vec<String>, Vec<String>) {
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics
        .into_iter()
        .partition(|said| said.severity() == proto::diagnostic::Severity::Error);
    let text = |all: Vec<proto::Diagnostic>| {
        all.into_iter().map(|said| format!("{}\n{}", said.summary, said.detail)).collect()
    };
    (text(errors), text(warnings))
}

fn first_step(path: &proto::AttributePath) -> Option<String> {
    match path.steps.first()?.selector.as_ref()? {
        attribute_path::step::Selector::AttributeName(name) => Some(name.clone()),
        _ => None,
    }
}

/// What is configured is planned as it is, or as it was where that says the same; what is write-only
/// is not planned.
fn honours(model: &Model, config: &Value, planned: &Value) -> Outcome {
    for attribute in &model.attributes {
        let (wanted, planned) = (config.get(attribute.name), planned.get(attribute.name));
        if attribute.write_only {
            ensure(planned.is_null(), || format!("{} is in the plan", attribute.name))?;
        } else if !wanted.is_null() && !wanted.is_unknown() && wanted.is_wholly_known() {
            ensure(
                m365::engine::equal::same(attribute, wanted, planned) || contains(wanted, planned),
                || {
                    format!(
                        "{} is configured as {wanted:?} and planned as {planned:?}",
                        attribute.name
                    )
                },
            )?;
        }
    }
    Ok(())
}

/// Whether `all` has what `some` has, where `some` has anything.
fn contains(some: &Value, all: &Value) -> bool {
    match (some, all) {
        (Value::Null, _) => true,
        (Value::Object(some), Value::Object(_)) => {
            some.iter().all(|(name, value)| contains(value, all.get(name)))
        }
        (Value::Set(some), Value::Set(all)) => {
            some.len() == all.len()
                && some.iter().all(|one| all.iter().any(|other| contains(one, other)))
        }
        (some, all) => some == all,
    }
}

/// Where `after` is not what `before` knows, in words.
pub(crate) fn differing(before: &Value, after: &Value, path: &str) -> Option<String> {
    match (before, after) {
        (Value::Unknown(_), _) => None,
        (Value::Object(known), Value::Object(_)) => known
            .iter()
            .find_map(|(name, value)| differing(value, after.get(name), &format!("{path}.{name}"))),
        (Value::Set(_), Value::Set(_)) if !before.is_wholly_known() => None,
        _ if before == after => None,
        _ => Some(format!("{} is {after:?} and not {before:?}", path.trim_start_matches('.'))),
    }
}
