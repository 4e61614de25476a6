//! go-plugin and gRPC: how Terraform starts the provider, talks to it and ends it.
//!
//! [`serve::main`] is the way in. A process lives as follows: [`handshake`] reads what Terraform
//! put into the environment, [`listen`] opens a socket, [`tls`] guards it, the handshake line
//! goes to stdout, and then [`serve`] answers until [`controller`] is told to end.

pub mod broker;
pub mod connection;
pub mod controller;
pub mod handshake;
pub mod listen;
pub mod log;
pub mod orphan;
pub mod panics;
pub mod proto;
pub mod reattach;
pub mod rpc;
pub mod serve;
pub mod signals;
pub mod stdio;
pub mod tls;
pub mod wire;
