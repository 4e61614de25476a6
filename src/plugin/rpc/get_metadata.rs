//! `GetMetadata`: the names of what the provider has, without schemas.

use super::{Rpc, SERVER_CAPABILITIES};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::get_metadata::{
    DataSourceMetadata, FunctionMetadata, ListResourceMetadata, Request, ResourceMetadata, Response,
};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "GetMetadata";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let schemas = provider.schemas();
        let resources = schemas.resources.keys().cloned();
        let data_sources = schemas.data_sources.keys().cloned();
        let list_resources = schemas.list_resources.keys().cloned();
        let functions = schemas.functions.keys().cloned();
        Ok(Response {
            server_capabilities: Some(SERVER_CAPABILITIES),
            resources: resources.map(|type_name| ResourceMetadata { type_name }).collect(),
            data_sources: data_sources.map(|type_name| DataSourceMetadata { type_name }).collect(),
            list_resources: list_resources
                .map(|type_name| ListResourceMetadata { type_name })
                .collect(),
            functions: functions.map(|name| FunctionMetadata { name }).collect(),
            ..Response::default()
        })
    }
}
