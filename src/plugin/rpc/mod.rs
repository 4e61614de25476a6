//! The provider's RPCs: one file each, named after it, and here what they have in common.
//!
//! A file decodes the request, calls the method of [`Provider`] of about the same name, and
//! encodes what it answers. That nothing here can take the process down is seen to in one place,
//! `Rpcs::guarded`.

mod apply_resource_change;
mod call_function;
mod configure_provider;
mod get_functions;
mod get_metadata;
mod get_provider_schema;
mod get_resource_identity_schemas;
mod import_resource_state;
mod list_resource;
mod move_resource_state;
mod plan_resource_change;
mod read_data_source;
mod read_resource;
mod server;
mod stop_provider;
mod unused;
mod upgrade_resource_identity;
mod upgrade_resource_state;
mod validate_data_resource_config;
mod validate_list_resource_config;
mod validate_provider_config;
mod validate_resource_config;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt as _;
use tracing::Instrument as _;

use super::panics;
use super::proto::tfplugin6::ServerCapabilities;
use crate::lifecycle::Provider;
use crate::terraform::{Diagnostic, Diagnostics, Schema};

/// What the provider can do that came into the protocol later.
const SERVER_CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

/// Answers all RPCs.
#[derive(Debug)]
pub struct Rpcs {
    provider: Arc<Provider>,
}

/// A request that knows how it is answered.
trait Rpc: Send + Sized {
    /// The answer; of a streaming RPC, all its events.
    type Response: Default + Send;

    /// The name of the RPC.
    const NAME: &'static str;

    /// The resource type, or whatever the request is about; empty where it is about all.
    fn subject(&self) -> &str {
        ""
    }

    /// What to answer where there is no answer, except for the diagnostics.
    fn refusal(&self) -> Self::Response {
        Self::Response::default()
    }

    /// Says in `response` why there is no other answer.
    fn refuse(response: &mut Self::Response, diagnostics: Diagnostics);

    /// Answers; an error is what [`Rpc::refuse`] is told.
    fn answer(
        self,
        provider: &Provider,
    ) -> impl Future<Output = Result<Self::Response, Diagnostic>> + Send;
}

impl Rpcs {
    /// Answers on behalf of `provider`.
    pub fn new(provider: Arc<Provider>) -> Self {
        Self { provider }
    }

    /// Answers `request`, whatever happens. A panic ends that request alone: other resources are
    /// being applied at the same time, and their states would be lost with the process.
    async fn guarded<R: Rpc>(&self, request: R) -> R::Response {
        let subject = request.subject().to_owned();
        // Of the highest level, so that a warning tells where it belongs even where nothing more
        // verbose was asked for.
        let span = tracing::error_span!("rpc", tf_rpc = R::NAME, tf_resource_type = subject);
        let answer = async {
            tracing::trace!("Received request");
            let started = Instant::now();
            let mut refusal = request.refusal();
            // The provider behind the reference guards its own state: what a panic poisons there,
            // it notices.
            let answer = AssertUnwindSafe(async { request.answer(&self.provider).await });
            let answered = match answer.catch_unwind().await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(diagnostic)) => Err(diagnostic),
                Err(payload) => Err(panicked(R::NAME, &subject, panics::message(&*payload))),
            };
            let response = answered.unwrap_or_else(|diagnostic| {
                R::refuse(&mut refusal, diagnostic.into());
                refusal
            });
            let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::trace!(tf_req_duration_ms = milliseconds, "Served request");
            response
        };
        answer.instrument(span).await
    }
}

fn panicked(rpc: &str, subject: &str, message: &str) -> Diagnostic {
    let subject = if subject.is_empty() { "the provider" } else { subject };
    Diagnostic::error(
        format!("The provider failed unexpectedly on {subject}"),
        format!(
            "While it answered {rpc}, this happened: {message}\n\nThis is a bug of the provider, \
             not of your configuration. Please report it with this message, the version of the \
             provider ({}) and, if you can, the output of a run with TF_LOG_PROVIDER=trace.",
            env!("CARGO_PKG_VERSION")
        ),
    )
}

/// The schema of the resource `name`.
fn resource<'a>(provider: &'a Provider, name: &str) -> Result<&'a Schema, Diagnostic> {
    provider.schemas().resources.get(name).ok_or_else(|| missing("resource type", name))
}

/// The schema of the data source `name`.
fn data_source<'a>(provider: &'a Provider, name: &str) -> Result<&'a Schema, Diagnostic> {
    provider.schemas().data_sources.get(name).ok_or_else(|| missing("data source", name))
}

/// The schema of the configuration of the list resource `name`.
fn list_resource<'a>(provider: &'a Provider, name: &str) -> Result<&'a Schema, Diagnostic> {
    provider.schemas().list_resources.get(name).ok_or_else(|| missing("list resource", name))
}

/// The schema of the identity of the resource `name`.
fn identity_schema<'a>(provider: &'a Provider, name: &str) -> Result<&'a Schema, Diagnostic> {
    let missing = || missing("resource type with an identity", name);
    provider.schemas().identities.get(name).ok_or_else(missing)
}

fn missing(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("There is no {what} {name:?}"),
        format!(
            "Version {} of the provider does not have it; another version may. \
             `terraform providers schema` lists what there is.",
            env!("CARGO_PKG_VERSION")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::Catalogue;
    use crate::plugin::proto::tfplugin6::{DynamicValue, apply_resource_change};

    static NOTHING: Catalogue =
        Catalogue { doc: "", provider: &[], resources: &[], data_sources: &[], functions: &[] };

    /// A request whose answer is a panic, or words.
    struct Faulty(bool);

    impl Rpc for Faulty {
        type Response = Vec<Diagnostic>;

        const NAME: &'static str = "ReadResource";

        fn subject(&self) -> &str {
            "m365_thing"
        }

        fn refuse(response: &mut Vec<Diagnostic>, diagnostics: Diagnostics) {
            response.extend(diagnostics);
        }

        async fn answer(self, _: &Provider) -> Result<Vec<Diagnostic>, Diagnostic> {
            tokio::task::yield_now().await;
            assert!(!self.0, "2 and 2 are 5");
            Err(Diagnostic::error("Not today", ""))
        }
    }

    #[tokio::test]
    async fn a_panic_is_told_and_ends_nothing_else() {
        let rpcs = Rpcs::new(Arc::new(Provider::new(&NOTHING)));
        let [said] = rpcs.guarded(Faulty(true)).await.try_into().unwrap();
        assert_eq!(said.summary, "The provider failed unexpectedly on m365_thing");
        for part in ["ReadResource", "2 and 2 are 5", "report", env!("CARGO_PKG_VERSION")] {
            assert!(said.detail.contains(part), "{part:?} is missing: {}", said.detail);
        }
        let [said] = rpcs.guarded(Faulty(false)).await.try_into().unwrap();
        assert_eq!(said.summary, "Not today");
    }

    #[test]
    fn an_apply_that_fails_keeps_the_state_before() {
        let prior = Some(DynamicValue { msgpack: b"\xc3".to_vec(), json: Vec::new() });
        let request = apply_resource_change::Request {
            prior_state: prior.clone(),
            planned_private: b"note".to_vec(),
            ..Default::default()
        };
        let response = request.refusal();
        assert_eq!((response.new_state, response.private), (prior, b"note".to_vec()));
    }
}
