//! What in a policy goes wrong when it is evaluated, told at plan in Terraform's names.

use super::contradictions::path;
use crate::declare::{Answers, Finding, Inquiry, Question};
use crate::policy::ca::{self, Policy};
use crate::terraform::Severity;

/// What takes knowledge of how policies are evaluated. It needs no facts, but the policy in Graph's
/// shape.
pub(super) fn in_evaluation(question: &Question<'_>, _: &Answers) -> Inquiry<Vec<Finding>> {
    let policy = Policy::from_graph(question.planned).ok();
    let found = policy.iter().flat_map(ca::contradictions).map(|found| Finding {
        severity: if found.is_error { Severity::Error } else { Severity::Warning },
        path: path(&snake(found.path)),
        summary: found.summary,
        detail: found.detail.to_owned(),
    });
    Inquiry::Concluded(found.collect())
}

/// `signInFrequency` is `sign_in_frequency`.
fn snake(property: &str) -> String {
    property.chars().fold(String::new(), |mut name, letter| {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
        name
    })
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn paths_are_in_the_names_of_attributes() {
        assert_eq!(snake("sessionControls.signInFrequency"), "session_controls.sign_in_frequency");
    }
}
