//! `ReadDataSource`: reads a data source.

use super::{Rpc, data_source};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::read_data_source::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ReadDataSource";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = data_source(provider, &self.type_name)?.ty();
        let config = wire::read_value("configuration", self.config.as_ref(), &ty)?;
        let read = provider.read_data_source(&self.type_name, &config).await;
        Ok(Response {
            state: Some(wire::dynamic(&read.value, &ty)),
            diagnostics: wire::diagnostics(read.diagnostics),
            deferred: None,
        })
    }
}
