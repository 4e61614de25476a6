//! One exchange over HTTP: a request out, an answer or silence back. No retries, no judgement.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::{Host, Url};

use super::error::{Cause, Error};
use super::places::Places;
use super::request::Method;
use super::response::{Answer, Body, OF_INTEREST};
use super::settings::is_loopback;

/// What carries requests; a trait, so that waiting is tested without a network.
#[async_trait]
pub(super) trait Wire: Send + Sync {
    /// Sends once.
    async fn exchange(&self, outgoing: Outgoing) -> Result<Answer, Broken>;
}

/// A request as it goes out.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) bearer: String,
    pub(super) body: Option<Bytes>,
    pub(super) timeout: Duration,
}

/// No answer came.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    /// Whether the request may have reached the other side.
    pub(super) sent: bool,
    pub(super) cause: Cause,
}

/// The real wire.
///
/// Two clients, made when first needed: reading the system's trust store takes milliseconds
/// that a run against this machine need not spend, and what is on this machine or this link
/// (an emulator, the metadata service of a virtual machine) is not behind the proxy that the
/// environment names.
pub(super) struct Http {
    user_agent: String,
    connections: usize,
    authorities: Vec<reqwest::Certificate>,
    proxied: Mutex<Option<reqwest::Client>>,
    direct: Mutex<Option<reqwest::Client>>,
    /// By host.
    places: Mutex<HashMap<String, Arc<Places>>>,
}

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(20);

/// How long a connection is kept without use; Graph's own gateways close after minutes.
const IDLE: Duration = Duration::from_secs(90);

impl Http {
    pub(super) fn new(
        user_agent: &str,
        connections: usize,
        ca_file: Option<&Path>,
    ) -> Result<Http, Error> {
        Ok(Http {
            user_agent: user_agent.to_owned(),
            connections,
            authorities: ca_file.map(authorities).transpose()?.unwrap_or_default(),
            proxied: Mutex::new(None),
            direct: Mutex::new(None),
            places: Mutex::default(),
        })
    }

    /// The client for an address.
    pub(super) fn client(&self, url: &Url) -> Result<reqwest::Client, reqwest::Error> {
        let direct = is_near(url);
        let slot = if direct { &self.direct } else { &self.proxied };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(self.connections)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            // Graph does not redirect, and a token must not follow where something else points.
            .redirect(reqwest::redirect::Policy::none());
        if direct {
            builder = builder.no_proxy();
        }
        if !self.authorities.is_empty() {
            builder = builder.tls_certs_merge(self.authorities.iter().cloned());
        }
        Ok(slot.insert(builder.build()?).clone())
    }

    /// Sends, and reads the whole answer.
    pub(super) async fn execute(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
    ) -> Result<(u16, HeaderMap, Bytes), Broken> {
        let place = self.places(request.url()).take().await;
        let response = client.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let version = response.version();
        let bytes = response.bytes().await?;
        match version < reqwest::Version::HTTP_2 {
            true => place.free(),
            false => place.free_at_once(),
        }
        Ok((status, headers, bytes))
    }

    fn places(&self, url: &Url) -> Arc<Places> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let host = url.origin().ascii_serialization();
        Arc::clone(places.entry(host).or_insert_with(|| Places::new(self.connections)))
    }
}

#[async_trait]
impl Wire for Http {
    async fn exchange(&self, outgoing: Outgoing) -> Result<Answer, Broken> {
        let unsent = |error: reqwest::Error| Broken { sent: false, cause: Cause::new(error) };
        let client = self.client(&outgoing.url).map_err(unsent)?;
        let request = outgoing.into_reqwest(&client).map_err(unsent)?;
        let (status, headers, bytes) = self.execute(&client, request).await?;
        Ok(Answer { status, headers: of_interest(&headers), body: Body::read(&bytes) })
    }
}

impl Outgoing {
    fn into_reqwest(self, client: &reqwest::Client) -> Result<reqwest::Request, reqwest::Error> {
        let method = match self.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = client.request(method, self.url).timeout(self.timeout);
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            // A header that HTTP cannot carry is refused by the builder, with its name.
            match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(value)) => drop(headers.insert(name, value)),
                _ => builder = builder.header(name, value),
            }
        }
        if let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {}", self.bearer)) {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        builder = builder.headers(headers);
        match self.body {
            Some(body) => builder.body(body),
            None => builder,
        }
        .build()
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Broken {
        // The address stands in the message of our own error already.
        let sent = !(error.is_connect() || error.is_builder());
        Broken { sent, cause: Cause::new(error.without_url()) }
    }
}

fn of_interest(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &&str| Some(((*name).to_owned(), headers.get(*name)?.to_str().ok()?.into()));
    OF_INTEREST.iter().filter_map(value).collect()
}

/// Whether the address is on this machine or this link, where no proxy stands between.
fn is_near(url: &Url) -> bool {
    is_loopback(url) || matches!(url.host(), Some(Host::Ipv4(ip)) if ip.is_link_local())
}

fn authorities(path: &Path) -> Result<Vec<reqwest::Certificate>, Error> {
    let bad = |why: String| Error::settings("SSL_CERT_FILE", format!("`{}` {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let found = reqwest::Certificate::from_pem_bundle(&pem)
        .map_err(|error| bad(format!("holds no certificates in PEM form: {error}")))?;
    match found.is_empty() {
        true => Err(bad("holds no certificates in PEM form".into())),
        false => Ok(found),
    }
}
