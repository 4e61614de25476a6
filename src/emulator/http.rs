//! The service: each request goes past sign-in, faults and limits, is answered, and is logged.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, Response};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::answer::{self, Ask, Body as Answered, Reply};
use super::context::{Caller, Context};
use super::faults::{Fault, FaultKind, Throttle, strike};
use super::log::{Entry, masked, masked_form};
use super::model::Version;
use super::refusal::{Outcome, Refusal};
use super::store::{State, text};
use super::wire::{Socket, Switch};
use super::{CLIENT_OBJECT_ID, Options, TENANT_ID, batch, control, login, permissions, seed};

/// No request is larger than Graph takes.
const LARGEST: usize = 4 << 20;

pub(crate) struct Emulator {
    options: Options,
    base: String,
    started: Instant,
    state: Mutex<State>,
    pub(crate) ways: Mutex<Ways>,
    file: Option<Mutex<File>>,
}

/// What happens to requests on their way, which the control endpoint can change.
pub(crate) struct Ways {
    pub(crate) faults: Vec<Fault>,
    pub(crate) latency: Duration,
    pub(crate) roles: Vec<String>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) log: Vec<Entry>,
    numbered: u64,
    random: fastrand::Rng,
}

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
struct Incoming {
    method: String,
    path: String,
    query: String,
    headers: Headers,
    body: Bytes,
}

/// The headers that matter to an answer.
#[derive(Clone, Default)]
struct Headers {
    authorization: Option<String>,
    client_request_id: Option<String>,
    content_type: String,
    eventual: bool,
    newer_members: bool,
}

impl Headers {
    fn read(get: impl Fn(&str) -> Option<String>) -> Headers {
        let prefer = get("prefer").unwrap_or_default();
        Headers {
            authorization: get("authorization"),
            client_request_id: get("client-request-id"),
            content_type: get("content-type").unwrap_or_default(),
            eventual: get("consistencylevel").is_some_and(|l| l.eq_ignore_ascii_case("eventual")),
            newer_members: prefer.to_lowercase().contains("include-unknown-enum-members"),
        }
    }
}

/// What is sent back, before it is put on the wire.
pub(crate) struct Outgoing {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
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

/// A lock is poisoned only by a panic, after which the state is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle(
    Shared(emulator): Shared<Arc<Emulator>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
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

impl Emulator {
    pub(crate) fn new(options: Options, base: String) -> io::Result<Emulator> {
        let file = match &options.log {
            Some(path) => Some(Mutex::new(File::create(path)?)),
            None => None,
        };
        let emulator = Emulator {
            state: Mutex::new(State::new("", "", 0)),
            ways: Mutex::new(Ways {
                faults: options.faults.clone(),
                latency: options.latency,
                roles: options.roles.clone().unwrap_or_else(permissions::all),
                throttle: options.throttle.then(Throttle::default),
                log: Vec::new(),
                numbered: 0,
                random: fastrand::Rng::with_seed(options.seed),
            }),
            base,
            started: Instant::now(),
            file,
            options,
        };
        emulator.reset();
        Ok(emulator)
    }

    /// The tenant as it was at the start; faults and log are left.
    pub(crate) fn reset(&self) {
        let options = &self.options;
        let mut state = seed::tenant(options.tenant, options.users, options.seed);
        state.lag = options.lag;
        *lock(&self.state) = state;
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn ways(&self) -> MutexGuard<'_, Ways> {
        lock(&self.ways)
    }

    fn controlled(&self, rest: &str, incoming: &Incoming) -> Outgoing {
        if let Some(path) = rest.strip_prefix("/outside") {
            return self.from_outside(path, incoming);
        }
        control::answer(self, &incoming.method, rest, &incoming.body)
    }

    /// A change that nobody here made: it needs no token, meets no fault, is seen at once, leaves no trace.
    fn from_outside(&self, path: &str, incoming: &Incoming) -> Outgoing {
        let caller = Caller { object_id: String::new(), roles: None };
        let body = serde_json::from_slice(&incoming.body).ok();
        let mut state = self.state();
        state.immediate = true;
        let told = self.graph(
            &mut state,
            &caller,
            &incoming.headers,
            &incoming.method,
            path,
            &incoming.query,
            body.as_ref(),
        );
        state.immediate = false;
        drop(state);
        outgoing(&told, &incoming.headers)
    }

