//! What a configuration must satisfy before anything is sent.

use crate::terraform::{Path, Severity, Value};

/// What one value must satisfy.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// A number from .. to, both included.
    Range(i64, i64),
    /// A text of at least .. and at most .. characters.
    Length(usize, usize),
    /// A set of at least .. and at most .. elements.
    Count(usize, usize),
    /// A text that matches the regular expression; the sentence says what it should look like.
    Pattern(&'static str, &'static str),
}

/// What several attributes must satisfy together. Attributes are dotted paths from the root
/// (`grant_controls.operator`). A rule holds as long as a value that it needs is unknown.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// One of them is set, and not two. An object is set where it is written, be it `{}`.
    ExactlyOneOf(&'static [&'static str]),
    /// At least one of them is set.
    AtLeastOneOf(&'static [&'static str]),
    /// Not two of them are set. An empty set counts as not set.
    AtMostOneOf(&'static [&'static str]),
    /// All of them are set, or none.
    Together(&'static [&'static str]),
    /// Where the first has one of the values, the others are set.
    Needs(&'static str, &'static [&'static str], &'static [&'static str]),
    /// Where the first has one of the values, the others are not set.
    Excludes(&'static str, &'static [&'static str], &'static [&'static str]),
}

/// What a hook found in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the plan is refused.
    pub severity: Severity,
    /// The attribute at fault.
    pub path: Path,
    /// What is wrong, in one line.
    pub summary: String,
    /// Why, and what to do.
    pub detail: String,
}

impl Finding {
    /// Something that Graph would refuse or that does not do what it says.
    pub fn error(path: Path, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Error, path, summary: summary.into(), detail: detail.into() }
    }

    /// Something to know before it is applied.
    pub fn warning(path: Path, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, summary, detail) }
    }
}

/// A hook that reads a planned value as a whole.
pub type Judge = fn(&Value) -> Vec<Finding>;
