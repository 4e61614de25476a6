//! What the two encodings of values, [`msgpack`](super::msgpack) and [`json`](super::json), share.

use std::fmt;

use super::{Path, Step, Type, Value};

/// How deep values may nest. Types bound the depth of all but `dynamic` values, which could
/// otherwise make the decoder run out of stack.
pub(super) const MAX_DEPTH: usize = 100;

/// Why an encoded value cannot be read, or a value not be written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// From the innermost step outwards: a caller adds its step when the error passes through.
    steps: Vec<Step>,
    problem: String,
}

impl CodecError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { steps: Vec::new(), problem: problem.into() }
    }

    /// `found` is where a value of the type `ty` was expected.
    pub(super) fn mismatch(ty: &Type, found: impl fmt::Display) -> Self {
        Self::new(format!("{} was expected, and {found} is there", expectation(ty)))
    }

    pub(super) fn too_deep() -> Self {
        Self::new(format!("values nest more than {MAX_DEPTH} levels deep"))
    }

    /// The error, which arose `step` further inside.
    pub(super) fn inside(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub(super) fn inside_index(self, index: usize) -> Self {
        self.inside(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// The error, which arose in an element of a set: no path leads to one.
    pub(super) fn inside_set(mut self) -> Self {
        self.steps.clear();
        self
    }

    /// Where it arose.
    pub fn path(&self) -> Path {
        self.steps.iter().rev().fold(Path::root(), |path, step| match step {
            Step::Attribute(name) => path.at(name),
            Step::Key(key) => path.key(key),
            Step::Index(index) => path.index(usize::try_from(*index).unwrap_or_default()),
        })
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "at {}: {}", self.path(), self.problem)
        }
    }
}

impl std::error::Error for CodecError {}

fn expectation(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a bool",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Dynamic => "a value with its type",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Object(_) => "an object",
        Type::Tuple(_) => "a tuple",
    }
}

/// The type that `value` brings to where any type may be, if it was not said with it. What has
/// several readings is taken for the one that says most: a tuple, not a list; an object, no map.
pub(super) fn infer(value: &Value) -> Type {
    match value {
        Value::Null | Value::Unknown(_) => Type::Dynamic,
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::List(elements) => Type::Tuple(elements.iter().map(infer).collect()),
        Value::Set(elements) => Type::set(elements.first().map_or(Type::Dynamic, infer)),
        Value::Object(attributes) => Type::Object(
            attributes.iter().map(|(name, value)| (name.clone(), infer(value))).collect(),
        ),
        Value::Dynamic(inner) => inner.0.clone(),
    }
}
