//! `$batch`: up to twenty requests in one, each answered on its own.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::refusal::{Outcome, Refusal};

/// One request of a batch.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path after the version, with its query.
    pub(crate) url: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Option<Value>,
    depends_on: Vec<String>,
}

/// The answer to one request of a batch.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Value>,
}

const MOST: usize = 20;

pub(crate) fn read(body: &Value) -> Outcome<Vec<Item>> {
    let wrong = |what: &str| Refusal::bad_request(format!("Invalid batch payload format: {what}."));
    let requests = body
        .get("requests")
        .and_then(Value::as_array)
        .ok_or_else(|| wrong("'requests' is missing"))?;
    if requests.is_empty() || requests.len() > MOST {
        return Err(wrong("a batch holds 1 to 20 requests"));
    }
    let mut items: Vec<Item> = Vec::new();
    for request in requests {
        let text = |name: &str| request.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").ok_or_else(|| wrong("each request has an 'id'"))?;
        if items.iter().any(|i| i.id.eq_ignore_ascii_case(&id)) {
            return Err(wrong("the ids of requests are unique"));
        }
        let headers = request.get("headers").and_then(Value::as_object);
        let headers: HashMap<String, String> = headers
            .into_iter()
            .flatten()
            .map(|(n, v)| (n.to_lowercase(), v.as_str().unwrap_or_default().to_owned()))
            .collect();
        let body = request.get("body").filter(|b| !b.is_null()).cloned();
        if body.is_some() && !headers.contains_key("content-type") {
            return Err(wrong("a request with a body has a Content-Type header"));
        }
        let depends_on: Vec<String> =
            super::store::texts(request, "dependsOn").map(str::to_owned).collect();
        if depends_on.iter().any(|d| !items.iter().any(|i| i.id == *d)) {
            return Err(wrong("'dependsOn' names an earlier request"));
        }
        items.push(Item {
            id,
            method: text("method")
                .ok_or_else(|| wrong("each request has a 'method'"))?
                .to_uppercase(),
            url: format!(
                "/{}",
                text("url")
                    .ok_or_else(|| wrong("each request has a 'url'"))?
                    .trim_start_matches('/')
            ),
            headers,
            body,
            depends_on,
        });
    }
    Ok(items)
}

/// Answers all in their order; what depends on one that failed is not tried.
pub(crate) fn run(items: &[Item], mut answer: impl FnMut(&Item) -> Answer) -> Value {
    let mut failed: Vec<&str> = Vec::new();
    let mut responses = Vec::new();
    for item in items {
        let told = if item.depends_on.iter().any(|d| failed.contains(&d.as_str())) {
            let message = "A request that this one depends on failed.";
            let body = Refusal::new(424, "FailedDependency", message).body("", "");
            Answer { status: 424, headers: Map::new(), body: Some(body) }
        } else {
            answer(item)
        };
        if told.status >= 400 {
            failed.push(&item.id);
        }
        let mut headers = told.headers;
        if told.body.is_some() {
            headers.entry("Content-Type").or_insert_with(|| json!("application/json"));
        }
        let mut response = json!({ "id": item.id, "status": told.status, "headers": headers });
        if let Some(body) = told.body {
            response["body"] = body;
        }
        responses.push(response);
    }
    json!({ "responses": responses })
}
