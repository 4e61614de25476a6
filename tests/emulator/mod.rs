//! The emulator answers as the documented Graph does.

mod binary;
mod client;
mod contract;
mod directory;
mod faults;
mod lists;
mod metadata;
mod methods;
mod model;
mod policies;
mod strict;

/// The text of a reference file, where the reference data lies beside the repository.
pub(crate) fn shared(name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/graph").join(name);
    match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(_) => {
            println!("left out: the reference data ../shared/graph/{name} is not there");
            None
        }
    }
}
