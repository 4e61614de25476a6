//! What can go wrong between here and Graph, told apart by whose fault it is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::request::{Method, Request};

/// A failed operation; the variant names whose fault it is.
///
/// `Display` gives one sentence for a person. The questions ([`Error::is_not_found`] and its
/// siblings) are what code should ask; the records inside hold the rest.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing or cannot work; nothing was sent.
    #[error("{argument}: {message}")]
    Settings {
        /// The provider argument to look at.
        argument: &'static str,
        /// What is wrong and what to do.
        message: String,
    },
    /// No access token could be had; Graph was not asked.
    #[error("{0}")]
    SignIn(Box<SignIn>),
    /// Graph answered, and the answer is no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// No answer arrived.
    #[error("{}", unreachable_sentence(*method, path, *sent, &cause.to_string()))]
    Unreachable {
        /// What was sent.
        method: Method,
        /// Where to, relative to the version root.
        path: String,
        /// Whether the request may have reached Graph.
        sent: bool,
        /// Whether a second send could do harm.
        repeatable: bool,
        /// What the transport said.
        cause: Cause,
    },
    /// An answer arrived that is not what Graph's documentation promises.
    #[error("Graph answered {method} {path} with something unexpected: {message}")]
    Malformed {
        /// What was sent.
        method: Method,
        /// Where to, relative to the version root.
        path: String,
        /// What about the answer is wrong.
        message: String,
        /// Whether the write behind the answer happened all the same.
        answer_lost: bool,
    },
    /// An object lacks what was to be changed in it; nothing was written.
    #[error("{0}")]
    Lacking(String),
    /// The time given to the operation ran out.
    #[error("{}", deadline_sentence(what, *waited, last.as_deref()))]
    DeadlineExceeded {
        /// What was under way.
        what: String,
        /// How long it was tried.
        waited: Duration,
        /// Whether a write may have happened.
        answer_lost: bool,
        /// The last failure before time ran out.
        last: Option<Box<Error>>,
    },
    /// The operation was told to stop.
    #[error("{what} was cancelled")]
    Cancelled {
        /// What was under way.
        what: String,
        /// Whether a write may have happened.
        answer_lost: bool,
    },
}

/// Graph's refusal, as it told it.
///
/// Shape: <https://learn.microsoft.com/graph/errors>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What was asked for.
    pub method: Method,
    /// Where, relative to the version root.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// `error.code`; may be empty.
    pub code: String,
    /// The innermost code, where it says more than `code`.
    pub inner_code: Option<String>,
    /// `error.message`.
    pub message: String,
    /// Graph's id of the request.
    pub request_id: Option<String>,
    /// Our id of the request, as Graph echoes it.
    pub client_request_id: Option<String>,
    /// When Graph refused.
    pub date: Option<String>,
    /// `error.details`.
    pub details: Vec<RefusalDetail>,
    /// Whether the write may have happened in spite of the refusal.
    pub answer_lost: bool,
}

/// One entry of `error.details`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusalDetail {
    /// A code for this detail.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// The property that is meant.
    pub target: Option<String>,
}

/// Why no access token was given.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SignIn {
    /// The way of signing in that was tried, in words.
    pub credential: String,
    /// Entra's number without the letters, for example `7000215`.
    pub aadsts: Option<u32>,
    /// The OAuth error, for example `invalid_client`.
    pub code: Option<String>,
    /// What Entra, the metadata service or the tool said.
    pub message: String,
    /// What it means and which setting to look at, where known.
    pub advice: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Entra's id of the request.
    pub trace_id: Option<String>,
    /// Entra's id of the conversation.
    pub correlation_id: Option<String>,
    /// Whether a later try may succeed without any change.
    pub transient: bool,
}

/// A shared cause, printed with its whole chain.
#[derive(Clone, Debug)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Cause {
    pub(super) fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Cause {
        Cause(Arc::from(error.into()))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut said = self.0.to_string();
        let mut next = self.0.source();
        while let Some(error) = next {
            let text = error.to_string();
            if !said.contains(&text) {
                write!(f, ": {text}")?;
                said = text;
            }
            next = error.source();
        }
        Ok(())
    }
}

impl Error {
    /// Whether the object asked for does not exist (404, or 410).
    pub fn is_not_found(&self) -> bool {
        matches!(self.status(), Some(404 | 410))
    }

