//! The one integration-test binary: a module a subject.

mod graph;
mod plugin;
mod emulator;