    fn on_the_way(&self, incoming: &Incoming) -> (Option<Fault>, Duration) {
        let mut ways = self.ways();
        let Ways { faults, random, latency, .. } = &mut *ways;
        (strike(faults, random, &incoming.method, &incoming.path), *latency)
    }

    fn answered(&self, incoming: &Incoming, fault: Option<&Fault>) -> Outgoing {
        let name = fault.map(|f| format!("{:?}", f.kind));
        let refused = fault.and_then(|fault| match fault.kind {
            FaultKind::Throttle => Some(Refusal::throttled(fault.retry_after)),
            FaultKind::Unavailable => {
                let mut refusal =
                    Refusal::new(503, "ServiceUnavailable", "The service is unavailable.");
                refusal.retry_after = fault.retry_after;
                Some(refusal)
            }
            FaultKind::Timeout => {
                Some(Refusal::new(504, "GatewayTimeout", "The gateway timed out."))
            }
            FaultKind::DropBefore => Some(Refusal::new(503, "ServiceUnavailable", "Dropped.")),
            _ => None,
        });
        if let Some(refusal) = refused {
            let request = serde_json::from_slice::<Value>(&incoming.body).ok();
            self.note(
                &incoming.method,
                &incoming.path,
                &incoming.query,
                request.as_ref(),
                &Err(refusal.clone()),
                name,
                false,
            );
            return outgoing(&Err(refusal), &incoming.headers);
        }
        if let Some(told) = self.signed_in(incoming) {
            return told;
        }
        if incoming.path.ends_with("/$batch") {
            return self.batched(incoming, name);
        }
        let (body, told) = self.single(incoming);
        self.note(
            &incoming.method,
            &incoming.path,
            &incoming.query,
            body.as_ref(),
            &told,
            name,
            false,
        );
        outgoing(&told, &incoming.headers)
    }

    fn single(&self, incoming: &Incoming) -> (Option<Value>, Outcome<Reply>) {
        let Incoming { method, path, query, headers, body } = incoming;
        let caller = match login::caller(headers.authorization.as_deref(), TENANT_ID) {
            Ok(caller) => caller,
            Err(refusal) => return (None, Err(refusal)),
        };
        let sent = match parsed(headers, body) {
            Ok(sent) => sent,
            Err(refusal) => return (None, Err(refusal)),
        };
        if let Err(refusal) = self.admitted(method, path) {
            return (sent, Err(refusal));
        }
        let told =
            self.graph(&mut self.state(), &caller, headers, method, path, query, sent.as_ref());
        (sent, told)
    }

    fn admitted(&self, method: &str, path: &str) -> Outcome<()> {
        let mut ways = self.ways();
        let Some(throttle) = &mut ways.throttle else { return Ok(()) };
        let unversioned = path.get(5..).unwrap_or_default();
        throttle
            .admit(answer::service(unversioned), method, Instant::now())
            .map_err(Refusal::throttled)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a request, which batches put together anew"
    )]
    fn graph(
        &self,
        state: &mut State,
        caller: &Caller,
        headers: &Headers,
        method: &str,
        path: &str,
        query: &str,
        body: Option<&Value>,
    ) -> Outcome<Reply> {
        let (version, rest) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let version = Version::of(version)
            .ok_or_else(|| Refusal::bad_request(format!("Invalid version: '{version}'.")))?;
        let mut cx = Context {
            state,
            version,
            now: Instant::now(),
            base: &self.base,
            caller,
            newer_members: headers.newer_members,
            eventual: headers.eventual,
            parent: String::new(),
        };
        let path = format!("/{rest}");
        answer::answer(&mut cx, &Ask { method, path: &path, query, body })
    }

    fn batched(&self, incoming: &Incoming, fault: Option<String>) -> Outgoing {
        let read = login::caller(incoming.headers.authorization.as_deref(), TENANT_ID).and_then(
            |caller| {
                let body = parsed(&incoming.headers, &incoming.body)?.unwrap_or_default();
                Ok((caller, batch::read(&body)?))
            },
        );
        let (caller, items) = match read {
            Ok(read) => read,
            Err(refusal) => {
                let told = Err(refusal);
                self.note("POST", &incoming.path, "", None, &told, fault, false);
                return outgoing(&told, &incoming.headers);
            }
        };
        let count = json!({ "requests": items.len() });
        let version = incoming.path.trim_end_matches("/$batch");
        self.note("POST", &incoming.path, "", Some(&count), &Ok(Reply::empty(200)), fault, false);
        let told = batch::run(&items, |item| self.item(version, &caller, incoming, item));
        Outgoing::json(200, &told)
    }

