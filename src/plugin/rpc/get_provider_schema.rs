//! `GetProviderSchema`: every schema at once.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::{Rpc, SERVER_CAPABILITIES};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::get_provider_schema::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "GetProviderSchema";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schemas = provider.schemas();
        Ok(Response {
            provider: Some(wire::schema(&schemas.provider)),
            resource_schemas: each(&schemas.resources, wire::schema),
            data_source_schemas: each(&schemas.data_sources, wire::schema),
            list_resource_schemas: each(&schemas.list_resources, wire::schema),
            functions: each(&schemas.functions, wire::function),
            server_capabilities: Some(SERVER_CAPABILITIES),
            ..Response::default()
        })
    }
}

/// The messages of all `items`, by name.
pub(super) fn each<T, M>(
    items: &BTreeMap<String, T>,
    message: impl Fn(&T) -> M,
) -> HashMap<String, M> {
    items.iter().map(|(name, item)| (name.clone(), message(item))).collect()
}
