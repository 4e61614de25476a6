//! `GetFunctions`: the signatures of the functions.

use super::Rpc;
use super::get_provider_schema::each;
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::get_functions::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "GetFunctions";

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let functions = each(&provider.schemas().functions, wire::function);
        Ok(Response { functions, ..Response::default() })
    }
}
