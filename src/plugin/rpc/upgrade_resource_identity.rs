//! `UpgradeResourceIdentity`: brings a stored identity to today's schema.

use super::{Rpc, identity_schema};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::upgrade_resource_identity::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "UpgradeResourceIdentity";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = identity_schema(provider, &self.type_name)?;
        let raw = wire::raw("identity", self.raw_identity.as_ref())?;
        let upgraded = provider.upgrade_identity(&self.type_name, self.version, raw);
        Ok(Response {
            upgraded_identity: Some(wire::present_identity(&upgraded.value, schema)),
            diagnostics: wire::diagnostics(upgraded.diagnostics),
        })
    }
}
