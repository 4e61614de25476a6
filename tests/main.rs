//! The one integration-test binary: a module a subject.

mod docs;
mod catalogue;
mod graph;
mod plugin;
mod emulator;
