//! Things that are elements of a property of another object.

use serde_json::Value as Json;

/// How an element of a collection property is told from the others, and how the actions of the object
/// that has the property add, change and remove it ([`super::Keeps::Element`]).
///
/// The path of such a resource ends in the property. Graph documents the object with the property to be
/// read, and the property alone not.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// The attribute that tells it from the others.
    pub key: &'static str,
    /// Whether an element of the property is one of its own, rather than there by another object.
    pub counts: fn(&Json) -> bool,
    /// The action of the object that adds, changes and removes elements, below its path.
    pub action: &'static str,
    /// The parameter of the action that takes elements to be added, or changed where they are there.
    pub adds: &'static str,
    /// The parameter of the action that takes the keys of elements to be removed.
    pub removes: &'static str,
}
