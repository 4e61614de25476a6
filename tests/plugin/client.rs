//! A client of the real provider binary: starts it as Terraform does, and speaks its protocol.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use m365::plugin::handshake::MAGIC_COOKIE;
use m365::plugin::proto::go_plugin::Empty;
use m365::plugin::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use m365::plugin::proto::tfplugin6::provider_client::ProviderClient;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

/// How long anything may take before a test fails instead of hanging.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A client's certificate with its key.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Identity {
    /// One such as Terraform has: signed by itself, an authority's, on the curve P-521.
    pub(crate) fn new() -> Self {
        Self::on_curve(&rcgen::PKCS_ECDSA_P521_SHA512)
    }

    /// One whose key is of another kind.
    pub(crate) fn on_curve(curve: &'static rcgen::SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(curve).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.into(), key }
    }

    /// The same certificate, in the hands of somebody who has not its key.
    pub(crate) fn with_another_key(self) -> Self {
        Self { key: Self::new().key, ..self }
    }

    /// As `PLUGIN_CLIENT_CERT` holds it.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }
}

/// The command that starts the provider, with an environment that holds `variables` and nothing
/// that this test run was given.
pub(crate) fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-m365"));
    command
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running provider. Dropping it kills the process, should it still run.
pub(crate) struct Process {
    child: Child,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
    /// The handshake line, without its line end.
    pub(crate) line: String,
    _sockets: tempfile::TempDir,
}

impl Process {
    /// Starts the provider as Terraform does, for the client `identity`; `variables` come on top.
    pub(crate) fn start(identity: &Identity, variables: &[(&str, &str)]) -> Self {
        let sockets = tempfile::tempdir().unwrap();
        let mut all = vec![
            MAGIC_COOKIE,
            ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
            ("PLUGIN_CLIENT_CERT", identity.pem()),
            ("PLUGIN_UNIX_SOCKET_DIR", sockets.path().to_str().unwrap()),
        ];
        all.extend(variables);
        Self::spawn("|grpc|", command(&all), sockets)
    }

    /// Starts `command`, which prints a line that holds `mark`: the handshake line.
    pub(crate) fn spawn(mark: &str, mut command: Command, sockets: tempfile::TempDir) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        while !line.contains(mark) {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "no line holds {mark:?}");
        }
        let stdout = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stdout.read_to_string(&mut text);
            text
        });
        let line = line.trim_end_matches('\n').to_owned();
        Self { child, stdout, stderr, line, _sockets: sockets }
    }

    /// The fields of the handshake line.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.line.split('|').collect()
    }

    /// Where the provider listens.
    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(self.fields()[3])
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Connects and, where `identity` is given, proves to be it.
    pub(crate) async fn connect(&self, identity: Option<&Identity>) -> Result<Channel, String> {
        let server = CertificateDer::from(STANDARD_NO_PAD.decode(self.fields()[5]).unwrap());
        channel(tls(&self.socket(), &server, identity).await?).await
    }

    /// Connects without TLS.
    pub(crate) async fn connect_without_tls(&self) -> Result<Channel, String> {
        plain(&self.socket()).await
    }

    /// Waits for the process to end, and hands out what it printed after the handshake line.
    pub(crate) fn wait(mut self) -> Ended {
        let started = Instant::now();
        let stdout = std::mem::replace(&mut self.stdout, std::thread::spawn(String::new));
        let stderr = std::mem::replace(&mut self.stderr, std::thread::spawn(String::new));
        // The output ends when the process does: nothing else holds its other end.
        let (sender, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send((stdout.join().unwrap(), stderr.join().unwrap())));
        let (stdout, stderr) =
            ended.recv_timeout(DEADLINE).expect("the provider ends before the deadline");
        let status = self.child.wait().unwrap();
        Ended { status, after: started.elapsed(), stdout, stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) after: Duration,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running provider with a connection to it.
pub(crate) struct Provider {
    pub(crate) process: Process,
    pub(crate) channel: Channel,
    /// The RPCs of `tfplugin6.Provider`.
    pub(crate) rpc: ProviderClient<Channel>,
}

impl Provider {
    /// Starts the provider with `variables` in its environment, and connects.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let identity = Identity::new();
        let process = Process::start(&identity, variables);
        let channel = process.connect(Some(&identity)).await.unwrap();
        let rpc = ProviderClient::new(channel.clone())
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX);
        Self { process, channel, rpc }
    }

    /// Ends the provider as Terraform does.
    pub(crate) async fn shut_down(self) -> Ended {
        let mut controller = GrpcControllerClient::new(self.channel);
        controller.shutdown(Empty {}).await.unwrap();
        drop((controller, self.rpc));
        let process = self.process;
        tokio::task::spawn_blocking(|| process.wait()).await.unwrap()
    }
}

/// Connects to `socket` without TLS.
pub(crate) async fn plain(socket: &Path) -> Result<Channel, String> {
    let stream = UnixStream::connect(socket).await.map_err(|error| error.to_string())?;
    channel(stream).await
}

/// A channel over `stream`, and over no other should it be lost.
async fn channel(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Channel, String> {
    let mut stream = Some(stream);
    let connector = tower::service_fn(move |_| {
        let stream = stream.take().ok_or("the connection was lost");
        async { stream.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_static("http://localhost");
    endpoint.connect_with_connector(connector).await.map_err(|error| format!("{error:?}"))
}

/// Connects to `socket` by TLS. With TLS 1.3 this succeeds even where the server then refuses the
/// client: the refusal arrives where the answer to the first request would.
async fn tls(
    socket: &Path,
    server: &CertificateDer<'static>,
    identity: Option<&Identity>,
) -> Result<TlsStream<UnixStream>, String> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&crypto))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnlyServer(server.clone())));
    let mut config = match identity {
        None => config.with_no_client_auth(),
        Some(identity) => {
            let key = PrivatePkcs8KeyDer::from(identity.key.serialize_der()).into();
            let key = crypto.key_provider.load_private_key(key).unwrap();
            // Not checked here: one test has a certificate with the key of another.
            let certified = CertifiedKey::new(vec![identity.certificate.clone()], key);
            config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = UnixStream::connect(socket).await.map_err(|error| error.to_string())?;
    let name = ServerName::try_from("localhost").unwrap();
    let connect = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = tokio::time::timeout(DEADLINE, connect).await.map_err(|_| "no answer")?;
    stream.map_err(|error| error.to_string())
}

/// Accepts the certificate of the handshake line.
#[derive(Debug)]
struct OnlyServer(CertificateDer<'static>);

impl ServerCertVerifier for OnlyServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("not the certificate of the handshake".into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
