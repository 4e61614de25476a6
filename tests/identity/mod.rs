//! Domains, federation, directory synchronisation and the identity model, through the real terraform.

mod domains;
mod federation;
mod hybrid;
mod invariants;