    fn item(
        &self,
        version: &str,
        caller: &Caller,
        incoming: &Incoming,
        item: &batch::Item,
    ) -> batch::Answer {
        let (path, query) = item.url.split_once('?').unwrap_or((&item.url, ""));
        let path = format!("{version}{path}");
        let headers = Headers {
            client_request_id: incoming.headers.client_request_id.clone(),
            ..Headers::read(|name| item.headers.get(name).cloned())
        };
        let fault = {
            let mut ways = self.ways();
            let Ways { faults, random, .. } = &mut *ways;
            strike(faults, random, &item.method, &path)
        };
        let told = match &fault {
            Some(fault) if fault.kind == FaultKind::Throttle => {
                Err(Refusal::throttled(fault.retry_after))
            }
            Some(_) => Err(Refusal::new(503, "ServiceUnavailable", "The service is unavailable.")),
            None => self.admitted(&item.method, &path).and_then(|()| {
                self.graph(
                    &mut self.state(),
                    caller,
                    &headers,
                    &item.method,
                    &path,
                    query,
                    item.body.as_ref(),
                )
            }),
        };
        let name = fault.map(|f| format!("{:?}", f.kind));
        self.note(&item.method, &path, query, item.body.as_ref(), &told, name, true);
        let told = outgoing(&told, &headers);
        let headers: Map<String, Value> =
            told.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        batch::Answer {
            status: told.status,
            headers,
            body: serde_json::from_slice(&told.body).ok(),
        }
    }

    fn signed_in(&self, incoming: &Incoming) -> Option<Outgoing> {
        let Incoming { method, path, body, .. } = incoming;
        let names = self.state().all("domain").map(|(_, d)| text(d, "id").to_owned()).collect();
        let roles = self.ways().roles.clone();
        let tenant = login::Tenant {
            id: TENANT_ID,
            names,
            base: &self.base,
            object_id: CLIENT_OBJECT_ID,
            roles: &roles,
        };
        let (status, told) = login::answer(&tenant, method, path, body)?;
        let reply = if status == 200 {
            Ok(Reply::empty(200))
        } else {
            Err(Refusal::new(
                status,
                "sign-in",
                told["error_description"].as_str().unwrap_or_default(),
            ))
        };
        self.note(method, path, "", Some(&masked_form(body)), &reply, None, false);
        Some(Outgoing::json(status, &told))
    }

    #[expect(clippy::too_many_arguments, reason = "an entry of the log, which is what it makes")]
    fn note(
        &self,
        method: &str,
        path: &str,
        query: &str,
        request: Option<&Value>,
        told: &Outcome<Reply>,
        fault: Option<String>,
        batched: bool,
    ) {
        let (status, refused) = match told {
            Ok(reply) => (reply.status, None),
            Err(refusal) => {
                (refusal.status, Some(format!("{}: {}", refusal.code, refusal.message)))
            }
        };
        let mut ways = self.ways();
        ways.numbered += 1;
        let entry = Entry {
            number: ways.numbered,
            at: self.started.elapsed().as_millis(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status,
            request: request.map(masked),
            refused,
            fault,
            batched,
        };
        if let Some(file) = &self.file {
            // A log that cannot be written to must not fail the request.
            writeln!(lock(file), "{}", entry.told()).ok();
        }
        ways.log.push(entry);
    }
}

fn parsed(headers: &Headers, body: &[u8]) -> Outcome<Option<Value>> {
    if body.is_empty() {
        return Ok(None);
    }
    if !headers.content_type.to_lowercase().starts_with("application/json") {
        return Err(Refusal::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        ));
    }
    match serde_json::from_slice(body) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(Refusal::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
    }
}

fn outgoing(told: &Outcome<Reply>, headers: &Headers) -> Outgoing {
    let request_id = uuid::Uuid::new_v4().to_string();
    let client_request_id = headers.client_request_id.clone().unwrap_or_else(|| request_id.clone());
    let mut outgoing = match told {
        Ok(reply) => match &reply.body {
            Answered::None => Outgoing::empty(reply.status),
            Answered::Json(body) => Outgoing {
                content_type: "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
                ..Outgoing::json(reply.status, body)
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
