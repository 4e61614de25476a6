//! The one integration-test binary: a module a subject.

mod catalogue;
mod graph;
mod plugin;
mod emulator;
