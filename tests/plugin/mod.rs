//! The plugin protocol, spoken with the real binary.

pub(crate) mod client;
mod handshake;
mod process;
mod rpcs;
mod tls;
