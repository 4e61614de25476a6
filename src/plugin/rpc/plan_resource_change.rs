//! `PlanResourceChange`: says what an apply would lead to.

use super::{Rpc, resource};
use crate::lifecycle::{Plan, Provider};
use crate::plugin::proto::tfplugin6::plan_resource_change::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "PlanResourceChange";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = resource(provider, &self.type_name)?.ty();
        let identities = provider.schemas().identities.get(&self.type_name);
        let planned = provider
            .plan(Plan {
                prior: wire::read_value("prior state", self.prior_state.as_ref(), &ty)?,
                proposed: wire::read_value(
                    "proposed state",
                    self.proposed_new_state.as_ref(),
                    &ty,
                )?,
                config: wire::read_value("configuration", self.config.as_ref(), &ty)?,
                identity: wire::read_identity(self.prior_identity.as_ref(), identities)?,
                private: self.prior_private,
                resource: self.type_name,
            })
            .await;
        Ok(Response {
            planned_state: Some(wire::dynamic(&planned.state, &ty)),
            requires_replace: planned.requires_replace.iter().map(wire::path).collect(),
            planned_identity: wire::identity(planned.identity.as_ref(), identities),
            planned_private: planned.private,
            diagnostics: wire::diagnostics(planned.diagnostics),
            ..Response::default()
        })
    }
}
