//! Terraform's part in the life of a resource, played over the real binary: configure, validate,
//! plan, apply, read, import. Whatever the provider answers is held against the laws that
//! Terraform itself holds it against, so a test that uses this need not.

use std::sync::OnceLock;

use m365::catalogue::CATALOGUE;
use m365::emulator::{CLIENT_ID, CLIENT_SECRET, Running, TENANT_ID};
use m365::plugin::proto::tfplugin6::attribute_path::step::Selector;
use m365::plugin::proto::tfplugin6::{self as proto, *};
use m365::terraform::{Attribute, Type, Value, msgpack};

use super::client::{Ended, Provider};
use super::core;

/// A configured provider.
pub(crate) struct Driver {
    pub(crate) provider: Provider,
}

/// What Terraform keeps of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    /// The attributes; null where there is no object.
    pub(crate) value: Value,
    /// The provider's note.
    pub(crate) private: Vec<u8>,
    pub(crate) identity: Option<Value>,
}

/// What an apply is to do.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) resource: String,
    pub(crate) prior: State,
    pub(crate) config: Value,
    /// The planned state; null for a destroy.
    pub(crate) planned: State,
    /// The paths of the attributes that need a new object, such as `ip.is_trusted`.
    pub(crate) replace: Vec<String>,
}

impl Plan {
    /// Whether an apply would do nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.planned.value == self.prior.value
    }
}

/// What the provider answered, with what it tells the user.
#[derive(Debug)]
pub(crate) struct Told<T> {
    pub(crate) value: T,
    pub(crate) diagnostics: Vec<proto::Diagnostic>,
}

impl<T> Told<T> {
    /// The answer, of an operation that must not fail.
    #[track_caller]
    pub(crate) fn ok(self) -> T {
        assert_eq!(self.errors(), Vec::<String>::new());
        self.value
    }

    /// Summary and detail of each error.
    pub(crate) fn errors(&self) -> Vec<String> {
        let errors = self.diagnostics.iter();
        errors
            .filter(|told| told.severity() == diagnostic::Severity::Error)
            .map(|told| format!("{}: {}", told.summary, told.detail))
            .collect()
    }
}

impl Driver {
    /// Starts the provider for the tenant of a local Graph.
    pub(crate) async fn on(graph: &Running) -> Self {
        let endpoint = graph.endpoint();
        let config = [
            ("tenant_id", TENANT_ID.into()),
            ("client_id", CLIENT_ID.into()),
            ("client_secret", CLIENT_SECRET.into()),
            ("graph_endpoint", endpoint.as_str().into()),
            ("login_endpoint", endpoint.as_str().into()),
        ];
        Self::start(&[], config.into()).await
    }

    /// Starts the provider with `variables` in its environment, and configures it with `config`,
    /// which need not name every argument.
    pub(crate) async fn start(variables: &[(&str, &str)], config: Value) -> Self {
        let mut driver = Self { provider: Provider::start(variables).await };
        driver.configure(config).await.ok();
        driver
    }

    /// `ValidateProviderConfig`, then `ConfigureProvider`.
    pub(crate) async fn configure(&mut self, config: Value) -> Told<()> {
        let config = Some(dynamic(&config, &schemas().provider.ty()));
        let request = validate_provider_config::Request { config: config.clone() };
        let valid = self.provider.rpc.validate_provider_config(request).await.unwrap();
        let mut diagnostics = valid.into_inner().diagnostics;
        let request = configure_provider::Request {
            terraform_version: "1.11.4".into(),
            config,
            client_capabilities: Some(capabilities()),
        };
        let configured = self.provider.rpc.configure_provider(request).await.unwrap();
        diagnostics.extend(configured.into_inner().diagnostics);
        Told { value: (), diagnostics }
    }

    /// `ValidateResourceConfig`.
    pub(crate) async fn validate(&mut self, resource: &str, config: &Value) -> Told<()> {
        let request = validate_resource_config::Request {
            type_name: resource.into(),
            config: Some(dynamic(config, &ty(resource))),
            client_capabilities: Some(capabilities()),
        };
        let valid = self.provider.rpc.validate_resource_config(request).await.unwrap();
        Told { value: (), diagnostics: valid.into_inner().diagnostics }
    }

