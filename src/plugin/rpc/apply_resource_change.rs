//! `ApplyResourceChange`: creates, updates or deletes, as planned.

use super::{Rpc, resource};
use crate::lifecycle::{Apply, Provider};
use crate::plugin::proto::tfplugin6::apply_resource_change::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ApplyResourceChange";

    fn subject(&self) -> &str {
        &self.type_name
    }

    /// An apply that fails before it has a state to tell keeps the one before: with none at all,
    /// Terraform would forget an object that exists.
    fn refusal(&self) -> Response {
        Response {
            new_state: self.prior_state.clone(),
            new_identity: self.planned_identity.clone(),
            private: self.planned_private.clone(),
            ..Response::default()
        }
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = resource(provider, &self.type_name)?.ty();
        let identities = provider.schemas().identities.get(&self.type_name);
        let applied = provider
            .apply(Apply {
                prior: wire::read_value("prior state", self.prior_state.as_ref(), &ty)?,
                planned: wire::read_value("planned state", self.planned_state.as_ref(), &ty)?,
                config: wire::read_value("configuration", self.config.as_ref(), &ty)?,
                identity: wire::read_identity(self.planned_identity.as_ref(), identities)?,
                private: self.planned_private,
                resource: self.type_name,
            })
            .await;
        Ok(Response {
            new_state: Some(wire::dynamic(&applied.state, &ty)),
            new_identity: wire::identity(applied.identity.as_ref(), identities),
            private: applied.private,
            diagnostics: wire::diagnostics(applied.diagnostics),
            ..Response::default()
        })
    }
}
