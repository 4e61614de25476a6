//! Generates the plugin protocol's messages and services. `protox` parses the files, so that no
//! `protoc` needs to be installed.

fn main() {}
