//! `ListResource`: finds the objects of a type.

use super::{Rpc, identity_schema, list_resource, resource};
use crate::lifecycle::Provider;
use crate::plugin::proto::tfplugin6::list_resource::{Event, Request};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Vec<Event>;

    const NAME: &'static str = "ListResource";

    fn subject(&self) -> &str {
        &self.type_name
    }

    /// An event may hold diagnostics only.
    fn refuse(events: &mut Vec<Event>, diagnostics: Diagnostics) {
        events.push(Event { diagnostic: wire::diagnostics(diagnostics), ..Event::default() });
    }

    async fn answer(self, provider: &Provider) -> Result<Vec<Event>, Diagnostic> {
        let name = &self.type_name;
        let config_type = list_resource(provider, name)?.ty();
        let state_type = resource(provider, name)?.ty();
        let identities = identity_schema(provider, name)?;
        let config = wire::read_value("configuration", self.config.as_ref(), &config_type)?;
        // Nothing or nonsense is no limit.
        let limit = usize::try_from(self.limit).ok().filter(|limit| *limit > 0);
        let listed = provider
            .list(name, &config, self.include_resource_object, limit.unwrap_or(usize::MAX))
            .await;
        let events = listed.into_iter().map(|object| Event {
            identity: Some(wire::present_identity(&object.identity, identities)),
            display_name: object.display_name,
            resource_object: object.state.map(|state| wire::dynamic(&state, &state_type)),
            diagnostic: wire::diagnostics(object.diagnostics),
        });
        Ok(events.collect())
    }
}
