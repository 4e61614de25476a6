//! The generated messages and services of the plugin protocol.

/// Terraform's plugin protocol, version 6.11: `proto/tfplugin6.proto`.
// Generated code: what it names and documents is the protocol's own.
#[allow(missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
pub mod tfplugin6 {
    include!(concat!(env!("OUT_DIR"), "/tfplugin6.rs"));
}

/// The services that every go-plugin process has: `proto/grpc_*.proto`.
// Generated code, as above.
#[allow(missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
pub mod go_plugin {
    include!(concat!(env!("OUT_DIR"), "/plugin.rs"));
}
