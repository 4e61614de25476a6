//! The one integration-test binary: a module a subject.

mod docs;
mod catalogue;
mod emulator;
mod graph;
mod plugin;
