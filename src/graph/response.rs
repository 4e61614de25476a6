//! What Graph answered, decoded: a success, or the reason why not.

use serde_json::Value;

use super::error::{CONCURRENCY, Error, Refusal, RefusalDetail};
use super::request::{Method, Request};

/// What a claims challenge calls itself
/// (<https://learn.microsoft.com/entra/identity-platform/claims-challenge>).
pub(super) const CHALLENGE: &str = "insufficient_claims";

/// A successful answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// Headers of interest, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; null when empty.
    pub body: Value,
}

impl Response {
    /// A header of interest, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// The headers that are kept.
pub(super) const OF_INTEREST: &[&str] = &[
    "request-id",
    "client-request-id",
    "date",
    "location",
    "operation-location",
    "etag",
    "retry-after",
    "preference-applied",
    "www-authenticate",
    "x-ms-resource-unit",
    "x-ms-throttle-limit-percentage",
    "x-ms-throttle-scope",
    "x-ms-throttle-information",
];

/// An answer before it is judged, alone or out of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

/// A body that may not be what was promised.
#[derive(Clone, Debug, Default)]
pub(super) enum Body {
    #[default]
    Empty,
    Json(Value),
    /// Not JSON; the beginning of it.
    Foreign(String),
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Body {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Body::Empty;
        }
        match serde_json::from_slice(bytes) {
            Ok(value) => Body::Json(value),
            Err(_) => {
                let start = &bytes[..bytes.len().min(200)];
                Body::Foreign(String::from_utf8_lossy(start).into_owned())
            }
        }
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The answer as a value or as the reason why there is none.
    pub(super) fn judge(self, request: &Request) -> Result<Response, Error> {
        if !(200..300).contains(&self.status) {
            return Err(Error::Refused(Box::new(self.refusal(request))));
        }
        let body = match self.body {
            // To whom it is told as an empty object, one that exists would be gone.
            Body::Empty if self.status == 200 && request.method == Method::Get => {
                return Err(Error::Malformed {
                    method: request.method,
                    path: request.path.clone(),
                    message: "success, and no body".to_owned(),
                    answer_lost: false,
                });
            }
            Body::Empty => Value::Null,
            Body::Json(body) => body,
            Body::Foreign(start) => {
                return Err(Error::Malformed {
                    method: request.method,
                    path: request.path.clone(),
                    message: format!("a body that is not JSON, beginning with `{start}`"),
                    answer_lost: !request.is_repeatable(),
                });
            }
        };
        Ok(Response { status: self.status, headers: self.headers, body })
    }

    /// Whether the write was refused because another was under way.
    pub(super) fn lost_a_race(&self) -> bool {
        self.status == 409
            && matches!(&self.body, Body::Json(body) if body["error"]["code"] == CONCURRENCY)
    }

