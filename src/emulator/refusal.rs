//! What Graph says when it refuses: a status, a code, a message, in the documented body.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A refused request.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// `error.details`: code, message, target.
    pub(crate) details: Option<Box<(&'static str, String, String)>>,
    pub(crate) retry_after: Option<u64>,
}

pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), details: None, retry_after: None }
    }

    /// What the directory says of a body or reference that it cannot take.
    pub(crate) fn directory(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "Request_BadRequest", message)
    }

    /// What the other services, and the parser in front of all of them, say.
    pub(crate) fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "BadRequest", message)
    }

    pub(crate) fn unsupported_query(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "Request_UnsupportedQuery", message)
    }

    pub(crate) fn no_such_object(id: &str) -> Refusal {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Refusal::new(404, "Request_ResourceNotFound", message)
    }

    pub(crate) fn no_such_segment(segment: &str) -> Refusal {
        Refusal::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    pub(crate) fn method_not_allowed() -> Refusal {
        let message = "Specified HTTP method is not allowed for the request target.";
        Refusal::new(405, "Request_BadRequest", message)
    }

    /// Another object holds the value that must be this one's alone.
    pub(crate) fn taken(property: &str) -> Refusal {
        let message =
            format!("Another object with the same value for property {property} already exists.");
        let mut refusal = Refusal::directory(message.clone());
        refusal.details = Some(Box::new(("ObjectConflict", message, property.to_owned())));
        refusal
    }

    pub(crate) fn throttled(retry_after: Option<u64>) -> Refusal {
        let mut refusal = Refusal::new(429, "TooManyRequests", "Please retry again later.");
        refusal.retry_after = retry_after;
        refusal
    }

    /// The body, with the ids by which support finds a request.
    pub(crate) fn body(&self, request_id: &str, client_request_id: &str) -> Value {
        let date = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let mut inner = json!({
            "date": date,
            "request-id": request_id,
            "client-request-id": client_request_id,
        });
        if self.status == 429 {
            inner["code"] = json!("429");
            inner["status"] = json!("429");
            inner["message"] = json!("Please retry after");
        }
        let mut error = json!({ "code": self.code, "message": self.message, "innerError": inner });
        if let Some((code, message, target)) = self.details.as_deref() {
            error["details"] = json!([{ "code": code, "message": message, "target": target }]);
        }
        json!({ "error": error })
    }
}
