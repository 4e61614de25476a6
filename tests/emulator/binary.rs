//! The program: one line of JSON once it listens, and gone when it is told or left alone.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Starts the program and reads the line that it prints.
fn start(arguments: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_graph-emulator"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn it_serves_until_its_parent_goes() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let path = log.path().to_str().unwrap();
    let (mut child, told) =
        start(&["--tenant", "empty", "--users", "3", "--until-stdin-closes", "--log", path]);
    let graph = told["graph"].as_str().unwrap();
    for name in ["login", "tenant_id", "client_id", "client_secret"] {
        assert!(told[name].is_string(), "{told}");
    }
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let users: Value = http
        .get(format!("{graph}/_emulator/outside/v1.0/users"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(users["value"].as_array().unwrap().len(), 3);
    assert_eq!(http.get(format!("{graph}/v1.0/users")).send().await.unwrap().status(), 401);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let line = std::fs::read_to_string(path).unwrap();
    let entry: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(
        (entry["path"].as_str(), entry["status"].as_u64()),
        (Some("/v1.0/users"), Some(401))
    );
}

#[cfg(unix)]
#[test]
fn it_ends_when_told() {
    let (mut child, _) = start(&[]);
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_it_does_not_know_is_refused() {
    for arguments in [["--tenant", "fabrikam"], ["--fault", "flood"], ["--lag", "soon"]] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_graph-emulator")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}