    /// `PlanResourceChange` to what `config` says, which need not name every attribute.
    pub(crate) async fn plan(
        &mut self,
        resource: &str,
        prior: &State,
        config: &Value,
    ) -> Told<Plan> {
        let ty = ty(resource);
        let config = core::complete(config, &ty);
        let proposed = core::propose(attributes(resource), &prior.value, &config);
        let request = plan_resource_change::Request {
            type_name: resource.into(),
            prior_state: Some(dynamic(&prior.value, &ty)),
            proposed_new_state: Some(dynamic(&proposed, &ty)),
            config: Some(dynamic(&config, &ty)),
            prior_private: prior.private.clone(),
            prior_identity: identity(resource, prior.identity.as_ref()),
            client_capabilities: Some(capabilities()),
            provider_meta: None,
        };
        let answer = self.provider.rpc.plan_resource_change(request).await.unwrap().into_inner();
        assert!(!answer.legacy_type_system && answer.deferred.is_none());
        let planned = State {
            value: read(answer.planned_state, &ty),
            private: answer.planned_private,
            identity: read_identity(resource, answer.planned_identity),
        };
        let replace = answer.requires_replace.iter().map(path).collect();
        let resource = resource.to_owned();
        let plan = Plan { resource, prior: prior.clone(), config, planned, replace };
        let told = Told { value: plan, diagnostics: answer.diagnostics };
        if told.errors().is_empty() {
            core::check_planned(
                attributes(&told.value.resource),
                &prior.value,
                &told.value.config,
                &told.value.planned.value,
            );
        }
        told
    }

    /// `ApplyResourceChange`.
    pub(crate) async fn apply(&mut self, plan: &Plan) -> Told<State> {
        let (resource, ty) = (plan.resource.as_str(), ty(&plan.resource));
        let request = apply_resource_change::Request {
            type_name: resource.into(),
            prior_state: Some(dynamic(&plan.prior.value, &ty)),
            planned_state: Some(dynamic(&plan.planned.value, &ty)),
            config: Some(dynamic(&plan.config, &ty)),
            planned_private: plan.planned.private.clone(),
            planned_identity: identity(resource, plan.planned.identity.as_ref()),
            provider_meta: None,
        };
        let answer = self.provider.rpc.apply_resource_change(request).await.unwrap().into_inner();
        assert!(!answer.legacy_type_system);
        let state = State {
            value: read(answer.new_state, &ty),
            private: answer.private,
            identity: read_identity(resource, answer.new_identity),
        };
        let told = Told { value: state, diagnostics: answer.diagnostics };
        core::check_state(attributes(resource), &told.value.value);
        if told.errors().is_empty() {
            core::check_applied(&plan.planned.value, &told.value.value);
        }
        told
    }

    /// Plans and applies what `config` says, through a destroy where that takes a new object.
    pub(crate) async fn change(
        &mut self,
        resource: &str,
        prior: &State,
        config: &Value,
    ) -> Told<State> {
        let plan = self.plan(resource, prior, config).await.ok();
        if plan.replace.is_empty() {
            return self.apply(&plan).await;
        }
        let gone = self.destroy(resource, prior).await.ok();
        let plan = self.plan(resource, &gone, config).await.ok();
        self.apply(&plan).await
    }

    /// Plans and applies a destroy.
    pub(crate) async fn destroy(&mut self, resource: &str, prior: &State) -> Told<State> {
        let plan = self.plan(resource, prior, &Value::Null).await.ok();
        self.apply(&plan).await
    }

    /// `ReadResource`.
    pub(crate) async fn read(&mut self, resource: &str, state: &State) -> Told<State> {
        let ty = ty(resource);
        let request = read_resource::Request {
            type_name: resource.into(),
            current_state: Some(dynamic(&state.value, &ty)),
            private: state.private.clone(),
            current_identity: identity(resource, state.identity.as_ref()),
            client_capabilities: Some(capabilities()),
            provider_meta: None,
        };
        let answer = self.provider.rpc.read_resource(request).await.unwrap().into_inner();
        assert!(answer.deferred.is_none());
        let state = State {
            value: read(answer.new_state, &ty),
            private: answer.private,
            identity: read_identity(resource, answer.new_identity),
        };
        core::check_state(attributes(resource), &state.value);
        Told { value: state, diagnostics: answer.diagnostics }
    }

    /// `ImportResourceState` by an id, then `ReadResource`, as Terraform does both.
    pub(crate) async fn import(&mut self, resource: &str, id: &str) -> Told<State> {
        self.import_by(resource, id, None).await
    }

    /// `ImportResourceState` by an identity, then `ReadResource`.
    pub(crate) async fn import_identity(&mut self, resource: &str, by: &Value) -> Told<State> {
        self.import_by(resource, "", Some(by)).await
    }

