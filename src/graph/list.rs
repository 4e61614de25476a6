//! Collections, page by page.

use serde_json::Value;

use super::Graph;
use super::error::Error;
use super::request::{Method, Request};

/// A collection being read; [`Pages::next`] reads on.
///
/// Paging: <https://learn.microsoft.com/graph/paging>. A page may be empty, the link to the next
/// is opaque, and headers are not carried by it.
pub struct Pages {
    graph: Graph,
    next: Option<Request>,
}

impl Pages {
    pub(super) fn new(graph: Graph, request: Request) -> Pages {
        Pages { graph, next: Some(request) }
    }

    /// The items of the next page, or nothing after the last.
    ///
    /// # Errors
    /// Those of [`Graph::send`], and [`Error::Malformed`] when the answer is no collection or
    /// links to another host. After an error that may pass, the next call asks for the same page
    /// again; after any other there are no more pages.
    pub async fn next(&mut self) -> Option<Result<Vec<Value>, Error>> {
        let request = self.next.take()?;
        let page = self.read(request.clone()).await;
        if page.as_ref().is_err_and(Error::is_transient) {
            self.next = Some(request);
        }
        Some(page)
    }

    /// The same collection from where it stands, read by `graph` from now on: within its time.
    pub fn by(&mut self, graph: Graph) -> &mut Pages {
        self.graph = graph;
        self
    }

    async fn read(&mut self, request: Request) -> Result<Vec<Value>, Error> {
        let mut response = self.graph.send(&request).await?;
        let malformed = |message: &str| Error::Malformed {
            method: Method::Get,
            path: request.path.clone(),
            message: message.to_owned(),
            answer_lost: false,
        };
        let Some(Value::Array(items)) = response.body.get_mut("value").map(Value::take) else {
            return Err(malformed("no list of values where a collection was asked for"));
        };
        if let Some(link) = response.body["@odata.nextLink"].as_str() {
            if !self.graph.is_ours(link) {
                return Err(malformed("a link to the next page that leads to another host"));
            }
            if link == request.path {
                return Err(malformed("a link to the next page that leads to the same page"));
            }
            self.next = Some(Request { path: link.to_owned(), query: Vec::new(), ..request });
        }
        Ok(items)
    }
}
