//! The Graph client against stand-ins on this machine.

mod send;
mod sign_in;
mod stand_in;
