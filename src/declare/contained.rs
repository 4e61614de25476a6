//! Sets whose elements Graph keeps as objects of their own within the object.

use super::Method;

/// How Graph keeps the elements of a set that each are an object with an id, in a collection that
/// the object contains (a containment navigation property): the configurations of an authentication
/// strength, the files of terms of use. They are made and changed one by one, and go with the object.
///
/// In a configuration they are a set without ids. Which element of Graph's an element of the plan is
/// follows from what both say: those that say the same stay untouched, and of the rest those with the
/// same key, or without a key any two, are one object before and after the change.
#[derive(Clone, Copy, Debug)]
pub struct Contained {
    /// Their Graph type, where the collection holds objects of several types.
    pub odata: Option<&'static str>,
    /// Whether they are told only where `$expand` asks for them.
    pub expanded: bool,
    /// Whether the create of the object takes them in its body.
    pub with_create: bool,
    /// How one is changed: PATCH of it, or POST of its successor to the collection.
    pub changed_by: Method,
    /// The attributes of an element that tell it from the others; none where they have no name.
    pub key: &'static [&'static str],
}

impl Contained {
    /// Objects that are always told, and made, changed and removed one by one.
    pub const MEMBERS: Self = Self {
        odata: None,
        expanded: false,
        with_create: false,
        changed_by: Method::Patch,
        key: &[],
    };

    /// Those of one type, in a collection of several.
    pub const fn of(self, odata: &'static str) -> Self {
        Self { odata: Some(odata), ..self }
    }
}
