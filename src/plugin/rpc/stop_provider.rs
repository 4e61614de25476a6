//! `StopProvider`: asks running operations to end soon.

use super::Rpc;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::stop_provider::{Request, Response};
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "StopProvider";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.error = diagnostics.iter().map(|said| said.summary.clone()).collect();
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        provider.stop();
        Ok(Response::default())
    }
}
