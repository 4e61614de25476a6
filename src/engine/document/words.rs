//! The words of the documentation: enumerations, permissions, limits and rules as sentences.

use crate::declare::{Check, Rule, Stream};

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
                (0, most) => format!("At most {most} elements."),
                (least, most) => format!("From {least} to {most} elements."),
            }
        }
        // The sentence of a pattern is made for the error; the documentation of the attribute says
        // in words of its own what the text looks like.
        Check::Pattern(..) => String::new(),
    }
}

/// 3072 as people write it: `3,072`.
fn thousands(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1000), number % 1000),
    }
}

/// What attributes must satisfy together, as a sentence. `is_set` says of which attributes the value
/// is a set.
pub(super) fn rule(rule: &Rule, is_set: impl Fn(&str) -> bool) -> String {
    let has = |name| if is_set(name) { "includes" } else { "is" };
    match rule {
        Rule::ExactlyOneOf(names) => format!("Exactly one of {} is set.", list(names, "and")),
        Rule::AtLeastOneOf(names) => format!("At least one of {} is set.", list(names, "and")),
        Rule::AtMostOneOf(names) => format!("At most one of {} is set.", list(names, "and")),
        Rule::Together(names) => format!("{} are set together.", list(names, "and")),
        Rule::Needs(name, values, others) => format!(
            "Where `{name}` {} {}, {} must be set.",
            has(name),
            list(values, "or"),
            list(others, "and")
        ),
        Rule::Excludes(name, values, others) => format!(
            "Where `{name}` {} {}, {} must not be set.",
            has(name),
            list(values, "or"),
            list(others, "and")
        ),
    }
}

/// What a stream takes, and how its changes are noticed.
pub(super) fn stream(stream: &Stream) -> String {
    let names: Vec<_> = stream.formats.iter().map(|format| format.name()).collect();
    let mut text = names.join(" or ");
    if let Some((width, height)) = stream.pixels {
        text += &format!(", {width} x {height} pixels at most");
    }
    if let Some(bytes) = stream.bytes {
        text += &format!(", {} KB at most", bytes / 1024);
    }
    text + ". Content that was changed elsewhere is uploaded again."
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
        check(Check::Count(1, 300), "Countries.", "From 1 to 300 elements.");
        check(Check::Range(1, 365), "Days.", "From 1 to 365.");
        check(Check::Pattern("^c", "c1 to c99"), "Names, `c1` to `c99`.", "");
    }

    #[test]
    fn rules_are_sentences() {
        let excludes = Rule::Excludes("kind", &["a", "b"], &["x.y"]);
        assert_eq!(
            rule(&excludes, |_| false),
            "Where `kind` is `a` or `b`, `x.y` must not be set."
        );
        let needs = Rule::Needs("kinds", &["a"], &["b", "c"]);
        assert_eq!(rule(&needs, |_| true), "Where `kinds` includes `a`, `b` and `c` must be set.");
        assert_eq!(rule(&Rule::Together(&["a", "b"]), |_| false), "`a` and `b` are set together.");
    }
}
