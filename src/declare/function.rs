//! A provider function: pure, and answered without Graph.

use crate::terraform::{Type, Value};

/// A function that a configuration can call as `provider::m365::<name>`.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name.
    pub name: &'static str,
    /// What it answers, in one sentence.
    pub summary: &'static str,
    /// Markdown: what to know before calling it.
    pub doc: &'static str,
    /// What it takes; never null, and never unknown, but for parts of a dynamic one.
    pub parameters: &'static [Parameter],
    /// The type of the answer.
    pub returns: fn() -> Type,
    /// The answer.
    pub call: fn(&[Value]) -> Result<Value, Misuse>,
}

/// What a function takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// Markdown.
    pub doc: &'static str,
    /// The type.
    pub ty: fn() -> Type,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The argument at fault, counted from 0.
    pub argument: usize,
    /// What is wrong, and what to do.
    pub text: String,
}
