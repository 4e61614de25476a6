//! The one integration-test binary: a module a subject.

mod authentication_methods;
mod branding;
mod catalogue;
mod conditional_access;
mod directory;
mod docs;
mod emulator;
mod graph;
mod identity;
mod identity_models;
mod laws;
mod licenses;
mod lockout;
mod plugin;
mod policy;
mod privileged_access;
mod requests;
mod soak;
mod synchronization;
mod takeover;
mod tenant_settings;
mod tidy;
mod workspace;
