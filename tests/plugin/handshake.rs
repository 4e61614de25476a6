//! The line on stdout, and what happens without Terraform.

use m365::plugin::handshake::MAGIC_COOKIE;

use super::client::{Identity, Process, command};

#[track_caller]
fn check_refused(variables: &[(&str, &str)], message: &str) {
    let output = command(variables).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(output.stdout, b"");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    check_refused(&[], "Terraform starts it by itself");
    check_refused(&[(MAGIC_COOKIE.0, "another")], "Terraform starts it by itself");
}

#[test]
fn a_client_without_our_protocol_is_refused() {
    check_refused(&[MAGIC_COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "4,5")], "protocol 6");
}

#[test]
fn the_line_has_six_fields() {
    let process = Process::start(&Identity::new(), &[]);
    let [core, protocol, network, address, kind, certificate] = process.fields()[..] else {
        panic!("{}", process.line)
    };
    assert_eq!((core, protocol, network, kind), ("1", "6", "unix", "grpc"));
    assert!(std::path::Path::new(address).is_absolute(), "{address}");
    assert!(certificate.len() > 300 && !certificate.contains('='), "{certificate}");
}

#[test]
fn who_asks_for_multiplexing_is_told_no() {
    let process = Process::start(&Identity::new(), &[("PLUGIN_MULTIPLEX_GRPC", "true")]);
    assert_eq!(process.fields()[6..], ["false"]);
}

#[cfg(unix)]
#[test]
fn the_socket_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let process = Process::start(&Identity::new(), &[]);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&process.socket()), 0o600);
    assert_eq!(mode(process.socket().parent().unwrap()), 0o700);
}

#[test]
fn the_version_is_shown() {
    for flag in ["--version", "-version"] {
        let output = command(&[]).arg(flag).output().unwrap();
        let expected = concat!("terraform-provider-m365 ", env!("CARGO_PKG_VERSION"), "\n");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}
