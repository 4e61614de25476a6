//! Declarations and values in; plans, requests, states and documents out. No IO, no async.
//!
//! A provider is a walk over trees of schema and value. Each walk is written once, here:
//! [`schema`] describes, [`validate`] checks a configuration, [`plan`] works out what apply shall
//! reach, [`encode`] and [`patch`] write Graph's JSON, [`decode`] reads it, [`request`] builds the
//! calls, [`contained`] those of sets whose elements are objects of their own, [`element`] those of what
//! is an element itself, [`schedule`] knows what is assigned for a time, [`stream`] what is written as a
//! file, [`import`] and [`upgrade`] make states from elsewhere, [`document`] writes the pages of the
//! documentation.

pub mod contained;
pub mod data;
pub mod decode;
pub mod document;
pub mod element;
pub mod encode;
pub mod equal;
pub mod import;
pub mod model;
pub mod names;
pub mod patch;
pub mod plan;
pub mod request;
pub mod ruled;
pub mod schedule;
pub mod schema;
pub mod shape;
pub mod stream;
pub mod takeover;
pub mod template;
pub mod upgrade;
pub mod validate;
pub mod version;

pub use model::{Data, Model};
pub use request::{Request, Verb};

#[cfg(test)]
mod tests;
