//! The provider as Terraform sees it: one method an RPC.

use std::sync::{Arc, PoisonError};

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

use super::registry::{Registry, Schemas};
use super::session::Session;
use super::{
    Applied, Apply, FunctionError, Import, Imported, Listed, Move, Moved, Plan, Planned, Read,
    ReadBack, Upgraded, create, data, delete, explain::Doing, files, import, inquiry, invariants,
    list, named, note::Note, permission, policed, read, settings, takeover, timeouts, update,
};
use crate::declare::{Catalogue, Keeps};
use crate::engine::{Model, import as ids, plan, schedule, upgrade, validate};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value, json};

/// The provider: all that an RPC can ask.
#[derive(Debug)]
pub struct Provider {
    registry: Registry,
    session: tokio::sync::RwLock<Option<Arc<Session>>>,
    stop: std::sync::Mutex<CancellationToken>,
}

impl Provider {
    /// A provider of what `catalogue` declares, not configured yet.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        Self {
            registry: Registry::new(catalogue),
            session: tokio::sync::RwLock::default(),
            stop: std::sync::Mutex::default(),
        }
    }

    /// Every schema.
    pub fn schemas(&self) -> &Schemas {
        &self.registry.schemas
    }

    /// `ValidateProviderConfig`.
    pub fn validate_provider(&self, config: &Value) -> Diagnostics {
        let mut found = Diagnostics::new();
        let attributes = self.registry.catalogue.provider;
        validate::attributes(attributes, config, &Path::root(), true, &mut found);
        found
    }

    /// `ConfigureProvider`.
    pub async fn configure(&self, config: &Value, terraform_version: &str) -> Diagnostics {
        let attributes = self.registry.catalogue.provider;
        let configured = settings::resolve(attributes, config, |name| std::env::var(name).ok())
            .and_then(|settings| {
                settings.session(terraform_version, &self.registry.secrets, self.started())
            });
        match configured {
            Ok(session) => {
                let session = Arc::new(session);
                // While Terraform evaluates the configuration: the first read need not wait for it.
                let early = Arc::clone(&session);
                tokio::spawn(async move { early.told().await.is_null() });
                *self.session.write().await = Some(session);
                Diagnostics::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }

    /// `ValidateResourceConfig`.
    pub fn validate_resource(&self, name: &str, config: &Value, write_only: bool) -> Diagnostics {
        match self.model(name) {
            Ok(model) => {
                let mut found = validate::resource(model, config, write_only);
                found.extend(timeouts::validate(config));
                found
            }
            Err(diagnostic) => diagnostic.into(),
        }
    }

    /// `ValidateDataResourceConfig`.
    pub fn validate_data_source(&self, name: &str, config: &Value) -> Diagnostics {
        match self.registry.data_sources.get(name) {
            Some(source) => data::validate(source, config),
            None => unknown_type(name).into(),
        }
    }

    /// `UpgradeResourceState`: `raw` is in the shape of `version`, which may be today's.
    pub fn upgrade_state(&self, name: &str, version: i64, raw: Json) -> Upgraded {
        let upgraded = self.model(name).and_then(|model| {
            let raw = upgrade::state(model, version, raw)?;
            json::from_json(&raw, &model.schema.ty())
                .map_err(|error| unreadable(name, &error.to_string()))
        });
        settled(upgraded)
    }

    /// `UpgradeResourceIdentity`.
    pub fn upgrade_identity(&self, name: &str, _version: i64, raw: Json) -> Upgraded {
        let upgraded = self.model(name).and_then(|model| {
            json::from_json(&raw, &model.identity.ty())
                .map_err(|error| unreadable(name, &error.to_string()))
        });
        settled(upgraded)
    }

    /// `ReadResource`.
    pub async fn read(&self, request: Read) -> ReadBack {
        let kept = |diagnostic: Diagnostic, request: Read| ReadBack {
            state: request.state,
            identity: request.identity,
            private: request.private,
            diagnostics: diagnostic.into(),
        };
        match self.ready(&request.resource).await {
            Ok((model, session)) => {
                let session = bound(&session, model, &request.state, Doing::Reading);
                read::refresh(&session, model, request).await
            }
            Err(diagnostic) => kept(diagnostic, request),
        }
    }

    /// `PlanResourceChange`.
    pub async fn plan(&self, request: Plan) -> Planned {
        let model = match self.model(&request.resource) {
            Ok(model) => model,
            Err(diagnostic) => {
                return Planned { diagnostics: diagnostic.into(), ..Planned::default() };
            }
        };
        let mut private = Note::read(&request.private);
        private.importing = false;
        let private = private.write();
        if request.proposed.is_null() {
            let mut diagnostics = delete::foretell(model, &request.prior);
            if let Ok(session) = self.session().await {
                let (prior, planned) = (&request.prior, &Value::Null);
                let judged = inquiry::at_plan(&session, model, prior, planned, false).await;
                diagnostics.extend(judged);
            }
            diagnostics.extend(self.not_granted(model, &request.prior, &Value::Null).await);
            return Planned {
                private,
                identity: request.identity,
                diagnostics,
                ..Planned::default()
            };
        }
        let (config, unread) = files::hashed(model, &request.config).await;
        let mut prior = request.prior.clone();
        let mut config = config;
        if let Ok(session) = self.session().await {
            match named::at_plan(&session, model, &prior, config).await {
                Ok(named) => (prior, config) = named,
                Err(diagnostic) => {
                    return Planned { diagnostics: diagnostic.into(), ..Planned::default() };
                }
            }
        }
        let plan::Outcome { mut planned, replace, mut diagnostics } =
            plan::plan(model, &prior, &config);
        diagnostics.extend(unread);
        if model.resource.keeps == Keeps::Request {
            let now = jiff::Timestamp::now();
            planned = schedule::planned(&request.prior, planned, now);
            diagnostics.extend(schedule::judge(model, &request.prior, &planned, now));
        }
        if let Ok(session) = self.session().await {
            if model.resource.ruled.is_some() {
                policed::remember(&session, model, &planned);
                let (prior, config) = (&request.prior, &request.config);
                let told;
                (planned, told) = policed::found(&session, model, prior, planned, config).await;
                diagnostics.extend(told);
            }
            diagnostics.extend(policed::judge(&session, model, &request.prior, &planned).await);
            diagnostics.extend(takeover::foretell(&session, model, &request.prior, &planned).await);
            let replaced = !replace.is_empty();
            let judged = inquiry::at_plan(&session, model, &request.prior, &planned, replaced);
            diagnostics.extend(judged.await);
            if planned != request.prior {
                diagnostics = invariants::strictly(session.provider(), diagnostics);
            }
        }
        if planned != request.prior {
            diagnostics.extend(self.not_granted(model, &request.prior, &planned).await);
        }
        Planned {
            state: planned,
            requires_replace: replace.into_iter().map(|(path, _)| path).collect(),
            identity: request.identity,
            private,
            diagnostics,
        }
    }

    /// `ApplyResourceChange`.
    pub async fn apply(&self, request: Apply) -> Applied {
        let (model, session) = match self.ready(&request.resource).await {
            Ok(ready) => ready,
            Err(diagnostic) => {
                let Apply { prior, identity, private, .. } = request;
                return Applied { state: prior, identity, private, diagnostics: diagnostic.into() };
            }
        };
        let forbidden =
            inquiry::before_write(&session, model, &request.prior, &request.planned).await;
        if forbidden.has_errors() {
            let Apply { prior, identity, private, .. } = request;
            return Applied { state: prior, identity, private, diagnostics: forbidden };
        }
        let (prior, planned) = (request.prior.clone(), request.planned.clone());
        let applied = if request.planned.is_null() {
            let session = bound(&session, model, &request.prior, Doing::Deleting);
            delete::delete(&session, model, request).await
        } else if request.prior.is_null() {
            let session = bound(&session, model, &request.planned, Doing::Creating);
            create::create(&session, model, request).await
        } else {
            let session = bound(&session, model, &request.planned, Doing::Updating);
            update::update(&session, model, request).await
        };
        if !applied.diagnostics.has_errors() {
            let now = if planned.is_null() { &planned } else { &applied.state };
            inquiry::written(&session, model, &prior, now);
        }
        applied
    }

    /// `ImportResourceState`.
    pub async fn import(&self, request: Import) -> Imported {
        match self.ready(&request.resource).await {
            Ok((model, session)) => import::import(&session, model, request).await,
            Err(diagnostic) => Imported { diagnostics: diagnostic.into(), ..Imported::default() },
        }
    }

    /// `MoveResourceState`.
    pub async fn move_state(&self, request: Move) -> Moved {
        let moved = self.model(&request.target_type).and_then(|model| {
            let state = upgrade::moved(model, &request.source_type, &request.source_state)?;
            Ok((ids::identity(None, &state), state))
        });
        match moved {
            Ok((identity, state)) => {
                let private = Note { importing: true, ..Note::default() }.write();
                Moved { state, identity, private, ..Moved::default() }
            }
            Err(diagnostic) => Moved { diagnostics: diagnostic.into(), ..Moved::default() },
        }
    }

    /// `ReadDataSource`.
    pub async fn read_data_source(&self, name: &str, config: &Value) -> Upgraded {
        let Some(source) = self.registry.data_sources.get(name) else {
            return settled(Err(unknown_type(name)));
        };
        match self.session().await {
            Ok(session) => settled(data::read(&session, source, config).await),
            Err(diagnostic) => settled(Err(diagnostic)),
        }
    }

    /// `CallFunction`.
    ///
    /// # Errors
    ///
    /// What is wrong with which argument.
    pub fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let known = self.registry.catalogue.functions.iter().find(|known| known.name == function);
        let Some(known) = known else {
            let text = format!("there is no function {function}");
            return Err(FunctionError { text, argument: None });
        };
        (known.call)(arguments).map_err(|misuse| FunctionError {
            text: misuse.text,
            argument: i64::try_from(misuse.argument).ok(),
        })
    }

    /// `ValidateListResourceConfig`.
    pub fn validate_list(&self, name: &str, _config: &Value) -> Diagnostics {
        match self.registry.schemas.list_resources.contains_key(name) {
            true => Diagnostics::new(),
            false => unknown_type(name).into(),
        }
    }

    /// `ListResource`: at most `limit` objects, each with its state where `whole` asks for it.
    pub async fn list(&self, name: &str, config: &Value, whole: bool, limit: usize) -> Vec<Listed> {
        let failed =
            |diagnostic: Diagnostic| Listed { diagnostics: diagnostic.into(), ..Listed::default() };
        match self.ready(name).await {
            Ok((model, session)) => {
                let session = bound(&session, model, &Value::Null, Doing::Reading);
                list::list(&session, model, config, whole, limit)
                    .await
                    .unwrap_or_else(|diagnostic| vec![failed(diagnostic)])
            }
            Err(diagnostic) => vec![failed(diagnostic)],
        }
    }

    /// `StopProvider`: running operations end soon and keep their state.
    pub fn stop(&self) {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// What stops the run that begins now: a provider that is being debugged outlives a run that was
    /// stopped.
    fn started(&self) -> CancellationToken {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        *stop = CancellationToken::new();
        stop.clone()
    }

    /// What the access token lacks for changing a resource, where it is known before trying.
    async fn not_granted(
        &self,
        model: &Model,
        prior: &Value,
        planned: &Value,
    ) -> Option<Diagnostic> {
        let session = self.session().await.ok()?;
        let needed = permission::needed(model.resource, prior, planned);
        permission::missing(&model.name, &needed, session.told().await)
    }

    fn model(&self, name: &str) -> Result<&Model, Diagnostic> {
        self.registry.resources.get(name).ok_or_else(|| unknown_type(name))
    }

    async fn session(&self) -> Result<Arc<Session>, Diagnostic> {
        self.session.read().await.clone().ok_or_else(|| {
            Diagnostic::error(
                "The provider is not configured",
                "Terraform asked for a resource before it configured the provider. This is a bug in \
                 Terraform or in this provider; please report it.",
            )
        })
    }

    async fn ready(&self, name: &str) -> Result<(&Model, Arc<Session>), Diagnostic> {
        Ok((self.model(name)?, self.session().await?))
    }
}

/// The session for one operation on one object, within the time that its `timeouts` give.
fn bound(session: &Session, model: &Model, value: &Value, doing: Doing) -> Session {
    let what = format!("{} {}", doing.word().to_lowercase(), model.name);
    session.within(timeouts::of(value, doing), &what)
}

fn settled(outcome: Result<Value, Diagnostic>) -> Upgraded {
    match outcome {
        Ok(value) => Upgraded { value, diagnostics: Diagnostics::new() },
        Err(diagnostic) => Upgraded { value: Value::Null, diagnostics: diagnostic.into() },
    }
}

fn unknown_type(name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("This provider has no {name}"),
        "The configuration or the state names a type that this version of the provider does not have.",
    )
}

fn unreadable(name: &str, error: &str) -> Diagnostic {
    Diagnostic::error(
        format!("The state of {name} cannot be read"),
        format!("{error}. Was it written by a newer version of this provider, or edited by hand?"),
    )
}
