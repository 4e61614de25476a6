//! The Graph client against stand-ins on this machine.

mod batch;
mod connections;
mod logs;
mod send;
mod sign_in;
mod stand_in;
