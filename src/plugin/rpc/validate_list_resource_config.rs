//! `ValidateListResourceConfig`: checks a list block.

use super::{Rpc, list_resource};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::validate_list_resource_config::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ValidateListResourceConfig";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = list_resource(provider, &self.type_name)?;
        let config = wire::read_value("configuration", self.config.as_ref(), &schema.ty())?;
        let diagnostics = provider.validate_list(&self.type_name, &config);
        Ok(Response { diagnostics: wire::diagnostics(diagnostics) })
    }
}
