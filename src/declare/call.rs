//! A call to Graph as data.

use super::Literal;

/// A request that a declaration or a hook asks for. The lifecycle fills in the paths, sends it,
/// waits and reports, alike for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// Where to.
    pub target: Target,
    /// The properties of the object that the body carries; all that are managed where `None`.
    pub only: Option<&'static [&'static str]>,
    /// Fixed properties of the body.
    pub with: &'static [(&'static str, Literal)],
    /// The property of the answer that holds the object's id.
    pub id_from: &'static str,
}

/// The HTTP methods that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The object itself.
    Itself,
    /// The collection that the object is in.
    Collection,
    /// Another path; `{id}` and `{attribute}` are filled in.
    Path(&'static str),
}

impl Call {
    /// `POST` to `path`.
    pub const fn post(path: &'static str) -> Self {
        Self::new(Method::Post, Target::Path(path))
    }

    /// `PATCH` of the object itself.
    pub const fn patch() -> Self {
        Self::new(Method::Patch, Target::Itself)
    }

    /// `PUT` of the object itself.
    pub const fn put() -> Self {
        Self::new(Method::Put, Target::Itself)
    }

    /// `DELETE` of `path`.
    pub const fn delete(path: &'static str) -> Self {
        Self::new(Method::Delete, Target::Path(path)).only(&[])
    }

    const fn new(method: Method, target: Target) -> Self {
        Self { method, target, only: None, with: &[], id_from: "id" }
    }

    /// The body carries these properties of the object only.
    pub const fn only(self, properties: &'static [&'static str]) -> Self {
        Self { only: Some(properties), ..self }
    }

    /// The body carries these properties too.
    pub const fn with(self, properties: &'static [(&'static str, Literal)]) -> Self {
        Self { with: properties, ..self }
    }

    /// The answer's property that holds the object's id.
    pub const fn id_from(self, property: &'static str) -> Self {
        Self { id_from: property, ..self }
    }
}
