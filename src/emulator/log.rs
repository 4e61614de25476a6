//! The log of requests, with what is secret in them masked.

use serde_json::{Value, json};

/// A request that was answered.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    /// Milliseconds since the start.
    pub(crate) at: u128,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) status: u16,
    pub(crate) request: Option<Value>,
    /// The error's code and message, when it was refused.
    pub(crate) refused: Option<String>,
    /// The fault that befell it.
    pub(crate) fault: Option<String>,
    /// Whether it came within a batch.
    pub(crate) batched: bool,
}

impl Entry {
    pub(crate) fn told(&self) -> Value {
        json!({
            "number": self.number,
            "at": u64::try_from(self.at).unwrap_or(u64::MAX),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "body": self.request,
            "refused": self.refused,
            "fault": self.fault,
            "batched": self.batched,
        })
    }
}

const SECRET: &[&str] =
    &["password", "secrettext", "client_secret", "client_assertion", "privatekey", "data", "key"];

/// A body without the secrets that it holds.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let secret = SECRET.contains(&name.to_lowercase().as_str())
                    && !value.is_null()
                    && !value.is_object();
                (name.clone(), if secret { json!("***") } else { masked(value) })
            })
            .collect(),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

/// A sign-in form without its secrets.
pub(crate) fn masked_form(body: &[u8]) -> Value {
    let fields = url::form_urlencoded::parse(body).into_owned();
    masked(&fields.map(|(name, value)| (name, json!(value))).collect())
}
