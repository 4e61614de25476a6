//! Data sources: those that come with a resource, and those that stand alone.

use super::{Attribute, Conclude, Permissions};

/// How a resource is found as a data source; its attributes come from the resource.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    /// The data source that lists them, such as `users`; none where there is no use for one.
    pub plural: Option<&'static str>,
}

/// A data source that is no resource.
#[derive(Clone, Copy, Debug)]
pub struct DataSource {
    /// The name without `m365_`.
    pub name: &'static str,
    /// The section of the documentation.
    pub area: &'static str,
    /// Markdown: what it tells.
    pub doc: &'static str,
    /// The Graph reference page; empty for what is not read from Graph.
    pub reference: &'static str,
    /// Where it is read from.
    pub source: Source,
    /// The Graph type of what is read; empty for claims.
    pub entity: &'static str,
    /// The permission that reading takes.
    pub permissions: Permissions,
    /// What it tells; for one that is concluded, its arguments too.
    pub attributes: &'static [Attribute],
    /// What is read besides.
    pub also: &'static [Also],
}

/// Where a data source is read from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A collection with exactly one object in it.
    OnlyObject(&'static str),
    /// A collection: all of it becomes the list attribute named second.
    Collection(&'static str, &'static str),
    /// The claims of the access token.
    Claims,
    /// Concluded from facts and from its arguments; the paths are for the documentation.
    Concluded(Conclude, &'static [&'static str]),
}

/// A further collection that becomes a property of the object, of a resource or a data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Also {
    /// The property that it becomes.
    pub property: &'static str,
    /// The collection.
    pub path: &'static str,
}
