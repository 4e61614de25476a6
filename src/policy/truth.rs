//! Yes, no, and not known.
//!
//! At plan time much is not known: the id of a group that is not made yet, who is in it, where a
//! sign-in will come from. Two-valued logic would have to guess, and a guard that guesses either
//! cries wolf or sleeps. So every test answers with one of three values (Kleene's logic), and only
//! the last step, a [`Mode`](super::ca::Mode), says what becomes of those not known.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The answer of a test. Ordered, so that "and" is the least and "or" the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Truth {
    /// It is not so.
    No,
    /// It cannot be told from what is known.
    Maybe,
    /// It is so.
    Yes,
}

impl Truth {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The contrary. What is not known stays so.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads as the other two connectives do")]
    pub fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    /// Whether any of `tests` holds.
    pub fn any(tests: impl IntoIterator<Item = Self>) -> Self {
        tests.into_iter().fold(Self::No, Self::or)
    }

    /// Whether it is certainly so.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Whether it is certainly not so.
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// Whether it is not known.
    pub fn is_maybe(self) -> bool {
        self == Self::Maybe
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Maybe, Self::from)
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::No => "no",
            Self::Maybe => "not known",
            Self::Yes => "yes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, Maybe, No, Yes};

    #[test]
    fn the_connectives_are_those_of_kleene() {
        let table = [
            (No, No, No, No),
            (No, Maybe, No, Maybe),
            (No, Yes, No, Yes),
            (Maybe, Maybe, Maybe, Maybe),
            (Maybe, Yes, Maybe, Yes),
            (Yes, Yes, Yes, Yes),
        ];
        for (a, b, and, or) in table {
            assert_eq!((a.and(b), a.or(b)), (and, or), "{a} {b}");
            assert_eq!((b.and(a), b.or(a)), (and, or), "{b} {a}");
            assert_eq!(a.and(b).not(), a.not().or(b.not()), "de Morgan: {a} {b}");
        }
        assert_eq!(Truth::any([]), No);
    }
}