    /// Whether Graph asked to slow down (429).
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether the token's permissions did not suffice (403).
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(403)
    }

    /// Whether the object conflicts with another, or with another write (409, 412).
    pub fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(409 | 412))
    }

    /// Whether the same request may succeed later with nothing changed.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.is_transient(),
            Error::SignIn(sign_in) => sign_in.transient,
            Error::Unreachable { .. } | Error::DeadlineExceeded { .. } => true,
            Error::Settings { .. }
            | Error::Malformed { .. }
            | Error::Lacking(_)
            | Error::Cancelled { .. } => false,
        }
    }

    /// Whether the write may have happened although no success was told.
    ///
    /// Then look the object up before sending again: a create that is sent twice makes two.
    pub fn answer_lost(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.answer_lost,
            Error::Unreachable { sent, repeatable, .. } => *sent && !repeatable,
            Error::Malformed { answer_lost, .. }
            | Error::DeadlineExceeded { answer_lost, .. }
            | Error::Cancelled { answer_lost, .. } => *answer_lost,
            Error::Settings { .. } | Error::SignIn(_) | Error::Lacking(_) => false,
        }
    }

    /// Graph's own code, the innermost that it gave.
    pub fn graph_code(&self) -> Option<&str> {
        let refusal = self.refusal()?;
        let code = refusal.inner_code.as_deref().unwrap_or(&refusal.code);
        (!code.is_empty()).then_some(code)
    }

    /// Graph's refusal, also when it stands behind a deadline that ran out.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) => Some(refusal),
            Error::DeadlineExceeded { last: Some(last), .. } => last.refusal(),
            _ => None,
        }
    }

    /// Whether the refusal carries this code, at any level.
    pub fn has_code(&self, code: &str) -> bool {
        self.refusal().is_some_and(|refusal| {
            refusal.code.eq_ignore_ascii_case(code)
                || refusal.inner_code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code))
        })
    }

    /// The same failure, told of `request`, which was one of several that failed together.
    pub(super) fn about(mut self, request: &Request) -> Error {
        let once = !request.is_repeatable();
        match &mut self {
            Error::Refused(refusal) => {
                refusal.method = request.method;
                refusal.path.clone_from(&request.path);
                refusal.answer_lost &= once;
            }
            Error::Unreachable { method, path, repeatable, .. } => {
                *method = request.method;
                path.clone_from(&request.path);
                *repeatable = !once;
            }
            Error::Malformed { method, path, answer_lost, .. } => {
                *method = request.method;
                path.clone_from(&request.path);
                *answer_lost &= once;
            }
            Error::DeadlineExceeded { answer_lost, .. } | Error::Cancelled { answer_lost, .. } => {
                *answer_lost &= once;
            }
            Error::Settings { .. } | Error::SignIn(_) | Error::Lacking(_) => {}
        }
        self
    }

    /// The status of Graph's refusal.
    fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    pub(super) fn settings(argument: &'static str, message: impl Into<String>) -> Error {
        Error::Settings { argument, message: message.into() }
    }
}

impl Refusal {
    /// Whether the same request may succeed later with nothing changed.
    pub fn is_transient(&self) -> bool {
        match self.status {
            408 | 423 | 429 | 500 | 502 | 503 | 504 | 509 => true,
            409 => self.code.eq_ignore_ascii_case(CONCURRENCY),
            _ => false,
        }
    }
}

/// The code of a write that lost a race against another write to the same object.
pub(super) const CONCURRENCY: &str = "Directory_ConcurrencyViolation";

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { method, path, status, code, message, .. } = self;
        write!(f, "Graph refused {method} {path} with status {status}")?;
        match self.inner_code.as_deref() {
            Some(inner) if !code.is_empty() => write!(f, " ({code}, {inner})")?,
            Some(inner) => write!(f, " ({inner})")?,
            None if !code.is_empty() => write!(f, " ({code})")?,
            None => {}
        }
        if !message.is_empty() {
            write!(f, ": {}", message.trim_end())?;
        }
        for detail in &self.details {
            let target = detail.target.as_deref().unwrap_or("detail");
            write!(f, " [{target}: {}]", detail.message)?;
        }
        Ok(())
    }
}

impl fmt::Display for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sign-in with {} failed", self.credential)?;
        match (self.aadsts, &self.code) {
            (Some(number), _) => write!(f, " (AADSTS{number})")?,
            (None, Some(code)) => write!(f, " ({code})")?,
            (None, None) => {}
        }
        write!(f, ": {}", self.message)?;
        match &self.advice {
            Some(advice) => write!(f, " {advice}"),
            None => Ok(()),
        }
    }
}

fn unreachable_sentence(method: Method, path: &str, sent: bool, cause: &str) -> String {
    match sent {
        true => format!("the answer to {method} {path} was lost: {cause}"),
        false => format!("Graph cannot be reached for {method} {path}: {cause}"),
    }
}

fn deadline_sentence(what: &str, waited: Duration, last: Option<&Error>) -> String {
    let seconds = waited.as_secs_f64();
    let last = last.map(|e| format!("; the last failure was: {e}")).unwrap_or_default();
    format!("{what} was given up after {seconds:.0} s{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, code: &str, expected: &[&str]) {
        let error =
            Error::Refused(Box::new(Refusal { status, code: code.into(), ..Refusal::default() }));
        let answers = [
            ("not found", error.is_not_found()),
            ("throttled", error.is_throttled()),
            ("forbidden", error.is_forbidden()),
            ("conflict", error.is_conflict()),
            ("transient", error.is_transient()),
        ];
        let yes: Vec<_> = answers.iter().filter(|(_, yes)| *yes).map(|(name, _)| *name).collect();
        assert_eq!(yes, expected, "{status} {code}");
    }

    #[test]
    fn questions() {
        check(404, "Request_ResourceNotFound", &["not found"]);
        check(403, "Authorization_RequestDenied", &["forbidden"]);
        check(409, "Directory_ConcurrencyViolation", &["conflict", "transient"]);
        check(409, "Conflict", &["conflict"]);
        check(412, "", &["conflict"]);
        check(429, "TooManyRequests", &["throttled", "transient"]);
        check(503, "", &["transient"]);
        check(400, "Request_BadRequest", &[]);
    }

    #[test]
    fn sentence() {
        let refusal = Refusal {
            method: Method::Post,
            path: "/groups".into(),
            status: 400,
            code: "Request_BadRequest".into(),
            message: "Invalid value.".into(),
            details: vec![RefusalDetail {
                code: "x".into(),
                message: "taken".into(),
                target: Some("mailNickname".into()),
            }],
            ..Refusal::default()
        };
        assert_eq!(
            refusal.to_string(),
            "Graph refused POST /groups with status 400 (Request_BadRequest): Invalid value. \
             [mailNickname: taken]"
        );
    }
}
