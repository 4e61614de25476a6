//! What becomes of a plan that an invariant of the identity model speaks against: what is certain is
//! refused always, what is doubtful where `invariants` of the provider block says so.

use serde_json::Value as Json;

use crate::terraform::{Diagnostic, Diagnostics, Severity};

/// The same, with a word of doubt for an error where that is wanted. An invariant is known by its number.
pub(super) fn strictly(provider: &Json, told: Diagnostics) -> Diagnostics {
    if provider["invariants"] != "error" {
        return told;
    }
    let mut stops = Diagnostics::new();
    stops.extend(told.iter().cloned().map(|one| match is_of_invariant(&one.summary) {
        true => Diagnostic { severity: Severity::Error, ..one },
        false => one,
    }));
    stops
}

/// Whether a summary begins with the number of an invariant, alone or behind that of a lockout rule, which
/// nobody acknowledged.
fn is_of_invariant(summary: &str) -> bool {
    let (numbers, _) = summary.split_once(": ").unwrap_or_default();
    numbers.rsplit(", ").next().is_some_and(|last| last.starts_with("INV-") && !last.contains(' '))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn doubt_stops_where_it_is_to() {
        for (summary, expected) in [
            ("INV-07: leaked credentials", true),
            ("L-10, INV-21: a context protects nothing", true),
            ("L-10, INV-21 (acknowledged): a context protects nothing", false),
            ("L-10: a policy", false),
            ("Policy \"INV-07: x\" is new", false),
            ("INV-07", false),
        ] {
            let mut told = Diagnostics::new();
            told.push(Diagnostic::warning(summary, "."));
            assert!(!strictly(&json!({}), told.clone()).has_errors(), "{summary}");
            assert!(!strictly(&json!({ "invariants": "warn" }), told.clone()).has_errors());
            let strict = strictly(&json!({ "invariants": "error" }), told);
            assert_eq!(strict.has_errors(), expected, "{summary}");
        }
    }
}
