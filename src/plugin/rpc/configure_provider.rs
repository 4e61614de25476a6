//! `ConfigureProvider`: takes the provider block to work with.

use super::Rpc;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::configure_provider::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ConfigureProvider";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = &provider.schemas().provider;
        let config = wire::read_value("configuration", self.config.as_ref(), &schema.ty())?;
        let diagnostics = provider.configure(&config, &self.terraform_version).await;
        Ok(Response { diagnostics: wire::diagnostics(diagnostics) })
    }
}
