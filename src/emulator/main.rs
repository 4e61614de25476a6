//! Runs the local Graph.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use m365::emulator::{self, CLIENT_ID, CLIENT_SECRET, Fault, Options, TENANT_ID, TenantKind};
use serde_json::json;

/// A local Microsoft Graph, for trying out and testing configurations offline.
///
/// Once it listens it prints one line of JSON with its endpoints and the client that can sign in:
/// client id 3d1f8f2e-54c0-4f3b-8a7d-6b9e0c2a1f55, secret emulator-secret. Behind Graph's back,
/// /_emulator shows the requests and changes what happens to them.
#[derive(Parser)]
#[command(name = "graph-emulator", version)]
struct Arguments {
    /// Address to listen on; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// What is there from the start: contoso or empty
    #[arg(long, default_value = "contoso")]
    tenant: TenantKind,
    /// So many users more
    #[arg(long, default_value_t = 0)]
    users: usize,
    /// How long each answer takes at least, such as 50ms
    #[arg(long, default_value = "0s", value_parser = duration)]
    latency: Duration,
    /// How long readers do not see what was written, such as 5s
    #[arg(long, default_value = "0s", value_parser = duration)]
    lag: Duration,
    /// Hold clients to the published limits
    #[arg(long)]
    throttle: bool,
    /// A fault, such as throttle:probability=0.1,retry_after=2 or drop-after:method=POST,count=1;
    /// kinds: throttle, unavailable, timeout, drop-before, drop-after, slow-body, broken-body
    #[arg(long = "fault", visible_alias = "faults")]
    faults: Vec<Fault>,
    /// Application permissions of the client, separated by commas; all if none are named
    #[arg(long, value_delimiter = ',')]
    roles: Option<Vec<String>>,
    /// What ids are drawn from; the same seed gives the same ids
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A file for the log of requests, a line of JSON each
    #[arg(long)]
    log: Option<PathBuf>,
    /// End when standard input is closed, as it is when the parent goes away
    #[arg(long, visible_alias = "exit-with-parent")]
    until_stdin_closes: bool,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(arguments))
}

async fn run(arguments: Arguments) -> std::io::Result<()> {
    let until_stdin_closes = arguments.until_stdin_closes;
    let running = emulator::start(Options {
        listen: arguments.listen,
        tenant: arguments.tenant,
        users: arguments.users,
        latency: arguments.latency,
        lag: arguments.lag,
        throttle: arguments.throttle,
        seed: arguments.seed,
        roles: arguments.roles,
        faults: arguments.faults,
        log: arguments.log,
    })
    .await?;
    let mut signals = Signals::listen()?;
    let endpoints = json!({
        "graph": running.endpoint(),
        "login": running.endpoint(),
        "tenant_id": TENANT_ID,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    });
    println!("{endpoints}");
    tokio::select! {
        () = signals.received() => {}
        () = stdin_closed(), if until_stdin_closes => {}
    }
    // Clients that hold on to their connections are not waited for.
    drop(running);
    std::process::exit(0)
}

/// What asks the program to end; it listens for that from here on.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals(tokio::signal::windows::ctrl_c()?))
    }

    async fn received(&mut self) {
        self.0.recv().await;
    }
}

async fn stdin_closed() {
    let (told, closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut unused = [0; 64];
        while matches!(std::io::stdin().read(&mut unused), Ok(1..)) {}
        told.send(()).ok();
    });
    closed.await.ok();
}

/// `50ms`, `5s`, `1m30s`
fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text.parse().map_err(|e: jiff::Error| e.to_string())?;
    span.try_into().map_err(|_| format!("'{text}' is not a length of time"))
}
