//! The service by which Terraform would read what the process prints.
//!
//! go-plugin catches the process's stdout and stderr and sends them here. We print nothing, and
//! log to the real stderr, which Terraform reads as well: so the stream is open and empty.

use futures::{FutureExt as _, StreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::proto::go_plugin::StdioData;
use super::proto::go_plugin::grpc_stdio_server::GrpcStdio;

/// An open stream that ends with the process.
#[derive(Debug)]
pub struct Stdio {
    /// Cancelled when the process shall end.
    pub ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = BoxStream<StdioData>;

    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(silent_until(self.ending.clone())))
    }
}

/// A stream without items that ends when `ending` is cancelled.
pub(super) fn silent_until<T: Send + 'static>(ending: CancellationToken) -> BoxStream<T> {
    stream::once(ending.cancelled_owned().map(|()| None)).filter_map(|item| async { item }).boxed()
}
