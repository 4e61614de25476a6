//! `ImportResourceState`: finds an existing object by its id or identity.

use super::{Rpc, resource};
use crate::lifecycle::{Import, Provider};
use crate::plugin::proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "ImportResourceState";

    fn subject(&self) -> &str {
        &self.type_name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        response.diagnostics = wire::diagnostics(diagnostics);
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let ty = resource(provider, &self.type_name)?.ty();
        let identities = provider.schemas().identities.get(&self.type_name);
        let imported = provider
            .import(Import {
                resource: self.type_name.clone(),
                id: self.id,
                identity: wire::read_identity(self.identity.as_ref(), identities)?,
            })
            .await;
        let found = (!imported.diagnostics.has_errors()).then(|| ImportedResource {
            type_name: self.type_name,
            state: Some(wire::dynamic(&imported.state, &ty)),
            private: imported.private,
            identity: wire::identity(imported.identity.as_ref(), identities),
        });
        Ok(Response {
            imported_resources: found.into_iter().collect(),
            diagnostics: wire::diagnostics(imported.diagnostics),
            deferred: None,
        })
    }
}
