//! The RPCs for which the provider has no use yet: each says so.
//!
//! Terraform calls none of them, as no schema offers what they are about; but a client that does
//! gets words, not a broken connection. An RPC that finds its use moves to a file of its own.

use tonic::Streaming;

use super::Rpc;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::invoke_action::{Event, event};
use crate::plugin::proto::tfplugin6::{
    close_ephemeral_resource, configure_state_store, delete_state, generate_resource_config,
    get_states, invoke_action, lock_state, open_ephemeral_resource, plan_action, read_state_bytes,
    renew_ephemeral_resource, unlock_state, validate_action_config,
    validate_ephemeral_resource_config, validate_state_store_config, write_state_bytes,
};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

fn none(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("The provider has no {what} {name:?}"),
        format!(
            "Version {} of the provider has no {what}s. A newer version may.",
            env!("CARGO_PKG_VERSION")
        ),
    )
}

/// `$request` of the RPC `$name` is about a `$what` with the name in its field `$field`.
macro_rules! unused {
    ($($name:literal $request:ident $field:ident $what:literal)*) => {$(
        impl Rpc for $request::Request {
            type Response = $request::Response;

            const NAME: &'static str = $name;

            fn subject(&self) -> &str {
                &self.$field
            }

            fn refuse(response: &mut Self::Response, diagnostics: Diagnostics) {
                response.diagnostics = wire::diagnostics(diagnostics);
            }

            async fn answer(self, _: &Provider) -> Result<Self::Response, Diagnostic> {
                Err(none($what, &self.$field))
            }
        }
    )*};
}

unused! {
    "GenerateResourceConfig" generate_resource_config type_name "generated configuration"
    "ValidateEphemeralResourceConfig" validate_ephemeral_resource_config type_name "ephemeral resource"
    "OpenEphemeralResource" open_ephemeral_resource type_name "ephemeral resource"
    "RenewEphemeralResource" renew_ephemeral_resource type_name "ephemeral resource"
    "CloseEphemeralResource" close_ephemeral_resource type_name "ephemeral resource"
    "ValidateActionConfig" validate_action_config action_type "action"
    "PlanAction" plan_action action_type "action"
    "ValidateStateStoreConfig" validate_state_store_config type_name "state store"
    "ConfigureStateStore" configure_state_store type_name "state store"
    "LockState" lock_state type_name "state store"
    "UnlockState" unlock_state type_name "state store"
    "GetStates" get_states type_name "state store"
    "DeleteState" delete_state type_name "state store"
}

impl Rpc for invoke_action::Request {
    type Response = Vec<Event>;

    const NAME: &'static str = "InvokeAction";

    fn subject(&self) -> &str {
        &self.action_type
    }

    fn refuse(events: &mut Vec<Event>, diagnostics: Diagnostics) {
        let completed = event::Completed { diagnostics: wire::diagnostics(diagnostics) };
        events.push(Event { r#type: Some(event::Type::Completed(completed)) });
    }

    async fn answer(self, _: &Provider) -> Result<Vec<Event>, Diagnostic> {
        Err(none("action", &self.action_type))
    }
}

impl Rpc for read_state_bytes::Request {
    type Response = Vec<read_state_bytes::ResponseChunk>;

    const NAME: &'static str = "ReadStateBytes";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(chunks: &mut Self::Response, diagnostics: Diagnostics) {
        chunks.push(read_state_bytes::ResponseChunk {
            diagnostics: wire::diagnostics(diagnostics),
            ..Default::default()
        });
    }

    async fn answer(self, _: &Provider) -> Result<Self::Response, Diagnostic> {
        Err(none("state store", &self.type_name))
    }
}

impl Rpc for Streaming<write_state_bytes::RequestChunk> {
    type Response = write_state_bytes::Response;

    const NAME: &'static str = "WriteStateBytes";

    fn refuse(response: &mut Self::Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(mut self, _: &Provider) -> Result<Self::Response, Diagnostic> {
        let first = self.message().await.ok().flatten().and_then(|chunk| chunk.meta);
        Err(none("state store", &first.map(|meta| meta.type_name).unwrap_or_default()))
    }
}
