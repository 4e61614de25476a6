//! A client of the real provider binary: starts it as Terraform does, and speaks its protocol.

use std::io::{BufRead as _, BufReader, Read};
#[cfg(unix)]
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel as queue};
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

    /// As a server knows it.
    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
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
    stdout: Receiver<String>,
    stderr: Receiver<String>,
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
        let stderr = collect(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(mark) {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "no line holds {mark:?}");
        }
        let stdout = collect(stdout);
        let line = line.trim_end_matches('\n').to_owned();
        Self { child, stdout, stderr, line, _sockets: sockets }
    }

    /// The fields of the handshake line.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.line.split('|').collect()
    }

    /// The path of the socket, where the provider listens at one.
    #[cfg(unix)]
    pub(crate) fn socket(&self) -> PathBuf {
        assert_eq!(self.fields()[2], "unix");
        PathBuf::from(self.fields()[3])
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Connects and, where `identity` is given, proves to be it.
    pub(crate) async fn connect(&self, identity: Option<&Identity>) -> Result<Channel, String> {
        let server = CertificateDer::from(STANDARD_NO_PAD.decode(self.fields()[5]).unwrap());
        let stream = dial(self.fields()[2], self.fields()[3]).await?;
        channel(tls(stream, server, identity).await?).await
    }

    /// Connects without TLS.
    pub(crate) async fn connect_without_tls(&self) -> Result<Channel, String> {
        channel(dial(self.fields()[2], self.fields()[3]).await?).await
    }

    /// Waits for the process to end, and hands out what it printed after the handshake line.
    pub(crate) fn wait(mut self) -> Ended {
        let started = Instant::now();
        // A process's output ends with it.
        let stdout = self.stdout.recv_timeout(DEADLINE).expect("the provider ends");
        let stderr = self.stderr.recv_timeout(DEADLINE).expect("the provider ends");
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

/// Reads `output` until it ends, so that whoever writes never waits.
fn collect(mut output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = queue();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = output.read_to_string(&mut text);
        // A test that does not ask for it has ended.
        let _ = sender.send(text);
    });
    receiver
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

/// A stream of bytes to the provider.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to `address` in `network`, as the handshake names them.
pub(crate) async fn dial(network: &str, address: &str) -> Result<Box<dyn Stream>, String> {
    let wrong = |error: std::io::Error| error.to_string();
    match network {
        #[cfg(unix)]
        "unix" => Ok(Box::new(tokio::net::UnixStream::connect(address).await.map_err(wrong)?)),
        "tcp" => Ok(Box::new(tokio::net::TcpStream::connect(address).await.map_err(wrong)?)),
        other => panic!("an unknown network: {other}"),
    }
}

/// A channel over `stream`, and over no other should it be lost.
pub(crate) async fn channel(stream: impl Stream + 'static) -> Result<Channel, String> {
    let mut stream = Some(stream);
    let connector = tower::service_fn(move |_| {
        let stream = stream.take().ok_or("the connection was lost");
        async { stream.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_static("http://localhost");
    endpoint.connect_with_connector(connector).await.map_err(|error| format!("{error:?}"))
}

/// Agrees with `server` on TLS over `stream`. With TLS 1.3 this succeeds even where the server then refuses the
/// client: the refusal arrives where the answer to the first request would.
pub(crate) async fn tls(
    stream: Box<dyn Stream>,
    server: CertificateDer<'static>,
    identity: Option<&Identity>,
) -> Result<TlsStream<Box<dyn Stream>>, String> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&crypto))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnlyServer(server)));
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
