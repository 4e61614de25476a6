//! `GetResourceIdentitySchemas`: what identifies the objects of each resource.

use super::Rpc;
use super::get_provider_schema::each;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::get_resource_identity_schemas::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "GetResourceIdentitySchemas";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let identity_schemas = each(&provider.schemas().identities, wire::identity_schema);
        Ok(Response { identity_schemas, ..Response::default() })
    }
}
