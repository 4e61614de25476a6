//! Connections: few, kept, and trusted by the right authorities.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use m365::graph::{Credential, Graph, Request, Settings};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

#[cfg(unix)]
use super::kinds;

/// Answers sign-ins with a token, and everything else with the protocol version it came by.
fn router() -> Router {
    let answer = |request: axum::extract::Request| async move {
        // Graph never answers faster than a connection is made.
        tokio::time::sleep(Duration::from_millis(5)).await;
        match request.uri().path().ends_with("/token") {
            true => {
                format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{}"}}"#, "t")
            }
            false => format!(r#"{{"version":"{:?}"}}"#, request.version()),
        }
    };
    Router::new().fallback(any(answer))
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = TowerToHyperService::new(router());
    // A client that went away is no failure of the test.
    let _ =
        Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

fn settings(endpoint: String) -> Settings {
    let mut settings = Settings::new("tenant", "client", Credential::ClientSecret("s".into()));
    settings.graph_endpoint = Some(endpoint.clone());
    settings.login_endpoint = Some(endpoint);
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_most_ten_for_a_whole_run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream));
        }
    });
    let graph = Graph::new(settings(endpoint)).unwrap();
    let requests: Vec<_> = (0..2000).map(|n| Request::get(format!("/groups/{n}"))).collect();
    let answers = futures::future::join_all(requests.iter().map(|request| {
        let (graph, request) = (graph.clone(), request.clone());
        tokio::spawn(async move { graph.send(&request).await })
    }))
    .await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Ok(_)))));
    let count = count.load(Ordering::SeqCst);
    assert!(count <= 10, "{count} connections");
    server.abort();
}

#[tokio::test]
async fn a_given_authority_is_trusted_and_http2_is_spoken() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(
        vec![key.cert.der().clone()],
        rustls_pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap(),
    )
    .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(serve(stream));
            }
        }
    });

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key.cert.pem()).unwrap();
    #[cfg(unix)]
    by_environment(&endpoint, file.path()).await;

    let mut trusting = settings(endpoint.clone());
    trusting.ca_file = Some(file.path().to_owned());
    let answer = Graph::new(trusting).unwrap().send(&Request::get("/x")).await.unwrap();
    assert_eq!(answer.body["version"], "HTTP/2.0");

    let mut strict = settings(endpoint);
    strict.limits.attempts = 1;
    let error = Graph::new(strict).unwrap().send(&Request::get("/x")).await.unwrap_err();
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    server.abort();
}

/// The same as a user has it: the authority in the environment of the provider's process.
#[cfg(unix)]
async fn by_environment(endpoint: &str, authority: &std::path::Path) {
    let read = async |authority: &str| {
        let named = [("M365_GRAPH_ENDPOINT", endpoint), ("M365_ACCESS_TOKEN", "e30.e30.x")];
        let named = named.into_iter().chain([("SSL_CERT_FILE", authority)]);
        let named: Vec<_> = named.map(|(name, value)| (name, value.to_owned())).collect();
        kinds::read(&named).await.join("\n")
    };
    assert_eq!(read(authority.to_str().unwrap()).await, "");
    let said = read("").await;
    assert!(said.to_lowercase().contains("certificate"), "{said}");
}

#[test]
fn a_bad_authority_file_is_told() {
    for (content, expected) in [(None, "cannot be read"), (Some("x"), "no certificates")] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut settings = settings("https://localhost".into());
        settings.ca_file = Some(file.path().join(content.map_or("missing", |_| "")));
        if let Some(content) = content {
            std::fs::write(file.path(), content).unwrap();
            settings.ca_file = Some(file.path().to_owned());
        }
        let error = Graph::new(settings).err().unwrap().to_string();
        assert!(error.starts_with("SSL_CERT_FILE") && error.contains(expected), "{error}");
    }
}

/// The proxy is read from the environment of the process, so this test runs itself again in a
/// process where it is set.
#[tokio::test]
async fn the_proxy_of_the_environment() {
    const ME: &str = "graph::connections::the_proxy_of_the_environment";
    if std::env::var_os("M365_TEST_PROXY").is_some() {
        for endpoint in ["https://graph.example", "https://exempt.invalid"] {
            let mut settings = settings(endpoint.to_owned());
            settings.limits.attempts = 1;
            assert!(Graph::new(settings).unwrap().send(&Request::get("/x")).await.is_err());
        }
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut line = String::new();
        BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        (line, listener)
    });
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", ME])
        .env("M365_TEST_PROXY", "1")
        .env("HTTPS_PROXY", &proxy)
        .env("NO_PROXY", "exempt.invalid")
        .output();
    let (output, asked) = futures::future::join(child, asked).await;
    assert!(output.unwrap().status.success());
    let (asked, listener) = asked.unwrap();
    assert_eq!(asked, "CONNECT graph.example:443 HTTP/1.1\r\n");
    let more = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(more.is_err(), "what NO_PROXY names does not go through the proxy");
}
