//! What a user is told of a way to be locked out.

use std::fmt;

use serde::Serialize;

/// One way to be locked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule, such as `L-01`; by it a finding can be acknowledged.
    pub id: &'static str,
    /// The invariant of the identity model that it is, too, such as `INV-01`.
    pub invariant: Option<&'static str>,
    /// How bad it is.
    pub severity: Severity,
    /// The name of the policy, where one is the cause.
    pub policy: Option<String>,
    /// In one line what is wrong, without a full stop.
    pub summary: String,
    /// What would happen.
    pub consequence: String,
    /// To whom: names of accounts, or a description of them.
    pub whom: Vec<String>,
    /// What to do.
    pub remedy: String,
}

/// How bad a finding is. Ordered from the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It is certain to lock somebody out, or to disarm what protects from that.
    Error,
    /// It may, or it is a step on the way.
    Warning,
}

impl Finding {
    pub(in crate::policy) fn error(id: &'static str, summary: impl Into<String>) -> Self {
        Self {
            id,
            invariant: None,
            severity: Severity::Error,
            policy: None,
            summary: summary.into(),
            consequence: String::new(),
            whom: Vec::new(),
            remedy: String::new(),
        }
    }

    pub(in crate::policy) fn warning(id: &'static str, summary: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(id, summary) }
    }

    pub(in crate::policy) fn breaks(self, invariant: &'static str) -> Self {
        Self { invariant: Some(invariant), ..self }
    }

    pub(in crate::policy) fn of(self, policy: &str) -> Self {
        Self { policy: Some(policy.to_owned()), ..self }
    }

    pub(in crate::policy) fn would(self, consequence: impl Into<String>) -> Self {
        Self { consequence: consequence.into(), ..self }
    }

    pub(in crate::policy) fn to<T: Into<String>>(self, whom: impl IntoIterator<Item = T>) -> Self {
        Self { whom: whom.into_iter().map(Into::into).collect(), ..self }
    }

    pub(in crate::policy) fn fix(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    /// The numbers it goes by: `L-14`, or `L-14, INV-01`.
    pub fn numbers(&self) -> String {
        self.invariant.map_or_else(|| self.id.to_owned(), |also| format!("{}, {also}", self.id))
    }

    /// The detail of a diagnostic: what would happen, to whom, and what to do.
    pub fn detail(&self) -> String {
        let mut detail = self.consequence.clone();
        if !self.whom.is_empty() {
            detail.push_str(&format!("\n\nAffected: {}.", self.whom.join(", ")));
        }
        if !self.remedy.is_empty() {
            detail.push_str(&format!("\n\nTo fix it: {}", self.remedy));
        }
        detail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n\n{}", self.numbers(), self.summary, self.detail())
    }
}
