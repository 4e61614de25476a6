//! The one integration-test binary: a module a subject.

mod emulator;
mod graph;
mod plugin;
