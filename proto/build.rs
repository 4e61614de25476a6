//! Generates the plugin protocol's messages and services. `protox` parses the files, so that no
//! `protoc` needs to be installed.

use std::error::Error;

const FILES: [&str; 4] =
    ["tfplugin6.proto", "grpc_controller.proto", "grpc_stdio.proto", "grpc_broker.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let files = protox::compile(FILES, ["proto"])?;
    // The clients are there for the tests, which talk to the provider as Terraform does; the
    // linker drops them from the provider.
    tonic_prost_build::configure().build_transport(false).compile_fds(files)?;
    Ok(())
}
