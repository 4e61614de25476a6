//! Diagnostics and the paths in them.

use crate::plugin::proto::tfplugin6::attribute_path::{self, step::Selector};
use crate::plugin::proto::tfplugin6::{AttributePath, Diagnostic as Proto, diagnostic};
use crate::terraform::{Diagnostic, Diagnostics, Path, Severity, Step};

/// What the user is told.
pub fn diagnostics(diagnostics: Diagnostics) -> Vec<Proto> {
    diagnostics.into_iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: Diagnostic) -> Proto {
    let severity = match diagnostic.severity {
        Severity::Error => diagnostic::Severity::Error,
        Severity::Warning => diagnostic::Severity::Warning,
    };
    Proto {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: diagnostic.path.as_ref().map(path),
    }
}

/// Where in a value something is.
pub fn path(path: &Path) -> AttributePath {
    let steps = path.steps().iter().map(|step| {
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        };
        attribute_path::Step { selector: Some(selector) }
    });
    AttributePath { steps: steps.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_keeps_all_its_parts() {
        let warning = Diagnostic::warning("Odd", "Look there.");
        let error = Diagnostic::error("Bad", "").at(Path::attribute("a").index(3).key("k"));
        let [warning, error] =
            diagnostics([warning, error].into_iter().collect()).try_into().unwrap();
        assert_eq!(warning.severity(), diagnostic::Severity::Warning);
        assert_eq!((warning.summary.as_str(), warning.detail.as_str()), ("Odd", "Look there."));
        assert_eq!(warning.attribute, None);
        assert_eq!(error.severity(), diagnostic::Severity::Error);
        let steps: Vec<_> =
            error.attribute.unwrap().steps.into_iter().filter_map(|step| step.selector).collect();
        assert_eq!(
            steps,
            [
                Selector::AttributeName("a".into()),
                Selector::ElementKeyInt(3),
                Selector::ElementKeyString("k".into()),
            ]
        );
    }
}
