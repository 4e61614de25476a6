//! The engine's hands: sends its requests through the Graph client, waits, and reads back.

pub mod messages;
pub mod provider;

pub use messages::{
    Applied, Apply, FunctionError, Import, Imported, Listed, Move, Moved, Plan, Planned, Read,
    ReadBack, Upgraded,
};
pub use provider::{Function, Provider, Schemas};
