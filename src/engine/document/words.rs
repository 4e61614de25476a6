//! The words of the documentation: enumerations, permissions, limits and rules as sentences.

use crate::declare::{Check, Rule};

/// `a`, `b` and `c`, as code.
pub(super) fn list(names: &[impl AsRef<str>], conjunction: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}

/// `A.Read + B.Read`, which are needed together, as code.
pub(super) fn permission(permission: &str) -> String {
    list(&permission.split(" + ").collect::<Vec<_>>(), "and")
}

/// What a value must satisfy, where `doc` does not say so already; empty where it does.
pub(super) fn limit(check: &Check, doc: &str) -> String {
    let said = |number: &str| doc.contains(number);
    match *check {
        Check::Range(least, most) => {
            let (least, most) = (least.to_string(), most.to_string());
            if said(&most) { String::new() } else { format!("From {least} to {most}.") }
        }
        Check::Length(least, most) => {
            let most = thousands(most);
            match least {
                _ if said(&most) => String::new(),
                0 | 1 => format!("At most {most} characters."),
                least => format!("From {least} to {most} characters."),
            }
        }
        Check::Count(least, most) => {
            let most = thousands(most);
            match (least, most.as_str()) {
                (_, most) if said(most) => String::new(),
                (0, "1") => "At most one.".to_owned(),
                (0, most) => format!("At most {most}."),
                (least, most) => format!("From {least} to {most}."),
            }
        }
        // The sentence is made for "must be ..".
        Check::Pattern(_, says) => match doc.contains(says) {
            true => String::new(),
            false => format!("Must be {says}."),
        },
    }
}

/// 3072 as people write it: `3,072`.
fn thousands(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1000), number % 1000),
    }
}

/// What attributes must satisfy together, as a sentence.
pub(super) fn rule(rule: &Rule) -> String {
    match rule {
        Rule::ExactlyOneOf(names) => format!("Exactly one of {} is set.", list(names, "and")),
        Rule::AtLeastOneOf(names) => format!("At least one of {} is set.", list(names, "and")),
        Rule::AtMostOneOf(names) => format!("At most one of {} is set.", list(names, "and")),
        Rule::Together(names) => format!("{} are set together.", list(names, "and")),
        Rule::Needs(name, values, others) => {
            format!("`{name}` with {} needs {}.", list(values, "or"), list(others, "and"))
        }
        Rule::Excludes(name, values, others) => {
            format!("`{name}` with {} excludes {}.", list(values, "or"), list(others, "and"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_needed_together_are_joined() {
        assert_eq!(permission("A.Read"), "`A.Read`");
        assert_eq!(permission("A.Read + B.Read + C.Read"), "`A.Read`, `B.Read` and `C.Read`");
    }

    #[track_caller]
    fn check(limited: Check, doc: &str, sentence: &str) {
        assert_eq!(limit(&limited, doc), sentence);
    }

    #[test]
    fn limits_are_said_once() {
        check(Check::Length(1, 3072), "A rule.", "At most 3,072 characters.");
        check(Check::Length(1, 3072), "A rule. At most 3,072 characters.", "");
        check(Check::Length(8, 16), "A code.", "From 8 to 16 characters.");
        check(Check::Count(0, 1), "The number.", "At most one.");
        check(Check::Count(1, 300), "Countries.", "From 1 to 300.");
        check(Check::Range(1, 365), "Days.", "From 1 to 365.");
        check(Check::Pattern("^c", "c1 to c99"), "Names.", "Must be c1 to c99.");
        check(Check::Pattern("^c", "c1 to c99"), "Names, c1 to c99.", "");
    }

    #[test]
    fn rules_are_sentences() {
        let says = rule(&Rule::Excludes("kind", &["a", "b"], &["x.y"]));
        assert_eq!(says, "`kind` with `a` or `b` excludes `x.y`.");
        assert_eq!(rule(&Rule::Together(&["a", "b"])), "`a` and `b` are set together.");
    }
}
