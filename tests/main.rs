//! The one integration-test binary: a module a subject.

mod docs;
mod graph;
mod plugin;
