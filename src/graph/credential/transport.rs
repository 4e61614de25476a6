//! The HTTP transport that azure_identity signs in through: our own client.
//!
//! azure_identity accepts an authority only when it is https, and rightly so. A stand-in for the
//! login service on this machine speaks plain http all the same. So the library is always given
//! an https authority, and this transport, the only part that touches the network, puts the
//! configured endpoint in its place just before sending. That an endpoint may be plain http for
//! loopback addresses only was checked when the settings were read, so no secret travels in the
//! clear. The same step lets a stand-in answer for the metadata service of a virtual machine,
//! whose address the library fixes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, HttpClient, Method, Request, RetryOptions, StatusCode,
    Transport,
};
use bytes::Bytes;
use url::Url;

use super::super::wire::{Broken, Http};

/// A transport over our client that sends what is meant for one place to another.
pub(super) struct Redirecting {
    http: Arc<Http>,
    /// Requests whose address begins so ...
    from: Url,
    /// ... go here.
    to: Url,
    heard: Heard,
}

/// The last answer that was no success.
///
/// The library reads an error's description as text without escapes, which Entra's never are
/// (they hold line breaks), and then tells of broken JSON in place of the reason. So the answer
/// is kept here and read by `refusal`.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Option<Refused>>>);

/// An answer that was no success.
#[derive(Clone)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) body: Bytes,
}

impl Heard {
    pub(super) fn last(&self) -> Option<Refused> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, refused: Option<Refused>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = refused;
    }
}

/// How long the login or metadata service may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// Options for a credential of azure_identity, with everything for `from` sent to `to`.
pub(super) fn options(http: &Arc<Http>, from: Url, to: Url, heard: &Heard) -> ClientOptions {
    let transport = Redirecting { http: Arc::clone(http), from, to, heard: heard.clone() };
    ClientOptions {
        transport: Some(Transport::new(Arc::new(transport))),
        // Trying again is done where deadlines and cancellation are known.
        retry: RetryOptions::none(),
        ..ClientOptions::default()
    }
}

impl Redirecting {
    fn address(&self, asked: &Url) -> Url {
        let same = asked.origin() == self.from.origin();
        let Some(rest) = asked.path().strip_prefix(self.from.path()).filter(|_| same) else {
            return asked.clone();
        };
        let mut url = self.to.clone();
        if !rest.is_empty() {
            let prefix = self.to.path().trim_end_matches('/');
            url.set_path(&format!("{prefix}/{}", rest.trim_start_matches('/')));
        }
        url.set_query(asked.query());
        url
    }
}

#[async_trait]
impl HttpClient for Redirecting {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        self.heard.note(None);
        let url = self.address(request.url());
        let client = self.http.client(&url).map_err(failed)?;
        let method = match request.method() {
            Method::Post => reqwest::Method::POST,
            _ => reqwest::Method::GET,
        };
        let mut outgoing = client.request(method, url).timeout(ANSWER);
        for (name, value) in request.headers().iter() {
            outgoing = outgoing.header(name.as_str(), value.as_str());
        }
        if let Body::Bytes(bytes) = request.body() {
            outgoing = outgoing.body(bytes.clone());
        }
        let outgoing = outgoing.build().map_err(failed)?;
        let host = outgoing.url().host_str().unwrap_or_default().to_owned();
        let answer = self.http.execute(&client, outgoing).await;
        let (status, answered, body) = answer.map_err(|broken| silent(&host, &broken))?;
        let status = StatusCode::from(status);
        let mut headers = Headers::new();
        for (name, value) in &answered {
            if let Ok(value) = value.to_str() {
                headers.insert(
                    HeaderName::from(name.as_str().to_owned()),
                    HeaderValue::from(value.to_owned()),
                );
            }
        }
        self.heard.note((!status.is_success()).then(|| Refused {
            status: status.into(),
            retry_after: headers.get_optional_string(&HeaderName::from_static("retry-after")),
            body: body.clone(),
        }));
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

fn failed(error: reqwest::Error) -> Error {
    Error::with_error(ErrorKind::Other, error.without_url(), "the request could not be built")
}

fn silent(host: &str, broken: &Broken) -> Error {
    let kind = if broken.sent { ErrorKind::Io } else { ErrorKind::Connection };
    Error::with_message(kind, format!("{host} does not answer: {}", broken.cause))
}

impl fmt::Debug for Redirecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirecting").finish_non_exhaustive()
    }
}
