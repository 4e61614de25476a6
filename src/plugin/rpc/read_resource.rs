//! `ReadResource`: reads the present state of a resource.

use super::{Rpc, resource};
use crate::lifecycle::{Provider, Read};
use crate::plugin::proto::tfplugin6::read_resource::{Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ReadResource";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = resource(provider, &self.type_name)?.ty();
        let identities = provider.schemas().identities.get(&self.type_name);
        let read = provider
            .read(Read {
                state: wire::read_value("state", self.current_state.as_ref(), &ty)?,
                identity: wire::read_identity(self.current_identity.as_ref(), identities)?,
                private: self.private,
                resource: self.type_name,
            })
            .await;
        Ok(Response {
            new_state: Some(wire::dynamic(&read.state, &ty)),
            new_identity: wire::identity(read.identity.as_ref(), identities),
            private: read.private,
            diagnostics: wire::diagnostics(read.diagnostics),
            deferred: None,
        })
    }
}
