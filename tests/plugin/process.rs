//! A process's life: health, logs, signals, the end, and debugging.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use m365::plugin::handshake::MAGIC_COOKIE;
use m365::plugin::proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use m365::plugin::proto::tfplugin6::get_metadata;
use m365::plugin::proto::tfplugin6::provider_client::ProviderClient;
use serde_json::Value as Json;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::client::{DEADLINE, Process, Provider, channel, command, dial};

#[cfg(unix)]
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

/// Gathering entropy from the processor's timing would take most of the time that a start may take.
#[test]
fn cryptography_is_built_to_start_fast() {
    let setting = option_env!("AWS_LC_SYS_NO_JITTER_ENTROPY");
    assert_eq!(setting, Some("1"), ".cargo/config.toml is not in effect");
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

/// The shell stands for a Terraform that is killed.
#[cfg(unix)]
#[test]
fn a_provider_whose_terraform_is_gone_ends() {
    let sockets = tempfile::tempdir().unwrap();
    let folder = sockets.path().to_str().unwrap();
    let mut shell = Command::new("sh")
        .args(["-c", "\"$0\" & wait"])
        .arg(command(&[]).get_program())
        .envs([MAGIC_COOKIE, ("PLUGIN_UNIX_SOCKET_DIR", folder)])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let socket = PathBuf::from(line.split('|').nth(3).unwrap());
    assert!(socket.exists());
    shell.kill().unwrap();
    shell.wait().unwrap();
    // Its stdout ends with the last process that has it.
    let (ended, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || ended.send(stdout.read_to_string(&mut String::new())));
    end.recv_timeout(DEADLINE).expect("the provider lives on").unwrap();
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
        let channel = channel(dial("unix", socket).await.unwrap()).await.unwrap();
        let mut client = ProviderClient::new(channel);
        client.get_metadata(get_metadata::Request {}).await.unwrap();
        drop(client);
        signal(&process, "INT");
        let ended = tokio::task::spawn_blocking(|| process.wait()).await.unwrap();
        assert!(ended.status.success(), "{:?} {}", ended.status, ended.stderr);
    }
}
