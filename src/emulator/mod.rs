//! A local Microsoft Graph: stateful, and as strict as the documented one.
//!
//! It is the other side of the wire: it is written from Graph's documentation and published metadata and
//! uses nothing of the provider, so that the two can disagree. What a type holds is data (`model/`), what
//! Graph does with it is a declaration (`sets/`); a request runs through `service` (sign-in, faults, limits,
//! log), `answer` (what the path means, who may), `list` or `write`, `validate` and `tell`.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use m365::emulator::{Options, start};
//!
//! let graph = start(Options::default()).await?;
//! println!("{}/v1.0/users", graph.endpoint());
//! # Ok(())
//! # }
//! ```

mod answer;
mod batch;
mod context;
mod control;
mod faults;
mod filter;
mod http;
mod links;
mod list;
mod log;
mod login;
mod model;
mod permissions;
mod query;
mod refusal;
mod relations;
mod route;
mod seed;
mod service;
mod set;
mod sets;
mod store;
mod streams;
mod tell;
mod validate;
mod wire;
mod write;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

pub use faults::{Fault, FaultKind};

/// The id of the one tenant.
pub const TENANT_ID: &str = "8f9d6a52-7c1e-4d43-9b0a-2c5e61f0b7d4";
/// The application id of the one client that can sign in.
pub const CLIENT_ID: &str = "3d1f8f2e-54c0-4f3b-8a7d-6b9e0c2a1f55";
/// Its secret, which guards nothing: the emulator holds made-up data on loopback.
pub const CLIENT_SECRET: &str = "emulator-secret";
/// The object id of its service principal.
pub const CLIENT_OBJECT_ID: &str = "5e2c9a47-1d3b-4c86-8f70-9a4b7d6e3c12";

/// How a local Graph is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// What is there from the start.
    pub tenant: TenantKind,
    /// So many users more.
    pub users: usize,
    /// How long each answer takes at least.
    pub latency: Duration,
    /// How long readers do not see what was written.
    pub lag: Duration,
    /// Whether the published limits on requests hold.
    pub throttle: bool,
    /// What ids are drawn from; the same seed, the same ids.
    pub seed: u64,
    /// Application permissions of the client; all that there are if none.
    pub roles: Option<Vec<String>>,
    /// What befalls requests.
    pub faults: Vec<Fault>,
    /// A file that requests are logged to, a line of JSON each.
    pub log: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tenant: TenantKind::Contoso,
            users: 0,
            latency: Duration::ZERO,
            lag: Duration::ZERO,
            throttle: false,
            seed: 1,
            roles: None,
            faults: Vec::new(),
            log: None,
        }
    }
}

/// What a tenant holds from the start, beside what every tenant does: domains, licences, built-in roles
/// and authentication strengths, policies, and applications of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantKind {
    /// People, groups, a unit, a trusted location and a Conditional Access policy.
    Contoso,
    /// Nothing more.
    Empty,
}

impl FromStr for TenantKind {
    type Err = String;

    fn from_str(text: &str) -> Result<TenantKind, String> {
        match text {
            "contoso" => Ok(TenantKind::Contoso),
            "empty" => Ok(TenantKind::Empty),
            _ => Err(format!("'{text}' is neither 'contoso' nor 'empty'")),
        }
    }
}

/// A local Graph that is up; it stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Arc<Notify>,
    task: JoinHandle<io::Result<()>>,
}

/// Starts a local Graph on the runtime that this is called on.
///
/// # Errors
///
/// The address cannot be listened on, or the log cannot be opened.
pub async fn start(options: Options) -> io::Result<Running> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let stop = Arc::new(Notify::new());
    let emulator = service::Emulator::new(options, format!("http://{address}"))?;
    let served = http::serve(emulator, listener, Arc::clone(&stop));
    Ok(Running { address, stop, task: tokio::spawn(served) })
}

impl Running {
    /// The address of Graph and of the sign-in service, such as `http://127.0.0.1:49152`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, once what is under way is answered.
    ///
    /// # Errors
    ///
    /// Serving had failed.
    pub async fn stop(mut self) -> io::Result<()> {
        self.stop.notify_one();
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}
