//! How long an operation may take, by the `timeouts` of its resource.

use std::time::Duration;

use jiff::SignedDuration;

use super::explain::Doing;
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

const MINUTE: u64 = 60;

/// The time of an operation on an object whose state or plan is `value`.
pub(super) fn of(value: &Value, doing: Doing) -> Duration {
    let (name, default) = match doing {
        Doing::Creating => ("create", 20),
        Doing::Reading | Doing::Importing => ("read", 5),
        Doing::Updating => ("update", 20),
        Doing::Deleting => ("delete", 20),
    };
    let configured = value.get("timeouts").get(name).as_str().and_then(parse);
    configured.unwrap_or(Duration::from_secs(default * MINUTE))
}

/// What is no length of time in a configuration.
pub(super) fn validate(config: &Value) -> Diagnostics {
    let timeouts = config.get("timeouts");
    let wrong = timeouts.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str()?;
        parse(text).is_none().then(|| {
            let summary = format!("timeouts.{name} is not a length of time");
            let detail = format!("{text:?} is not one; write it such as \"30m\" or \"1h30m\".");
            Diagnostic::error(summary, detail).at(Path::attribute("timeouts").at(name))
        })
    });
    wrong.collect()
}

fn parse(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.parse().ok()?;
    duration.try_into().ok().filter(|duration: &Duration| !duration.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(parse(text).map(|duration| duration.as_secs()), seconds, "{text}");
    }

    #[test]
    fn lengths_of_time_are_written_as_terraform_writes_them() {
        check("30m", Some(1800));
        check("1h30m", Some(5400));
        check("90s", Some(90));
        check("PT5M", Some(300));
        check("0s", None);
        check("-5m", None);
        check("soon", None);
    }

    #[test]
    fn what_is_not_configured_has_a_default() {
        let value = Value::from([("timeouts", Value::from([("create", "1h".into())]))]);
        assert_eq!(of(&value, Doing::Creating).as_secs(), 3600);
        assert_eq!(of(&value, Doing::Deleting).as_secs(), 1200);
        assert_eq!(of(&Value::Null, Doing::Reading).as_secs(), 300);
    }
}
