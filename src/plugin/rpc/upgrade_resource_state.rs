//! `UpgradeResourceState`: brings a stored state to today's schema.

use super::{Rpc, resource};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::upgrade_resource_state::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "UpgradeResourceState";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = resource(provider, &self.type_name)?;
        let raw = wire::raw("state", self.raw_state.as_ref())?;
        let upgraded = provider.upgrade_state(&self.type_name, self.version, raw);
        Ok(Response {
            upgraded_state: Some(wire::dynamic(&upgraded.value, &schema.ty())),
            diagnostics: wire::diagnostics(upgraded.diagnostics),
        })
    }
}
