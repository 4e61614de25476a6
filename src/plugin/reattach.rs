//! Debugging: a provider that runs on its own and that Terraform attaches to.

use serde_json::json;

use super::handshake::PROTOCOL_VERSION;
use super::listen::Address;

/// The provider's address, by which configurations and Terraform name it.
pub const PROVIDER: &str = "registry.terraform.io/m365/m365";

/// What to tell a developer, with `pid` as our process.
pub fn instructions(address: &Address, pid: u32) -> String {
    format!(
        "The provider is waiting. Set this where terraform is run, and end with Ctrl-C:\n\n\
         \t{}\n",
        line(address, pid)
    )
}

/// What to set in the shell where terraform is run.
fn line(address: &Address, pid: u32) -> String {
    let providers = json!({PROVIDER: {
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL_VERSION,
        "Pid": pid,
        // Keeps Terraform from ending the process.
        "Test": true,
        "Addr": {"Network": address.network(), "String": address.to_string()},
    }});
    format!("TF_REATTACH_PROVIDERS='{providers}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_holds_what_terraform_reads() {
        let line = line(&Address::Unix("/tmp/a/socket".into()), 7);
        let json =
            line.strip_prefix("TF_REATTACH_PROVIDERS='").unwrap().strip_suffix('\'').unwrap();
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            read[PROVIDER],
            json!({
                "Protocol": "grpc", "ProtocolVersion": 6, "Pid": 7, "Test": true,
                "Addr": {"Network": "unix", "String": "/tmp/a/socket"},
            })
        );
    }
}
