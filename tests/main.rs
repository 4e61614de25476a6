//! The one integration-test binary: a module a subject.

mod catalogue;
mod docs;
mod emulator;
mod graph;
mod plugin;
mod privileged_access;
