//! A process's life: health, logs, signals, the end, and debugging.

use std::process::Command;
use std::time::Duration;

use m365::plugin::proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use m365::plugin::proto::tfplugin6::get_metadata;
use m365::plugin::proto::tfplugin6::provider_client::ProviderClient;
use serde_json::Value as Json;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::client::{Process, Provider, command};

#[tokio::test]
async fn shutdown_ends_the_process_at_once_and_removes_the_socket() {
    let provider = Provider::start(&[]).await;
    // Open until the end, as Terraform's own is.
    let mut stdio = GrpcStdioClient::new(provider.channel.clone());
    let mut stdio = stdio.stream_stdio(()).await.unwrap().into_inner();
    let socket = provider.process.socket();
    let ended = provider.shut_down().await;
    assert!(ended.status.success(), "{}", ended.stderr);
    assert!(ended.after < Duration::from_secs(1), "{:?}", ended.after);
    assert!(!socket.exists() && !socket.parent().unwrap().exists());
    assert!(matches!(stdio.message().await, Ok(None)), "the stream ends in order");
}

#[tokio::test]
async fn nothing_but_the_handshake_is_printed() {
    let mut provider = Provider::start(&[]).await;
    provider.rpc.get_metadata(get_metadata::Request {}).await.unwrap();
    let ended = provider.shut_down().await;
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
}

#[tokio::test]
async fn logs_are_lines_that_terraform_reads() {
    let provider = Provider::start(&[("TF_LOG", "trace")]).await;
    let ended = provider.shut_down().await;
    assert_eq!(ended.stdout, "");
    let lines: Vec<Json> =
        ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.iter().find(|line| line["@message"] == "Terraform ends the provider").unwrap();
    assert_eq!(end["@level"], "debug");
    assert_eq!(end["@module"], "m365.plugin.controller");
}

#[tokio::test]
async fn the_plugin_is_healthy() {
    let provider = Provider::start(&[]).await;
    let request = HealthCheckRequest { service: "plugin".into() };
    let answer = HealthClient::new(provider.channel.clone()).check(request).await.unwrap();
    assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
}

#[cfg(unix)]
#[tokio::test]
async fn an_interruption_is_left_to_terraform_and_an_end_is_heeded() {
    let mut provider = Provider::start(&[]).await;
    signal(&provider.process, "INT");
    provider.rpc.get_metadata(get_metadata::Request {}).await.unwrap();
    let socket = provider.process.socket();
    signal(&provider.process, "TERM");
    drop((provider.rpc, provider.channel));
    let process = provider.process;
    let ended = tokio::task::spawn_blocking(|| process.wait()).await.unwrap();
    assert!(ended.status.success(), "{:?}", ended.status);
    assert!(!socket.exists());
}

#[cfg(unix)]
fn signal(process: &Process, name: &str) {
    let status = Command::new("kill").args(["-s", name, &process.id().to_string()]).status();
    assert!(status.unwrap().success());
}

#[cfg(unix)]
#[tokio::test]
async fn a_developer_can_attach_to_it() {
    for flag in ["-debug", "--debug"] {
        let sockets = tempfile::tempdir().unwrap();
        let mut command = command(&[("TMPDIR", sockets.path().to_str().unwrap())]);
        command.arg(flag);
        let process = Process::spawn("TF_REATTACH_PROVIDERS=", command, sockets);
        let json = process.line.trim().strip_prefix("TF_REATTACH_PROVIDERS='").unwrap();
        let json: Json = serde_json::from_str(json.strip_suffix('\'').unwrap()).unwrap();
        let provider = &json["registry.terraform.io/m365/m365"];
        assert_eq!(provider["Protocol"], "grpc");
        assert_eq!(provider["ProtocolVersion"], 6);
        assert_eq!(provider["Pid"], process.id());
        assert_eq!(provider["Test"], true);
        assert_eq!(provider["Addr"]["Network"], "unix");
        let socket = provider["Addr"]["String"].as_str().unwrap();
        let channel = super::client::plain(socket.as_ref()).await.unwrap();
        let mut client = ProviderClient::new(channel);
        client.get_metadata(get_metadata::Request {}).await.unwrap();
        drop(client);
        signal(&process, "INT");
        let ended = tokio::task::spawn_blocking(|| process.wait()).await.unwrap();
        assert!(ended.status.success(), "{:?} {}", ended.status, ended.stderr);
    }
}
