//! `ValidateProviderConfig`: checks the provider block.

use super::Rpc;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::validate_provider_config::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ValidateProviderConfig";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = &provider.schemas().provider;
        let config = wire::read_value("configuration", self.config.as_ref(), &schema.ty())?;
        let diagnostics = provider.validate_provider(&config);
        Ok(Response { diagnostics: wire::diagnostics(diagnostics) })
    }
}
