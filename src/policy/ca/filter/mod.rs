//! The language of device filters and of filters on custom security attributes.
//!
//! ```text
//! rule    := and ("-or" and)*
//! and     := not ("-and" not)*
//! not     := "-not" not | "(" rule ")" | test
//! test    := property operator value
//! value   := "text" | True | False | [ "a", "b" ]
//! ```
//!
//! Properties are `device.…` or `CustomSecurityAttribute.<set>_<name>`. Comparisons bind tighter
//! than `-not`, that than `-and`, and that than `-or`. Case never matters: Microsoft's own examples
//! mix it. The hyphen of an operator may be left out.
//! Source: Entra's "Filter for devices" and, for precedence, "Dynamic membership rules".

mod judge;
mod parse;
mod token;

use std::fmt;

pub use judge::{Fact, Subject};

use crate::policy::truth::Truth;

/// The longest rule that Entra takes, in characters.
pub const LONGEST: usize = 3072;

/// A rule, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule(Expr);

impl Rule {
    /// Reads a rule on devices.
    ///
    /// # Errors
    ///
    /// The text is not of the language; the error says where and what was expected there.
    pub fn of_devices(text: &str) -> Result<Self, Error> {
        parse::rule(text, Vocabulary::Devices).map(Self)
    }

    /// Reads a rule on custom security attributes.
    ///
    /// # Errors
    ///
    /// The text is not of the language; the error says where and what was expected there.
    pub fn of_attributes(text: &str) -> Result<Self, Error> {
        parse::rule(text, Vocabulary::Attributes).map(Self)
    }

    /// Whether the rule holds for `subject`.
    pub fn holds<S: Subject>(&self, subject: &S) -> Truth {
        judge::holds(&self.0, subject)
    }
}

/// What a rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vocabulary {
    Devices,
    Attributes,
}

#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Not(Box<Expr>),
    Test(Test),
}

#[derive(Clone, Debug, PartialEq)]
struct Test {
    /// The property without its prefix, in the writing of the documents where it is a known one.
    property: String,
    operator: Operator,
    /// Whether the operator is a negative one, such as `-notContains`.
    negated: bool,
    values: Vec<String>,
}

/// The operators, each of which has a negative twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
    In,
}

/// Why a text is not a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where, in characters from 1.
    pub position: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.position, self.message)
    }
}

impl std::error::Error for Error {}
