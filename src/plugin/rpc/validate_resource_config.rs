//! `ValidateResourceConfig`: checks a resource block.

use super::{Rpc, resource};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::validate_resource_config::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ValidateResourceConfig";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schema = resource(provider, &self.type_name)?;
        let config = wire::read_value("configuration", self.config.as_ref(), &schema.ty())?;
        // A client that says nothing is one that does not know of write-only attributes.
        let write_only = self
            .client_capabilities
            .is_some_and(|capabilities| capabilities.write_only_attributes_allowed);
        let diagnostics = provider.validate_resource(&self.type_name, &config, write_only);
        Ok(Response { diagnostics: wire::diagnostics(diagnostics) })
    }
}
