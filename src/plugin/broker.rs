//! The service by which both sides could agree on further connections.
//!
//! Terraform opens the stream with every plugin and never uses it, as a provider needs no call
//! back into Terraform: so it is open and empty.

use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::proto::go_plugin::ConnInfo;
use super::proto::go_plugin::grpc_broker_server::GrpcBroker;
use super::stdio::silent_until;

/// An open stream that ends with the process.
#[derive(Debug)]
pub struct Broker {
    /// Cancelled when the process shall end.
    pub ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = BoxStream<ConnInfo>;

    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        Ok(Response::new(silent_until(self.ending.clone())))
    }
}
