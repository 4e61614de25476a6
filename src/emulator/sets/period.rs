//! How long an assignment lasts: `requestSchedule`, with its start and its end of three kinds.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde_json::{Value, json};

use super::super::refusal::Outcome;
use super::super::set::Properties;
use super::privileged::refused;

/// The `scheduleInfo` of a request as Graph keeps it: a start that has passed becomes now.
pub(super) fn window(request: &Properties, now: Timestamp) -> Outcome<Value> {
    let wrong = |message: &str| refused("InvalidScheduleInfo", message);
    let info = request.get("scheduleInfo").filter(|info| info.is_object());
    let info = info.ok_or_else(|| wrong("scheduleInfo is missing."))?;
    let start = starts(info).map_or(now, |start| start.max(now));
    let expiration = &info["expiration"];
    let expiration = match expiration["type"].as_str() {
        Some("noExpiration") => json!({ "type": "noExpiration" }),
        Some("afterDateTime") if expiration["endDateTime"].is_string() => {
            json!({ "type": "afterDateTime", "endDateTime": expiration["endDateTime"] })
        }
        Some("afterDuration") if expiration["duration"].is_string() => {
            json!({ "type": "afterDuration", "duration": expiration["duration"] })
        }
        _ => return Err(wrong("The expiration of scheduleInfo is incomplete.")),
    };
    let info = json!({ "startDateTime": start.to_string(), "expiration": expiration });
    match ends(&info) {
        // It is over as soon as it began.
        Some(end) if end <= now => Ok(info),
        Some(end) if end.duration_since(start) < SignedDuration::from_mins(5) => Err(refused(
            "ActiveDurationTooShort",
            "The Active duration is too short. Miniumum Required is 5 minutes.",
        )),
        _ => Ok(info),
    }
}

pub(super) fn starts(info: &Value) -> Option<Timestamp> {
    info["startDateTime"].as_str()?.parse().ok()
}

pub(super) fn ends(info: &Value) -> Option<Timestamp> {
    let expiration = &info["expiration"];
    match expiration["endDateTime"].as_str() {
        Some(end) => end.parse().ok(),
        None => {
            let lasts = seconds(expiration["duration"].as_str()?)?;
            starts(info)?.checked_add(SignedDuration::from_secs(lasts)).ok()
        }
    }
}

/// How long it lasts; none: for good.
pub(super) fn lasts(info: &Value) -> Option<SignedDuration> {
    Some(ends(info)?.duration_since(starts(info)?))
}

pub(super) fn seconds(duration: &str) -> Option<i64> {
    let span: Span = duration.parse().ok()?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30;
    let rest = span.years(0).months(0).to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(days * 86_400 + rest.as_secs())
}
