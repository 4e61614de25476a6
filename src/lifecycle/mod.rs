//! The engine's hands: sends its requests through the Graph client, waits, and reads back.
//!
//! [`provider`] has one method an RPC; the operations on a resource are in the file of their name.
//! What they share: [`registry`] (declarations made ready), [`session`] (the tenant that is signed
//! in to), [`wait`] (bounded waiting for what Graph replicates), [`explain`] (errors as people
//! should read them) and [`note`] (what is kept beside the state).

mod act;
mod bulk;
mod create;
mod data;
mod delete;
mod directory;
mod explain;
mod files;
mod find;
mod import;
mod inquiry;
mod invariants;
mod list;
pub mod messages;
mod named;
mod note;
mod parts;
mod permission;
mod policed;
pub mod provider;
mod read;
pub mod registry;
mod ruled;
mod schedule;
mod session;
mod settings;
mod takeover;
mod template;
mod timeouts;
mod update;
mod wait;
mod whole;
mod write;

pub use messages::{
    Applied, Apply, FunctionError, Import, Imported, Listed, Move, Moved, Plan, Planned, Read,
    ReadBack, Upgraded,
};
pub use provider::Provider;
pub use registry::{Function, Registry, Schemas};
