//! Runs the local Graph.
fn main() {}