    async fn import_by(&mut self, resource: &str, id: &str, by: Option<&Value>) -> Told<State> {
        let request = import_resource_state::Request {
            type_name: resource.into(),
            id: id.into(),
            identity: identity(resource, by),
            client_capabilities: Some(capabilities()),
        };
        let answer = self.provider.rpc.import_resource_state(request).await.unwrap().into_inner();
        let Some(found) = answer.imported_resources.into_iter().next() else {
            let told = Told { value: State::default(), diagnostics: answer.diagnostics };
            assert!(!told.errors().is_empty(), "nothing is imported, and nothing is said");
            return told;
        };
        assert_eq!(found.type_name, resource);
        let imported = State {
            value: read(found.state, &ty(resource)),
            private: found.private,
            identity: read_identity(resource, found.identity),
        };
        self.read(resource, &imported).await
    }

    /// `UpgradeResourceState` of `json`, which version `version` of the schema wrote.
    pub(crate) async fn upgrade(
        &mut self,
        resource: &str,
        version: i64,
        json: &serde_json::Value,
    ) -> Told<Value> {
        let raw = RawState { json: json.to_string().into_bytes(), ..RawState::default() };
        let request = upgrade_resource_state::Request {
            type_name: resource.into(),
            version,
            raw_state: Some(raw),
        };
        let answer = self.provider.rpc.upgrade_resource_state(request).await.unwrap().into_inner();
        let value = read(answer.upgraded_state, &ty(resource));
        Told { value, diagnostics: answer.diagnostics }
    }

    /// `ValidateDataResourceConfig`, then `ReadDataSource`.
    pub(crate) async fn data(&mut self, name: &str, config: &Value) -> Told<Value> {
        let ty = schemas().data_sources[name].ty();
        let config = Some(dynamic(config, &ty));
        let request = validate_data_resource_config::Request {
            type_name: name.into(),
            config: config.clone(),
        };
        let valid = self.provider.rpc.validate_data_resource_config(request).await.unwrap();
        let mut diagnostics = valid.into_inner().diagnostics;
        let request = read_data_source::Request {
            type_name: name.into(),
            config,
            client_capabilities: Some(capabilities()),
            provider_meta: None,
        };
        let answer = self.provider.rpc.read_data_source(request).await.unwrap().into_inner();
        diagnostics.extend(answer.diagnostics);
        Told { value: read(answer.state, &ty), diagnostics }
    }

    /// Interrupts what is running, as Terraform does when its user does.
    pub(crate) async fn stop(&mut self) {
        let answer = self.provider.rpc.stop_provider(stop_provider::Request {}).await.unwrap();
        assert_eq!(answer.into_inner().error, "");
    }

    /// Ends the provider.
    pub(crate) async fn shut_down(self) -> Ended {
        self.provider.shut_down().await
    }
}

/// The schemas, as the provider has them.
pub(crate) fn schemas() -> &'static m365::lifecycle::Schemas {
    static PROVIDER: OnceLock<m365::lifecycle::Provider> = OnceLock::new();
    PROVIDER.get_or_init(|| m365::lifecycle::Provider::new(&CATALOGUE)).schemas()
}

fn attributes(resource: &str) -> &'static [Attribute] {
    &schemas().resources[resource].attributes
}

fn ty(resource: &str) -> Type {
    schemas().resources[resource].ty()
}

fn capabilities() -> ClientCapabilities {
    ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true }
}

fn dynamic(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

fn read(value: Option<DynamicValue>, ty: &Type) -> Value {
    match value {
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(&value.msgpack, ty).unwrap(),
        _ => Value::Null,
    }
}

fn identity(resource: &str, value: Option<&Value>) -> Option<ResourceIdentityData> {
    let ty = schemas().identities.get(resource)?.ty();
    Some(ResourceIdentityData { identity_data: Some(dynamic(value?, &ty)) })
}

fn read_identity(resource: &str, identity: Option<ResourceIdentityData>) -> Option<Value> {
    let ty = schemas().identities.get(resource)?.ty();
    let value = read(identity?.identity_data, &ty);
    (!value.is_null()).then_some(value)
}

/// As `Path` shows paths.
fn path(path: &AttributePath) -> String {
    let mut text = String::new();
    for step in &path.steps {
        match step.selector.as_ref().unwrap() {
            Selector::AttributeName(name) if text.is_empty() => text.push_str(name),
            Selector::AttributeName(name) => text.push_str(&format!(".{name}")),
            Selector::ElementKeyString(key) => text.push_str(&format!("[{key:?}]")),
            Selector::ElementKeyInt(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