    fn refusal(self, request: &Request) -> Refusal {
        let header = |name| self.header(name).map(str::to_owned);
        let mut refusal = Refusal {
            method: request.method,
            path: request.path.clone(),
            status: self.status,
            request_id: header("request-id"),
            client_request_id: header("client-request-id"),
            date: header("date"),
            answer_lost: !request.is_repeatable() && may_have_happened(self.status),
            ..Refusal::default()
        };
        match &self.body {
            Body::Json(body) => read_error(&mut refusal, &body["error"]),
            Body::Foreign(start) => refusal.message = format!("`{start}`"),
            Body::Empty => {}
        }
        // A claims challenge: Conditional Access wants more than any token of this sign-in has.
        let challenge = self.header("www-authenticate").unwrap_or_default();
        if challenge.contains(CHALLENGE) {
            refusal.inner_code = Some(CHALLENGE.to_owned());
        }
        refusal
    }
}

/// Whether a service that answers so may have done what was asked.
///
/// 501 says that it cannot. Any other 5xx may come from a gateway in front of the service.
pub(super) fn may_have_happened(status: u16) -> bool {
    status == 408 || (status >= 500 && status != 501)
}

/// Reads `error{code, message, innerError{...}, details[]}`; `innerError` comes in two spellings
/// and nests.
fn read_error(refusal: &mut Refusal, error: &Value) {
    // Sign-in style errors (`{"error": "invalid_request", ...}`) reach us from gateways.
    if let Some(text) = error.as_str() {
        refusal.code = text.to_owned();
    }
    refusal.code = text(error, "code").unwrap_or_else(|| std::mem::take(&mut refusal.code));
    refusal.message = text(error, "message").unwrap_or_default();
    let mut inner = inner_of(error);
    while let Some(level) = inner {
        // A throttled answer repeats its status there; that is no code.
        let code = text(level, "code").filter(|c| c.parse::<u16>().is_err() && !c.is_empty());
        if let Some(code) = code.filter(|code| *code != refusal.code) {
            refusal.inner_code = Some(code);
        }
        for (property, slot) in [
            ("request-id", &mut refusal.request_id),
            ("client-request-id", &mut refusal.client_request_id),
            ("date", &mut refusal.date),
        ] {
            if let Some(value) = text(level, property) {
                *slot = Some(value);
            }
        }
        inner = inner_of(level);
    }
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    refusal.details = details
        .iter()
        .map(|detail| RefusalDetail {
            code: text(detail, "code").unwrap_or_default(),
            message: text(detail, "message").unwrap_or_default(),
            target: text(detail, "target"),
        })
        .collect();
}

fn inner_of(level: &Value) -> Option<&Value> {
    let object = level.as_object()?;
    object.iter().find(|(name, _)| name.eq_ignore_ascii_case("innererror")).map(|(_, inner)| inner)
}

fn text(value: &Value, property: &str) -> Option<String> {
    value.get(property)?.as_str().map(str::to_owned)
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refused(status: u16, body: Value) -> Refusal {
        let answer = Answer { status, body: Body::Json(body), ..Answer::default() };
        match answer.judge(&Request::post("/x", Value::Null)) {
            Err(Error::Refused(refusal)) => *refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_spellings_and_nesting() {
        for spelling in ["innerError", "innererror"] {
            let refusal = refused(
                400,
                json!({"error": {"code": "badRequest", "message": "m", spelling: {
                    "code": "invalidRange", "request-id": "r", "date": "d", "client-request-id": "c",
                    spelling: {"code": "deepest"},
                }}}),
            );
            assert_eq!(refusal.code, "badRequest");
            assert_eq!(refusal.inner_code.as_deref(), Some("deepest"));
            assert_eq!(refusal.request_id.as_deref(), Some("r"));
            assert_eq!(refusal.client_request_id.as_deref(), Some("c"));
            assert_eq!(refusal.date.as_deref(), Some("d"));
        }
    }

    #[test]
    fn a_status_repeated_inside_is_no_code() {
        let refusal = refused(
            429,
            json!({"error": {"code": "TooManyRequests", "innerError": {"code": "429"}}}),
        );
        assert_eq!(refusal.inner_code, None);
    }

    #[test]
    fn odd_bodies() {
        for body in [json!({}), json!([]), json!({"error": null}), json!({"error": {"code": 5}})] {
            assert_eq!(refused(400, body).code, "");
        }
        let page =
            Answer { status: 200, body: Body::read(b"<html>proxy</html>"), ..Answer::default() };
        let error = page.judge(&Request::get("/x")).unwrap_err();
        assert!(error.to_string().contains("beginning with `<html>"), "{error}");
        assert!(!error.answer_lost());
    }

    #[test]
    fn what_is_read_has_a_body() {
        let empty = |status| Answer { status, ..Answer::default() };
        let read = |status| empty(status).judge(&Request::get("/users/1"));
        assert!(read(200).unwrap_err().to_string().contains("success, and no body"));
        assert_eq!(read(204).unwrap().body, Value::Null);
        assert!(empty(200).judge(&Request::post("/groups", Value::Null)).is_ok());
    }

    #[test]
    fn a_claims_challenge_is_told_as_such() {
        let challenge = r#"Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3Nf""#;
        let headers = vec![("www-authenticate".to_owned(), challenge.to_owned())];
        let error = json!({"error": {"code": "InvalidAuthenticationToken", "message": "m"}});
        let answer = Answer { status: 401, headers, body: Body::Json(error) };
        let refused = answer.judge(&Request::get("/users/1")).unwrap_err();
        assert!(refused.has_code("insufficient_claims") && !refused.is_transient(), "{refused}");
    }

    #[test]
    fn lost_answers() {
        for (status, lost) in [(400, false), (429, false), (500, true), (501, false), (504, true)] {
            assert_eq!(refused(status, Value::Null).answer_lost, lost, "{status}");
        }
    }
}
