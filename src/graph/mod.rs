//! HTTP to Microsoft Graph: sign-in, throttling, paging, batches and errors, and nothing of
//! Terraform.
//!
//! A [`Request`] is a plain value; a [`Graph`] sends it. `Graph` is a handle: cloning is cheap,
//! all clones share connections, token and schedule, and [`Graph::within`] gives one that is
//! bound to an operation's time and name.
//!
//! ```no_run
//! use std::time::Duration;
//! use m365::graph::{Credential, Graph, Request, Settings};
//!
//! # async fn f() -> Result<(), m365::graph::Error> {
//! let secret = Credential::ClientSecret("...".into());
//! let graph = Graph::new(Settings::new("contoso.com", "00000000-...", secret))?;
//! let graph = graph.within(Duration::from_secs(300), "reading m365_group.admins");
//! match graph.send(&Request::get("/groups/0000")).await {
//!     Ok(group) => println!("{}", group.body["displayName"]),
//!     Err(error) if error.is_not_found() => println!("gone"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(()) }
//! ```
//!
//! What is sent again, and when, stands in `retry`; who goes when, in `scheduler`. A POST whose
//! answer was lost is never sent again here: see [`Error::answer_lost`].

mod batch;
mod bucket;
pub mod credential;
mod error;
#[cfg(test)]
pub(crate) mod fake;
mod family;
mod flight;
mod list;
mod mask;
mod places;
mod request;
mod response;
mod retry;
mod scheduler;
mod scope;
mod send;
mod settings;
mod token;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use azure_core::credentials::Secret;
pub use credential::Credential;
pub use error::{Cause, Error, Refusal, RefusalDetail, SignIn};
pub use list::Pages;
pub use request::{Content, Method, Request, Version};
pub use response::Response;
pub use settings::{Cloud, Limits, Settings};

use family::Family;
use flight::Flights;
use scheduler::Scheduler;
use scope::{End, Scope};
use send::Load;
use settings::Endpoints;
use token::Tokens;
use wire::Wire;

/// What this module logs as.
const TARGET: &str = "m365::graph";

/// A handle on one tenant's Graph.
#[derive(Clone)]
pub struct Graph {
    shared: Arc<Shared>,
    /// None for a handle that is bound to no operation: each call has its own time then.
    bound: Option<(Instant, Instant)>,
    cancellation: CancellationToken,
    what: Option<Arc<str>>,
}

/// What all handles on one tenant share.
struct Shared {
    wire: Arc<dyn Wire>,
    tokens: Tokens,
    scheduler: Scheduler,
    flights: Flights,
    endpoints: Endpoints,
    limits: Limits,
    /// Names of properties whose values no log may show.
    secrets: Vec<String>,
}

impl Graph {
    /// A handle on the tenant that the settings name. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`] names the setting that cannot work.
    pub fn new(settings: Settings) -> Result<Graph, Error> {
        let endpoints = settings.endpoints()?;
        let ca_file = settings.ca_file.as_deref();
        let http =
            Arc::new(wire::Http::new(&settings.user_agent, settings.limits.in_flight, ca_file)?);
        let source = credential::source(&settings, &endpoints, Arc::clone(&http))?;
        Ok(Graph::assemble(http, Tokens::new(source), endpoints, &settings))
    }

    fn assemble(
        wire: Arc<dyn Wire>,
        tokens: Tokens,
        endpoints: Endpoints,
        settings: &Settings,
    ) -> Graph {
        let limits = settings.limits;
        Graph {
            shared: Arc::new(Shared {
                wire,
                tokens,
                scheduler: Scheduler::new(limits),
                flights: Flights::default(),
                endpoints,
                limits,
                secrets: settings.secrets.clone(),
            }),
            bound: None,
            cancellation: settings.cancellation.clone(),
            what: None,
        }
    }

    /// A handle whose calls together may take `time`, called `what` in logs and errors.
    ///
    /// Without this each call has [`Limits::patience`].
    pub fn within(&self, time: Duration, what: impl AsRef<str>) -> Graph {
        let now = Instant::now();
        let end = now.checked_add(time).unwrap_or_else(|| now + A_DAY);
        Graph { bound: Some((now, end)), what: Some(what.as_ref().into()), ..self.clone() }
    }

    /// A handle that also ends when `cancellation` is cancelled. What the handle was bound to
    /// before is not listened to any more, so give a child of it where both should count.
    pub fn cancelled_by(&self, cancellation: CancellationToken) -> Graph {
        Graph { cancellation, ..self.clone() }
    }

    /// The token that ends this handle's calls.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// How long this handle's calls may still take.
    pub fn time_left(&self) -> Duration {
        self.scope(&Request::default()).left()
    }

