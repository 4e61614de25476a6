//! A plugin's life: from the handshake until Terraform ends it.

use std::future::Future;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use super::broker::Broker;
use super::connection::Connection;
use super::controller::Controller;
use super::handshake::Handshake;
use super::listen::{Listener, Stream};
use super::orphan::{self, Connected, Presence};
use super::proto::go_plugin::grpc_broker_server::GrpcBrokerServer;
use super::proto::go_plugin::grpc_controller_server::GrpcControllerServer;
use super::proto::go_plugin::grpc_stdio_server::GrpcStdioServer;
use super::proto::tfplugin6::provider_server::ProviderServer;
use super::rpc::Rpcs;
use super::stdio::Stdio;
use super::tls::{self, Tls};
use super::{log, panics, reattach, signals};
use crate::lifecycle::Provider;

/// How long a client may take to prove itself.
const TLS_DEADLINE: Duration = Duration::from_secs(10);

/// How long running operations may take to end when Terraform ends the process; it kills the
/// process after two seconds.
const ENDING_DEADLINE: Duration = Duration::from_millis(1500);

/// How much a client may send before it has to wait for us: large plans come in one go.
const WINDOW: u32 = 4 << 20;

/// Who uses the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Terraform started it.
    Plugin,
    /// A developer started it, and Terraform attaches to it.
    Debug,
}

/// Serves until the end, and says how the process shall exit.
pub fn main(mode: Mode, provider: Provider) -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok();
    let handshake = match mode {
        Mode::Plugin => Handshake::read(variable),
        Mode::Debug => Ok(Handshake::for_debugging()),
    };
    let handshake = match handshake {
        Ok(handshake) => handshake,
        Err(error) => return fail(&error),
    };
    log::start(variable);
    panics::log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let served = runtime.block_on(serve(&handshake, mode, Arc::new(provider)));
    // What still runs has had its time.
    runtime.shutdown_background();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    // Terraform shows lines of stderr that are no JSON as they are.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::FAILURE
}

async fn serve(
    handshake: &Handshake,
    mode: Mode,
    provider: Arc<Provider>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let ending = CancellationToken::new();
    // Before the handshake line, after which anything may happen.
    signals::watch(mode, &ending)?;
    let connected = Connected::default();
    if mode == Mode::Plugin {
        orphan::watch(connected.clone(), ending.clone());
    }
    let listener = Listener::bind(&handshake.network).await?;
    let tls = handshake.client.clone().map(tls::for_client).transpose()?;
    announce(&match mode {
        Mode::Plugin => {
            handshake.line(&listener.address()?, tls.as_ref().map(|tls| &tls.certificate))
        }
        Mode::Debug => reattach::instructions(&listener.address()?, std::process::id()),
    })?;
    Ok(answer(listener, tls, connected, provider, ending).await?)
}

/// Answers who connects to `listener`, and with `tls` proves to be its client, until `ending`.
///
/// # Errors
///
/// What tonic says.
pub async fn answer(
    listener: Listener,
    tls: Option<Tls>,
    connected: Connected,
    provider: Arc<Provider>,
    ending: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let connections = accept(listener, tls, connected, ending.clone());
    let served = router(Arc::clone(&provider), &ending)
        .await
        .serve_with_incoming_shutdown(connections, ending.clone().cancelled_owned());
    end_promptly(served, &ending, &provider).await
}

/// Nothing else is ever written to stdout.
fn announce(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

async fn router(
    provider: Arc<Provider>,
    ending: &CancellationToken,
) -> tonic::transport::server::Router {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", ServingStatus::Serving).await;
    // The Go library sets no practical limit either; tonic's own is 4 MiB.
    let provider = ProviderServer::new(Rpcs::new(provider))
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX);
    Server::builder()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .add_service(health_service)
        .add_service(GrpcControllerServer::new(Controller { ending: ending.clone() }))
        .add_service(GrpcStdioServer::new(Stdio { ending: ending.clone() }))
        .add_service(GrpcBrokerServer::new(Broker { ending: ending.clone() }))
        .add_service(provider)
}

/// Accepts connections until the end. Each proves itself on a task of its own, so that one that
/// does not keeps nobody waiting.
fn accept(
    listener: Listener,
    tls: Option<Tls>,
    connected: Connected,
    ending: CancellationToken,
) -> ReceiverStream<io::Result<Connection>> {
    let (accepted, connections) = mpsc::channel(1);
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config));
    tokio::spawn(async move {
        while let Some(stream) = ending.run_until_cancelled(listener.accept()).await {
            let stream = match stream {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(error = %error, "A connection could not be accepted");
                    // The likely reason is that too many files are open, which lasts a while.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let (acceptor, accepted) = (acceptor.clone(), accepted.clone());
            let presence = connected.one_more();
            tokio::spawn(async move {
                match prove(stream, acceptor, presence).await {
                    // Nobody receives any more at the end.
                    Ok(connection) => _ = accepted.send(Ok(connection)).await,
                    Err(error) => tracing::warn!(error = %error, "A connection was refused"),
                }
            });
        }
    });
    ReceiverStream::new(connections)
}

async fn prove(
    stream: Box<dyn Stream>,
    acceptor: Option<TlsAcceptor>,
    presence: Presence,
) -> io::Result<Connection> {
    match acceptor {
        None => Ok(Connection::new(stream, presence)),
        Some(acceptor) => {
            let stream = timeout(TLS_DEADLINE, acceptor.accept(stream)).await??;
            Ok(Connection::new(Box::new(stream), presence))
        }
    }
}

/// Runs `served` until the end; from then on it has [`ENDING_DEADLINE`] to end by itself.
async fn end_promptly<E>(
    served: impl Future<Output = Result<(), E>>,
    ending: &CancellationToken,
    provider: &Provider,
) -> Result<(), E> {
    let deadline = async {
        ending.cancelled().await;
        provider.stop();
        tokio::time::sleep(ENDING_DEADLINE).await;
    };
    tokio::select! {
        served = served => served,
        () = deadline => Ok(()),
    }
}
