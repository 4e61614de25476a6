//! `MoveResourceState`: takes over the state of another resource type.

use super::{Rpc, resource};
use crate::lifecycle::{Move, Provider};
use crate::plugin::proto::tfplugin6::move_resource_state::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "MoveResourceState";

    fn subject(&self) -> &str {
        &self.target_type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = resource(provider, &self.target_type_name)?.ty();
        let identities = provider.schemas().identities.get(&self.target_type_name);
        let moved = provider
            .move_state(Move {
                source_provider: self.source_provider_address,
                source_type: self.source_type_name,
                source_version: self.source_schema_version,
                source_state: wire::raw("state to move", self.source_state.as_ref())?,
                source_private: self.source_private,
                target_type: self.target_type_name,
            })
            .await;
        Ok(Response {
            target_state: Some(wire::dynamic(&moved.state, &ty)),
            target_identity: wire::identity(moved.identity.as_ref(), identities),
            target_private: moved.private,
            diagnostics: wire::diagnostics(moved.diagnostics),
        })
    }
}