    /// Awaits what others do for this handle's operation, within its time.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] and [`Error::Cancelled`]; nothing was sent by this handle, so no
    /// answer was lost.
    pub async fn awaiting<T>(&self, others: impl Future<Output = T>) -> Result<T, Error> {
        let scope = self.scope(&Request::default());
        match scope.bound(others).await {
            End::Done(value) => Ok(value),
            End::Late => Err(scope.late(false, None)),
            End::Cancelled => Err(scope.cancelled(false)),
        }
    }

    /// Sends a request and waits for its answer, through throttling and passing failures.
    ///
    /// Identical reads under way at the same time are sent once.
    ///
    /// # Errors
    /// [`Error::Refused`] when Graph says no; the other variants when there is no answer.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        if request.method == Method::Get {
            return self.read(request).await;
        }
        let sent = self.send_alone(request).await;
        if request.is_write() {
            self.shared.flights.written();
        }
        sent
    }

    /// All items of a collection, over all pages.
    ///
    /// # Errors
    /// Those of [`Pages::next`].
    pub async fn list(&self, request: &Request) -> Result<Vec<Value>, Error> {
        let mut pages = self.pages(request);
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.append(&mut page?);
        }
        Ok(items)
    }

    /// A collection page by page, for what is too large to hold.
    pub fn pages(&self, request: &Request) -> Pages {
        Pages::new(self.clone(), request.clone())
    }

    /// Sends many requests in few calls; the answers come in the order of the requests.
    ///
    /// Each request succeeds or fails by itself. Use it for reads and for writes that do not
    /// depend on each other. Source: <https://learn.microsoft.com/graph/json-batching>.
    pub async fn batch(&self, requests: Vec<Request>) -> Vec<Result<Response, Error>> {
        batch::send(self, &requests).await
    }

    /// The claims of the access token (`tid`, `appid`, `oid`, `roles`, `scp`, `wids`, `idtyp`,
    /// `exp` and others), signing in if need be. They are not verified: for diagnostics only.
    ///
    /// # Errors
    /// [`Error::SignIn`], also when the token is not legible.
    pub async fn token_claims(&self) -> Result<Value, Error> {
        let scope = self.scope(&Request::new(Method::Get, "the access token"));
        match scope.bound(self.shared.tokens.get()).await {
            End::Done(token) => token::claims(&token?.secret),
            End::Late => Err(scope.late(false, None)),
            End::Cancelled => Err(scope.cancelled(false)),
        }
    }

    async fn read(&self, request: &Request) -> Result<Response, Error> {
        let scope = self.scope(request);
        let address = self.shared.url(request)?.to_string();
        loop {
            let key = self.shared.flights.key(address.clone(), &request.headers);
            let (flight, joined) = self.shared.flights.join(&key, || {
                let (graph, request) = (self.clone(), request.clone());
                async move { graph.send_alone(&request).await.map(Arc::new) }
            });
            let read = match scope.bound(flight).await {
                End::Done(read) => read,
                End::Late => return Err(scope.late(false, None)),
                End::Cancelled => return Err(scope.cancelled(false)),
            };
            self.shared.flights.landed(&key);
            match read {
                // The bounds of whoever began the read are not ours.
                Err(Error::Cancelled { .. } | Error::DeadlineExceeded { .. })
                    if joined && scope.is_live() => {}
                read => return read.map(Arc::unwrap_or_clone),
            }
        }
    }

    async fn send_alone(&self, request: &Request) -> Result<Response, Error> {
        let load = Load { family: Family::of(&request.path), cost: 1, write: request.is_write() };
        send::send(&self.shared, &self.scope(request), request, load).await
    }

    fn scope(&self, request: &Request) -> Scope {
        let now = Instant::now();
        let (started, deadline) = self.bound.unwrap_or((now, now + self.shared.limits.patience));
        let what = match &self.what {
            Some(what) => Arc::clone(what),
            None => format!("{} {}", request.method, request.path).into(),
        };
        Scope { started, deadline, cancellation: self.cancellation.clone(), what }
    }

    fn is_ours(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| url.origin() == self.shared.endpoints.graph.origin())
    }
}

/// Longer than any operation; what a time that no clock can add comes down to.
const A_DAY: Duration = Duration::from_secs(86_400);

impl Shared {
    /// The whole address of a request.
    fn url(&self, request: &Request) -> Result<Url, Error> {
        let malformed = |message: &str| Error::Malformed {
            method: request.method,
            path: request.path.clone(),
            message: message.to_owned(),
            answer_lost: false,
        };
        let graph = &self.endpoints.graph;
        let address = match request.is_absolute() {
            true => request.target(),
            false => {
                let root = graph.as_str().trim_end_matches('/');
                format!("{root}/{}{}", request.version.as_str(), request.target())
            }
        };
        let url = Url::parse(&address).map_err(|_| malformed("an address that is none"))?;
        match url.origin() == graph.origin() {
            true => Ok(url),
            false => Err(malformed("an address on another host, where no token may go")),
        }
    }
}
