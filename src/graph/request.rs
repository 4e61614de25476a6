//! A request to Graph as a plain value: building is pure, sending is elsewhere.

use std::fmt;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

/// What to do with the resource at a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    #[default]
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

/// The version of Graph that a path belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// The supported one.
    #[default]
    V1,
    /// The one where things may change.
    Beta,
}

/// A request to Graph.
///
/// ```
/// use m365::graph::Request;
///
/// let request = Request::get("/groups")
///     .query("$select", "id,displayName")
///     .query("$filter", "startswith(displayName,'A')")
///     .header("ConsistencyLevel", "eventual");
/// assert_eq!(request.path, "/groups");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// Where: relative to the version root (`/groups/{id}`), possibly with a query, or a whole
    /// address that Graph gave (`@odata.nextLink`).
    pub path: String,
    /// The version that a relative path belongs to.
    pub version: Version,
    /// Query options, not yet encoded.
    pub query: Vec<(String, String)>,
    /// Headers beside those that every request carries.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
    /// The content of a stream, in place of a JSON body. It is in no log, and travels in no batch.
    pub content: Option<Content>,
    /// Names of properties, at any depth of both bodies, whose values no log may show.
    pub secrets: Vec<String>,
    /// Whether a POST may be sent again after its answer was lost. Other methods always may.
    pub repeatable: bool,
    /// Whether it is a question, although it is a POST.
    pub asks: bool,
}

/// The content of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The media type, such as `image/png`.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Bytes,
}

impl Request {
    /// Reads the resource at `path`.
    pub fn get(path: impl Into<String>) -> Request {
        Request::new(Method::Get, path)
    }

    /// Creates something below `path`, or calls an action.
    pub fn post(path: impl Into<String>, body: Value) -> Request {
        Request { body: Some(body), ..Request::new(Method::Post, path) }
    }

    /// Changes some properties of the resource at `path`.
    pub fn patch(path: impl Into<String>, body: Value) -> Request {
        Request { body: Some(body), ..Request::new(Method::Patch, path) }
    }

    /// Replaces the resource at `path`.
    pub fn put(path: impl Into<String>, body: Value) -> Request {
        Request { body: Some(body), ..Request::new(Method::Put, path) }
    }

    /// Replaces the stream at `path`.
    pub fn upload(path: impl Into<String>, content: Content) -> Request {
        Request { content: Some(content), ..Request::new(Method::Put, path) }
    }

    /// Deletes the resource at `path`.
    pub fn delete(path: impl Into<String>) -> Request {
        Request::new(Method::Delete, path)
    }

    /// Any method, no body.
    pub fn new(method: Method, path: impl Into<String>) -> Request {
        Request { method, path: path.into(), ..Request::default() }
    }

    /// Asks the beta version.
    pub fn beta(mut self) -> Request {
        self.version = Version::Beta;
        self
    }

    /// Adds a query option; `value` is encoded when sent.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Keeps the values of these properties out of every log.
    pub fn masking(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Request {
        self.secrets.extend(names.into_iter().map(Into::into));
        self
    }

    /// Declares that a POST may be sent twice without harm: it says how things are to be.
    pub fn repeatable(mut self) -> Request {
        self.repeatable = true;
        self
    }

    /// Declares that a POST changes nothing (a query by POST), and so may be sent twice, too.
    pub fn asking(mut self) -> Request {
        self.asks = true;
        self
    }

    /// Whether sending twice does no more than sending once.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable || self.asks || self.method != Method::Post
    }

    /// Whether Graph may change something.
    pub fn is_write(&self) -> bool {
        self.method != Method::Get && !self.asks
    }

    /// The path with its query, encoded, as it stands after the version root.
    ///
    /// An absolute address comes back unchanged.
    pub fn target(&self) -> String {
        let mut target = encode(&self.path, PATH);
        for (name, value) in &self.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&encode(name, QUERY));
            target.push('=');
            target.push_str(&encode(value, QUERY));
        }
        if !self.is_absolute() && !target.starts_with('/') {
            target.insert(0, '/');
        }
        target
    }

    /// Whether the path is a whole address.
    pub(super) fn is_absolute(&self) -> bool {
        self.path.starts_with("https://") || self.path.starts_with("http://")
    }
}

/// What must not stand raw in a path that a caller wrote; what is encoded already stays so.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'`');

/// What must not stand raw in a query option. `$`, `,`, `(`, `'` and their like may, and keep
/// the address legible in a log.
const QUERY: &AsciiSet = &PATH.add(b'%').add(b'&').add(b'+').add(b'=').add(b'?');

fn encode(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

impl Method {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Version {
    /// The path segment.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(request: Request, expected: &str) {
        assert_eq!(request.target(), expected);
    }

    #[test]
    fn targets() {
        check(Request::get("/groups"), "/groups");
        check(Request::get("groups"), "/groups");
        check(
            Request::get("/groups").query("$filter", "displayName eq 'R&D + co'"),
            "/groups?$filter=displayName%20eq%20'R%26D%20%2B%20co'",
        );
        check(
            Request::get("/users?$top=5").query("$select", "id,mail"),
            "/users?$top=5&$select=id,mail",
        );
        check(Request::get("/users/a%23b@c.d"), "/users/a%23b@c.d");
        check(
            Request::get("https://graph.microsoft.com/v1.0/users?$skiptoken=a%2Bb"),
            "https://graph.microsoft.com/v1.0/users?$skiptoken=a%2Bb",
        );
        check(Request::get("/users").query("$search", "\"a:ü\""), "/users?$search=%22a:%C3%BC%22");
    }

    #[test]
    fn what_may_be_sent_twice() {
        let body = Value::Null;
        assert!(!Request::post("/groups", body.clone()).is_repeatable());
        let again = Request::post("/groups/1/assignLicense", body.clone()).repeatable();
        assert!(again.is_repeatable() && again.is_write());
        let asks = Request::post("/directoryObjects/getByIds", body.clone()).asking();
        assert!(asks.is_repeatable() && !asks.is_write());
        assert!(Request::patch("/groups/1", body).is_repeatable());
        assert!(Request::delete("/groups/1").is_repeatable());
    }
}
