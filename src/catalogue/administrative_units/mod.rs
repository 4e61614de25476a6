//! Administrative units: parts of the directory that are administered on their own.

mod member;
mod unit;

pub use member::ADMINISTRATIVE_UNIT_MEMBER;
pub use unit::ADMINISTRATIVE_UNIT;

/// The section of the documentation.
const AREA: &str = "Administrative units";
