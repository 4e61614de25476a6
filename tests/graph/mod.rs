//! The Graph client against stand-ins on this machine.

mod batch;
mod connections;
mod credentials;
#[cfg(unix)]
mod kinds;
mod logs;
mod managed;
mod send;
mod sign_in;
mod stand_in;
