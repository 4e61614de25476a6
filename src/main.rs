//! Serves the provider to Terraform.

use std::process::ExitCode;

use clap::Parser;
use m365::catalogue::CATALOGUE;
use m365::lifecycle::Provider;
use m365::plugin::serve::{self, Mode};

/// Terraform provider for the identity infrastructure of a Microsoft 365 tenant.
///
/// Terraform starts it by itself; name `m365/m365` in a configuration's required_providers.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Wait for Terraform to attach, and print what to set for that.
    #[arg(long)]
    debug: bool,
}

fn main() -> ExitCode {
    // Providers written in Go take long flags with one dash, and so do the tools around them.
    let arguments = std::env::args().map(|argument| match argument.as_str() {
        "-debug" => "--debug".to_owned(),
        "-version" => "--version".to_owned(),
        _ => argument,
    });
    let Arguments { debug } = Arguments::parse_from(arguments);
    let mode = if debug { Mode::Debug } else { Mode::Plugin };
    serve::main(mode, Provider::new(&CATALOGUE))
}
