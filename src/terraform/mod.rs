//! Terraform's own notions: values, types, paths, diagnostics and schemas. No IO, no Graph.

#[cfg(test)]
mod arbitrary;
pub mod codec;
pub mod diagnostic;
pub mod json;
pub mod msgpack;
pub mod number;
pub mod path;
pub mod schema;
pub mod types;
pub mod value;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use number::Number;
pub use path::{Path, Step};
pub use schema::{Attribute, Nesting, Schema, Shape};
pub use types::Type;
pub use value::{Object, Refinement, Value};
