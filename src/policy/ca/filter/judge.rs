//! Whether a rule holds.
//!
//! The rule of null (Entra's "Filter for devices"): a device that is not registered has no
//! properties, a positive test of it fails and a negative test of it succeeds. So positive filters
//! never reach unregistered devices, and negative ones always do.

use super::{Expr, Operator, Test};
use crate::policy::truth::Truth;

/// What a rule is judged against.
pub trait Subject {
    /// The property, by its name without prefix.
    fn property(&self, name: &str) -> Fact<'_>;
}

/// What is known of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<'a> {
    /// Nobody looked.
    Unknown,
    /// It has no value.
    Null,
    /// One text.
    Text(&'a str),
    /// Several texts; each counts as a whole.
    Many(Vec<&'a str>),
}

pub(super) fn holds<S: Subject>(expr: &Expr, subject: &S) -> Truth {
    match expr {
        Expr::Or(terms) => Truth::any(terms.iter().map(|term| holds(term, subject))),
        Expr::And(terms) => {
            terms.iter().fold(Truth::Yes, |so_far, term| so_far.and(holds(term, subject)))
        }
        Expr::Not(inner) => holds(inner, subject).not(),
        Expr::Test(test) => {
            let positive = match subject.property(&test.property) {
                Fact::Unknown => Truth::Maybe,
                Fact::Null => Truth::No,
                Fact::Text(text) => one(test, text).into(),
                Fact::Many(texts) => {
                    texts.iter().any(|text| test.values.iter().any(|v| same(v, text))).into()
                }
            };
            if test.negated { positive.not() } else { positive }
        }
    }
}

fn one(test: &Test, text: &str) -> bool {
    let text = text.to_lowercase();
    test.values.iter().any(|value| {
        let value = value.to_lowercase();
        match test.operator {
            Operator::Equals | Operator::In => text == value,
            Operator::StartsWith => text.starts_with(&value),
            Operator::EndsWith => text.ends_with(&value),
            Operator::Contains => text.contains(&value),
        }
    })
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::{Fact, Subject};
    use crate::policy::truth::Truth::{self, Maybe, No, Yes};

    struct Laptop;

    impl Subject for Laptop {
        fn property(&self, name: &str) -> Fact<'_> {
            match name {
                "isCompliant" => Fact::Text("True"),
                "model" => Fact::Text("Surface Pro"),
                "physicalIds" => Fact::Many(vec!["[ZTDId]:1", "[OrderID]:Sales"]),
                "mdmAppId" => Fact::Unknown,
                _ => Fact::Null,
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: Truth) {
        let rule = Rule::of_devices(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(rule.holds(&Laptop), expected, "{text}");
    }

    #[test]
    fn tests_are_judged() {
        check("device.isCompliant -eq True", Yes);
        check(r#"device.model -contains "FACE""#, Yes);
        check(r#"device.model -startsWith "Pro""#, No);
        check(r#"device.model -notEndsWith "Pro""#, No);
        check(r#"device.model -in ["x", "surface pro"]"#, Yes);
        check(r#"device.physicalIds -contains "[OrderID]:Sales""#, Yes);
        check(r#"device.physicalIds -contains "Sales""#, No);
    }

    #[test]
    fn null_fails_positive_tests_and_passes_negative_ones() {
        check(r#"device.trustType -eq "ServerAD""#, No);
        check(r#"device.trustType -ne "ServerAD""#, Yes);
        check(r#"device.extensionAttribute1 -notIn ["SAW"]"#, Yes);
        check(r#"-not device.trustType -eq "ServerAD""#, Yes);
    }

    #[test]
    fn what_is_not_known_stays_so_unless_the_rest_decides() {
        check(r#"device.mdmAppId -eq "x""#, Maybe);
        check(r#"device.mdmAppId -ne "x""#, Maybe);
        check(r#"device.mdmAppId -eq "x" -or device.isCompliant -eq True"#, Yes);
        check(r#"device.mdmAppId -eq "x" -and device.isCompliant -ne True"#, No);
    }

    #[test]
    fn and_binds_tighter_than_or() {
        let (yes, no) = ("device.isCompliant -eq True", "device.isCompliant -eq False");
        check(&format!("{yes} -or {no} -and {no}"), Yes);
        check(&format!("({yes} -or {no}) -and {no}"), No);
        check(&format!("-not {no} -and {yes}"), Yes);
    }
}
