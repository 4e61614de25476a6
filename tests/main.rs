//! The one integration-test binary: a module a subject.

mod catalogue;
mod emulator;
mod graph;
mod plugin;
