//! Whether to send again, and when: pure rules over what happened.
//!
//! The rules are Graph's documented ones (<https://learn.microsoft.com/graph/errors>,
//! <https://learn.microsoft.com/graph/throttling>), with one of our own: a POST whose answer was
//! lost is never sent again here, because only the caller can find out whether it happened.

use std::time::{Duration, SystemTime};

use super::request::Request;
use super::response::Answer;
use super::settings::Limits;
use super::wire::Broken;

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The answer stands, good or bad.
    Final,
    /// The token was not accepted: send once more with a new one.
    NewToken,
    /// The service asked all its callers to slow down. Tried until the deadline.
    SlowDown(Option<Duration>),
    /// This request failed in passing. Tried a bounded number of times.
    Again(Option<Duration>),
}

/// Judges an answer.
pub(super) fn after_answer(request: &Request, answer: &Answer, now: SystemTime) -> Verdict {
    let asked = || answer.header("retry-after").and_then(|text| retry_after(text, now));
    match answer.status {
        401 => Verdict::NewToken,
        429 => Verdict::SlowDown(asked()),
        // A service that says when to come back says that it did not take the request.
        503 if asked().is_some() => Verdict::SlowDown(asked()),
        423 => Verdict::Again(asked()),
        409 if answer.lost_a_race() => Verdict::Again(asked()),
        408 | 500 | 502 | 503 | 504 if request.is_repeatable() => Verdict::Again(asked()),
        _ => Verdict::Final,
    }
}

/// Judges an attempt that brought no answer.
pub(super) fn after_silence(request: &Request, broken: &Broken) -> Verdict {
    match broken.sent && !request.is_repeatable() {
        true => Verdict::Final,
        false => Verdict::Again(None),
    }
}

/// The wait that a `Retry-After` header asks for, in seconds or until a date.
///
/// Graph often sends 0, which taken literally means to hammer: it counts as absent, and so
/// does a date that has passed and anything that cannot be read.
pub(super) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok()?,
    };
    (!wait.is_zero()).then_some(wait)
}

/// The wait before try `attempt` (from 1) when nobody asked for one: anything between nothing
/// and twice the last bound, so that callers who failed together do not come back together.
pub(super) fn backoff(limits: &Limits, attempt: u32, random: f64) -> Duration {
    bound(limits, attempt).mul_f64(random.clamp(0.0, 1.0))
}

/// The wait of a whole family that was throttled without being told for how long.
///
/// Everybody waits for the same moment, so jitter must not make it short.
pub(super) fn pause(limits: &Limits, streak: u32) -> Duration {
    bound(limits, streak.saturating_add(1))
}

fn bound(limits: &Limits, attempt: u32) -> Duration {
    let doubled = 2u32.saturating_pow(attempt.saturating_sub(1).min(30));
    limits.backoff.saturating_mul(doubled).min(limits.longest_backoff)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::graph::response::Body;

    #[track_caller]
    fn check(request: &Request, status: u16, header: Option<&str>, expected: Verdict) {
        let headers =
            header.map(|h| ("retry-after".to_owned(), h.to_owned())).into_iter().collect();
        let answer = Answer { status, headers, body: Body::Empty };
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        assert_eq!(after_answer(request, &answer, now), expected, "{status} {header:?}");
    }

    #[test]
    fn the_documented_table() {
        let get = Request::get("/x");
        let post = Request::post("/x", Value::Null);
        let secs = |s| Some(Duration::from_secs(s));
        for request in [&get, &post] {
            check(request, 200, None, Verdict::Final);
            check(request, 400, None, Verdict::Final);
            check(request, 403, None, Verdict::Final);
            check(request, 404, None, Verdict::Final);
            check(request, 409, None, Verdict::Final);
            check(request, 501, None, Verdict::Final);
            check(request, 401, None, Verdict::NewToken);
            check(request, 423, None, Verdict::Again(None));
            check(request, 429, None, Verdict::SlowDown(None));
            check(request, 429, Some("0"), Verdict::SlowDown(None));
            check(request, 429, Some("10"), Verdict::SlowDown(secs(10)));
            check(request, 429, Some("Wed, 21 Oct 2026 07:28:07 GMT"), Verdict::SlowDown(secs(7)));
            check(request, 429, Some("Wed, 21 Oct 2026 07:27:00 GMT"), Verdict::SlowDown(None));
            check(request, 429, Some("soon"), Verdict::SlowDown(None));
            check(request, 429, Some("-1"), Verdict::SlowDown(None));
            check(request, 503, Some("3"), Verdict::SlowDown(secs(3)));
        }
        for status in [500, 502, 503, 504] {
            check(&get, status, None, Verdict::Again(None));
            check(&post, status, None, Verdict::Final);
            check(&post.clone().repeatable(), status, None, Verdict::Again(None));
        }
    }

    #[test]
    fn a_lost_race_is_run_again() {
        let answer = Answer {
            status: 409,
            body: Body::Json(json!({"error": {"code": "Directory_ConcurrencyViolation"}})),
            ..Answer::default()
        };
        let post = Request::post("/x", Value::Null);
        assert_eq!(after_answer(&post, &answer, SystemTime::now()), Verdict::Again(None));
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        let limits = Limits::default();
        let waits: Vec<_> = (1..=9).map(|n| backoff(&limits, n, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
        assert_eq!(backoff(&limits, 5, 0.0), Duration::ZERO);
        assert_eq!(backoff(&limits, u32::MAX, 0.5), Duration::from_secs(15));
        assert_eq!(pause(&limits, 0), Duration::from_millis(500));
    }
}
