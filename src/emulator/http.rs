//! HTTP: requests are taken apart, and answers put on the wire, whole or not.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::answer::{Body as Answered, Reply};
use super::faults::FaultKind;
use super::refusal::{Outcome, Refusal};
use super::service::Emulator;
use super::wire::{Socket, Switch};

/// No request is larger than Graph takes.
const LARGEST: usize = 4 << 20;

pub(crate) async fn serve(
    emulator: Emulator,
    listener: TcpListener,
    stop: Arc<Notify>,
) -> io::Result<()> {
    let router = Router::new().fallback(handle).with_state(Arc::new(emulator));
    let service = router.into_make_service_with_connect_info::<Switch>();
    axum::serve(Socket(listener), service)
        .with_graceful_shutdown(async move { stop.notified().await })
        .await
}

/// A request, taken apart.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// The headers that matter to an answer.
#[derive(Clone, Default)]
pub(crate) struct Headers {
    pub(crate) authorization: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) content_type: String,
    pub(crate) eventual: bool,
    pub(crate) newer_members: bool,
    pub(crate) language: Option<String>,
}

impl Headers {
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Headers {
        let prefer = get("prefer").unwrap_or_default();
        Headers {
            authorization: get("authorization"),
            client_request_id: get("client-request-id"),
            content_type: get("content-type").unwrap_or_default(),
            eventual: get("consistencylevel").is_some_and(|l| l.eq_ignore_ascii_case("eventual")),
            language: get("accept-language"),
            newer_members: prefer.to_lowercase().contains("include-unknown-enum-members"),
        }
    }
}

/// What is sent back, before it is put on the wire.
pub(crate) struct Outgoing {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    content_type: &'static str,
}

impl Outgoing {
    pub(crate) fn json(status: u16, body: &Value) -> Outgoing {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Outgoing { status, headers: Vec::new(), body, content_type: "application/json" }
    }

    pub(crate) fn empty(status: u16) -> Outgoing {
        Outgoing { status, headers: Vec::new(), body: Vec::new(), content_type: "" }
    }
}

async fn handle(
    Shared(emulator): Shared<Arc<Emulator>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let refusal =
            Refusal::new(413, "RequestEntityTooLarge", "The request is larger than Graph takes.");
        return wire(outgoing(&Err(refusal), &Headers::default()), None);
    };
    let get = |name: &str| header(&parts.headers, name);
    let incoming = Incoming {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: Headers::read(get),
        body,
    };
    if let Some(rest) = incoming.path.strip_prefix("/_emulator") {
        return wire(emulator.controlled(rest, &incoming), None);
    }
    let (fault, latency) = emulator.on_the_way(&incoming);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let outgoing = emulator.answered(&incoming, fault.as_ref());
    let kind = fault.map(|f| f.kind);
    if matches!(kind, Some(FaultKind::DropBefore | FaultKind::DropAfter)) {
        switch.cut();
    }
    wire(outgoing, kind)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

fn wire(outgoing: Outgoing, fault: Option<FaultKind>) -> Response<Body> {
    let mut response = Response::builder().status(outgoing.status);
    if !outgoing.body.is_empty() {
        response = response.header("content-type", outgoing.content_type);
    }
    for (name, value) in outgoing.headers {
        response = response.header(name, value);
    }
    let body = match fault {
        Some(FaultKind::SlowBody) => pieces(outgoing.body, Duration::from_millis(20), false),
        Some(FaultKind::BrokenBody) => pieces(outgoing.body, Duration::ZERO, true),
        _ => outgoing.body.into(),
    };
    response.body(body).unwrap_or_default()
}

/// A body in eight pieces; a broken one ends with an error after the fourth.
fn pieces(body: Vec<u8>, pause: Duration, broken: bool) -> Body {
    let size = body.len().div_ceil(8).max(1);
    let mut chunks: Vec<Result<Bytes, io::Error>> =
        body.chunks(size).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    if broken {
        chunks.truncate(chunks.len() / 2);
        chunks.push(Err(io::ErrorKind::UnexpectedEof.into()));
    }
    Body::from_stream(futures::stream::unfold(chunks.into_iter(), move |mut chunks| async move {
        let chunk = chunks.next()?;
        if pause.is_zero() {
            // What came before is on its way before the end comes.
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(pause).await;
        }
        Some((chunk, chunks))
    }))
}

/// The body, which must be JSON and say so; none is fine.
pub(crate) fn parsed(headers: &Headers, body: &[u8]) -> Outcome<Option<Value>> {
    if body.is_empty() {
        return Ok(None);
    }
    let unread = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
    if !headers.content_type.to_lowercase().starts_with("application/json") {
        return Err(Refusal::bad_request(unread));
    }
    serde_json::from_slice(body).map(Some).map_err(|_| Refusal::bad_request(unread))
}

/// An answer with the headers that every answer has.
pub(crate) fn outgoing(told: &Outcome<Reply>, headers: &Headers) -> Outgoing {
    let request_id = uuid::Uuid::new_v4().to_string();
    let client_request_id = headers.client_request_id.clone().unwrap_or_else(|| request_id.clone());
    let mut outgoing = match told {
        Ok(reply) => match &reply.body {
            Answered::None => Outgoing::empty(reply.status),
            Answered::Json(body) => Outgoing {
                content_type: "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
                ..Outgoing::json(reply.status, body)
            },
            Answered::Bytes(bytes) => Outgoing {
                body: bytes.clone(),
                content_type: "image/*",
                ..Outgoing::empty(reply.status)
            },
            Answered::Text(text) => Outgoing {
                body: text.clone().into_bytes(),
                content_type: "text/plain",
                ..Outgoing::empty(reply.status)
            },
        },
        Err(refusal) => {
            let mut told =
                Outgoing::json(refusal.status, &refusal.body(&request_id, &client_request_id));
            if let Some(seconds) = refusal.retry_after {
                told.headers.push(("retry-after", seconds.to_string()));
            }
            if refusal.status == 401 {
                told.headers.push(("www-authenticate", "Bearer realm=\"\"".to_owned()));
            }
            told
        }
    };
    if let Ok(Reply { location: Some(location), .. }) = told {
        outgoing.headers.push(("location", location.clone()));
    }
    outgoing.headers.push(("request-id", request_id));
    outgoing.headers.push(("client-request-id", client_request_id));
    outgoing
}
