//! go-plugin and gRPC: how Terraform starts the provider, talks to it and ends it.

pub mod proto;
