//! A Terraform provider for the identity infrastructure of a Microsoft 365 tenant.
//!
//! The map of the house, from the wire inwards; a module may use those below it, as
//! ARCHITECTURE.md says and `tests/tidy.rs` enforces:
//!
//! - [`plugin`]: go-plugin and gRPC, one file per RPC. Knows tonic, not Graph.
//! - [`lifecycle`]: the engine's hands: sends requests, waits, retries, reads in bulk.
//! - [`engine`]: declarations and values in; plans, requests, states, documents out. No IO.
//! - [`catalogue`]: the declarations, one file a resource.
//! - [`declare`]: the vocabulary of a declaration: plain data built by `const fn`.
//! - [`policy`]: pure domain logic about Conditional Access and lockout.
//! - [`graph`]: HTTP to Microsoft Graph: sign-in, throttling, paging, errors.
//! - [`terraform`]: values, paths, diagnostics, schemas. No IO, no Graph.
//! - [`emulator`]: a local Graph, the other side of the wire; uses nothing of the above.

pub mod catalogue;
pub mod declare;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod engine;
pub mod graph;
pub mod lifecycle;
pub mod plugin;
pub mod policy;
pub mod terraform;
