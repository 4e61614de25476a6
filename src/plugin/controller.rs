//! The service by which Terraform ends the process.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::proto::go_plugin::Empty;
use super::proto::go_plugin::grpc_controller_server::GrpcController;

/// Cancels `ending` when Terraform asks for the end.
#[derive(Debug)]
pub struct Controller {
    /// Cancelled when the process shall end.
    pub ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("Terraform ends the provider");
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}
