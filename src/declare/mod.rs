//! The vocabulary of a declaration: static data that says how Graph keeps a thing.
//!
//! A resource is one [`Resource`] value of 30 to 80 lines, built by `const fn`, checked by the
//! compiler and free at run time. It states facts about Graph; what follows from a fact (schema,
//! plan, requests, import, documentation, tests) is worked out once, in `engine` and `lifecycle`.
//! A new word enters here when three resources need it; until then it is a hook: a pure function
//! over JSON, tested by comparing values.

mod attribute;
mod call;
mod catalogue;
mod check;
mod contained;
mod data;
mod element;
mod function;
mod inquiry;
mod resource;
mod stream;

pub use attribute::{
    Attribute, Codec, Form, Kind, Literal, Mode, Replace, boolean, duration, flags, id, ids,
    instant, integer, link, links, map, named, object, objects, string, strings, variant,
};
pub use call::{Call, Method, Target};
pub use catalogue::Catalogue;
pub use check::{Check, Finding, Judge, Rule};
pub use contained::Contained;
pub use data::{Also, DataSource, Lookup, Source};
pub use element::Element;
pub use function::{Function, Misuse, Parameter};
pub use inquiry::{
    Answer, Answers, Asking, Conclude, Elsewhere, Inquire, Inquiry, Question, Read, UNKNOWN, Unread,
};
pub use resource::{
    Act, Ask, Concluded, Keeps, Law, More, Named, Permissions, Policed, Requests, Resource,
    Rewrite, Ruled, Template, Whole,
};
pub use stream::{Format, Stream, stream};
