//! Between the protocol's messages and our own types, both ways: the only such place.

mod diagnostics;
mod schema;
mod values;

pub use diagnostics::{diagnostics, path};
pub use schema::{function, identity_schema, schema};
pub use values::{Misread, dynamic, identity, present_identity, raw, read_identity, read_value};
