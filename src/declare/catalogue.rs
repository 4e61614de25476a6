//! Everything that is declared, handed to whoever makes a provider of it.

use super::{Attribute, DataSource, Function, Resource};

/// The declarations of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// Markdown about the provider.
    pub doc: &'static str,
    /// The provider block.
    pub provider: &'static [Attribute],
    /// The resources, in the order of the documentation.
    pub resources: &'static [&'static Resource],
    /// The data sources that come with no resource.
    pub data_sources: &'static [&'static DataSource],
    /// The functions.
    pub functions: &'static [&'static Function],
}
