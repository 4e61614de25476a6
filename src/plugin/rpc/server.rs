//! The RPCs as tonic wants them: every method hands its request on.

use futures::StreamExt as _;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::{Rpc, Rpcs};
use crate::plugin::proto::tfplugin6::provider_server::Provider;
use crate::plugin::proto::tfplugin6::{
    apply_resource_change, call_function, close_ephemeral_resource, configure_provider,
    configure_state_store, delete_state, generate_resource_config, get_functions, get_metadata,
    get_provider_schema, get_resource_identity_schemas, get_states, import_resource_state,
    invoke_action, list_resource, lock_state, move_resource_state, open_ephemeral_resource,
    plan_action, plan_resource_change, read_data_source, read_resource, read_state_bytes,
    renew_ephemeral_resource, stop_provider, unlock_state, upgrade_resource_identity,
    upgrade_resource_state, validate_action_config, validate_data_resource_config,
    validate_ephemeral_resource_config, validate_list_resource_config, validate_provider_config,
    validate_resource_config, validate_state_store_config, write_state_bytes,
};

type Answer<T> = Result<Response<T>, Status>;

impl Rpcs {
    async fn answer<R: Rpc>(&self, request: Request<R>) -> Answer<R::Response> {
        Ok(Response::new(self.guarded(request.into_inner()).await))
    }

    async fn stream<R, E>(&self, request: Request<R>) -> Answer<BoxStream<E>>
    where
        R: Rpc<Response = Vec<E>>,
        E: Send + 'static,
    {
        let events = self.guarded(request.into_inner()).await;
        Ok(Response::new(futures::stream::iter(events).map(Ok).boxed()))
    }
}

#[tonic::async_trait]
impl Provider for Rpcs {
    async fn get_metadata(
        &self,
        request: Request<get_metadata::Request>,
    ) -> Answer<get_metadata::Response> {
        self.answer(request).await
    }

    async fn get_provider_schema(
        &self,
        request: Request<get_provider_schema::Request>,
    ) -> Answer<get_provider_schema::Response> {
        self.answer(request).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<get_resource_identity_schemas::Request>,
    ) -> Answer<get_resource_identity_schemas::Response> {
        self.answer(request).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Answer<validate_provider_config::Response> {
        self.answer(request).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<validate_resource_config::Request>,
    ) -> Answer<validate_resource_config::Response> {
        self.answer(request).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<validate_data_resource_config::Request>,
    ) -> Answer<validate_data_resource_config::Response> {
        self.answer(request).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Answer<upgrade_resource_state::Response> {
        self.answer(request).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<upgrade_resource_identity::Request>,
    ) -> Answer<upgrade_resource_identity::Response> {
        self.answer(request).await
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Answer<configure_provider::Response> {
        self.answer(request).await
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Answer<read_resource::Response> {
        self.answer(request).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Answer<plan_resource_change::Response> {
        self.answer(request).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Answer<apply_resource_change::Response> {
        self.answer(request).await
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Answer<import_resource_state::Response> {
        self.answer(request).await
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> Answer<move_resource_state::Response> {
        self.answer(request).await
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Answer<read_data_source::Response> {
        self.answer(request).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<generate_resource_config::Request>,
    ) -> Answer<generate_resource_config::Response> {
        self.answer(request).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<validate_ephemeral_resource_config::Request>,
    ) -> Answer<validate_ephemeral_resource_config::Response> {
        self.answer(request).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<open_ephemeral_resource::Request>,
    ) -> Answer<open_ephemeral_resource::Response> {
        self.answer(request).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<renew_ephemeral_resource::Request>,
    ) -> Answer<renew_ephemeral_resource::Response> {
        self.answer(request).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<close_ephemeral_resource::Request>,
    ) -> Answer<close_ephemeral_resource::Response> {
        self.answer(request).await
    }

    type ListResourceStream = BoxStream<list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<list_resource::Request>,
    ) -> Answer<BoxStream<list_resource::Event>> {
        self.stream(request).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<validate_list_resource_config::Request>,
    ) -> Answer<validate_list_resource_config::Response> {
        self.answer(request).await
    }

    async fn get_functions(
        &self,
        request: Request<get_functions::Request>,
    ) -> Answer<get_functions::Response> {
        self.answer(request).await
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Answer<call_function::Response> {
        self.answer(request).await
    }

    async fn validate_action_config(
        &self,
        request: Request<validate_action_config::Request>,
    ) -> Answer<validate_action_config::Response> {
        self.answer(request).await
    }

    async fn plan_action(
        &self,
        request: Request<plan_action::Request>,
    ) -> Answer<plan_action::Response> {
        self.answer(request).await
    }

    type InvokeActionStream = BoxStream<invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<invoke_action::Request>,
    ) -> Answer<BoxStream<invoke_action::Event>> {
        self.stream(request).await
    }

    async fn validate_state_store_config(
        &self,
        request: Request<validate_state_store_config::Request>,
    ) -> Answer<validate_state_store_config::Response> {
        self.answer(request).await
    }

    async fn configure_state_store(
        &self,
        request: Request<configure_state_store::Request>,
    ) -> Answer<configure_state_store::Response> {
        self.answer(request).await
    }

    type ReadStateBytesStream = BoxStream<read_state_bytes::ResponseChunk>;

    async fn read_state_bytes(
        &self,
        request: Request<read_state_bytes::Request>,
    ) -> Answer<BoxStream<read_state_bytes::ResponseChunk>> {
        self.stream(request).await
    }

    async fn write_state_bytes(
        &self,
        request: Request<Streaming<write_state_bytes::RequestChunk>>,
    ) -> Answer<write_state_bytes::Response> {
        self.answer(request).await
    }

    async fn lock_state(
        &self,
        request: Request<lock_state::Request>,
    ) -> Answer<lock_state::Response> {
        self.answer(request).await
    }

    async fn unlock_state(
        &self,
        request: Request<unlock_state::Request>,
    ) -> Answer<unlock_state::Response> {
        self.answer(request).await
    }

    async fn get_states(
        &self,
        request: Request<get_states::Request>,
    ) -> Answer<get_states::Response> {
        self.answer(request).await
    }

    async fn delete_state(
        &self,
        request: Request<delete_state::Request>,
    ) -> Answer<delete_state::Response> {
        self.answer(request).await
    }

    async fn stop_provider(
        &self,
        request: Request<stop_provider::Request>,
    ) -> Answer<stop_provider::Response> {
        self.answer(request).await
    }
}
