//! The plugin protocol, spoken with the real binary.

pub(crate) mod client;
mod core;
pub(crate) mod driver;
mod handshake;
mod life;
mod process;
mod rpcs;
mod tcp;
mod tls;
