//! What a [`Graph`](super::Graph) is made from: plain data, checked once.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use super::credential::Credential;
use super::error::Error;

/// Which tenant, as whom, where, and within which limits.
#[derive(Clone)]
pub struct Settings {
    /// The tenant: a GUID or a verified domain. May be empty where the way of signing in knows
    /// it (a tool, a managed identity, a token handed in).
    pub tenant_id: String,
    /// The application, where the way of signing in needs one; else empty.
    pub client_id: String,
    /// How to sign in.
    pub credential: Credential,
    /// Whose hosts to use.
    pub cloud: Cloud,
    /// Another Graph host than the cloud's, for example `http://127.0.0.1:8080`.
    pub graph_endpoint: Option<String>,
    /// Another login host than the cloud's.
    pub login_endpoint: Option<String>,
    /// A PEM file with certificate authorities to trust beside the system's (`SSL_CERT_FILE`).
    pub ca_file: Option<PathBuf>,
    /// The `User-Agent` of every request.
    pub user_agent: String,
    /// How hard to try, and how hard not to push.
    pub limits: Limits,
    /// Names of properties, at any depth of every body, whose values no log may show.
    pub secrets: Vec<String>,
    /// Ends every operation when cancelled.
    pub cancellation: CancellationToken,
}

impl Settings {
    /// Settings for `tenant_id` in the global cloud, signing in as `client_id`.
    pub fn new(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        credential: Credential,
    ) -> Settings {
        Settings {
            tenant_id: tenant_id.into(),
            client_id: client_id.into(),
            credential,
            cloud: Cloud::default(),
            graph_endpoint: None,
            login_endpoint: None,
            ca_file: None,
            user_agent: concat!("terraform-provider-m365/", env!("CARGO_PKG_VERSION")).into(),
            limits: Limits::default(),
            secrets: Vec::new(),
            cancellation: CancellationToken::new(),
        }
    }

    /// The addresses in force, or what is wrong with them.
    pub(super) fn endpoints(&self) -> Result<Endpoints, Error> {
        check_tenant(&self.tenant_id, self.credential.is_of_an_application())?;
        let graph = self.graph_endpoint.as_deref().unwrap_or(self.cloud.graph());
        let login = self.login_endpoint.as_deref().unwrap_or(self.cloud.login());
        let graph = endpoint("graph_endpoint", graph)?;
        let login = endpoint("login_endpoint", login)?;
        // A token is for the Graph that it is sent to. What stands in for Graph on this machine
        // takes the cloud's tokens.
        let audience = match is_loopback(&graph) {
            true => self.cloud.graph().to_owned(),
            false => graph.origin().ascii_serialization(),
        };
        Ok(Endpoints { graph, login, scope: format!("{audience}/.default") })
    }
}

/// A national cloud and its hosts.
///
/// Source: <https://learn.microsoft.com/graph/deployments>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The worldwide service, GCC included.
    #[default]
    Global,
    /// US Government L4 (GCC High).
    UsGovernment,
    /// US Government L5 (DoD).
    UsGovernmentL5,
    /// China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// The cloud of this name, in the spellings that users of other tools know.
    ///
    /// # Errors
    /// Says which names there are.
    pub fn parse(name: &str) -> Result<Cloud, Error> {
        match name.to_ascii_lowercase().as_str() {
            "global" | "public" | "gcc" => Ok(Cloud::Global),
            "usgovernment" | "usgovernmentl4" | "gcchigh" => Ok(Cloud::UsGovernment),
            "usgovernmentl5" | "dod" => Ok(Cloud::UsGovernmentL5),
            "china" => Ok(Cloud::China),
            _ => Err(Error::settings(
                "cloud",
                format!(
                    "there is no cloud `{name}`; use global, usgovernment (GCC High), \
                     usgovernmentl5 (DoD) or china"
                ),
            )),
        }
    }

    /// The Graph host.
    pub fn graph(self) -> &'static str {
        match self {
            Cloud::Global => "https://graph.microsoft.com",
            Cloud::UsGovernment => "https://graph.microsoft.us",
            Cloud::UsGovernmentL5 => "https://dod-graph.microsoft.us",
            Cloud::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// The login host.
    pub fn login(self) -> &'static str {
        match self {
            Cloud::Global => "https://login.microsoftonline.com",
            Cloud::UsGovernment | Cloud::UsGovernmentL5 => "https://login.microsoftonline.us",
            Cloud::China => "https://login.chinacloudapi.cn",
        }
    }

    /// The audience of a token that another identity provider issues for this cloud.
    pub fn federation_audience(self) -> &'static str {
        match self {
            Cloud::Global => "api://AzureADTokenExchange",
            Cloud::UsGovernment | Cloud::UsGovernmentL5 => "api://AzureADTokenExchangeUSGov",
            Cloud::China => "api://AzureADTokenExchangeChina",
        }
    }
}

/// How hard to try, and how hard not to push.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Requests under way at a time, over all services; also the most connections of HTTP/1.
    ///
    /// Nine, while Terraform runs ten operations: a run plans in one process and applies in
    /// another, and both together open no more than ten connections.
    pub in_flight: usize,
    /// How long an operation without a deadline of its own may take.
    pub patience: Duration,
    /// How long one answer may take.
    pub answer: Duration,
    /// How often a failure that is not throttling is tried, the first time included.
    pub attempts: u32,
    /// The first wait after a failure; doubled each time, with full jitter.
    pub backoff: Duration,
    /// The longest wait that Graph did not ask for.
    pub longest_backoff: Duration,
    /// Conditional Access writes a second, after a burst of as many as `ca_burst`.
    ///
    /// Graph documents one request a second for a whole tenant, and sends no `Retry-After`.
    pub ca_writes_per_second: f64,
    /// Conditional Access writes that may go at once.
    pub ca_burst: f64,
    /// A wait longer than this is told in the log.
    pub progress_after: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            in_flight: 9,
            patience: Duration::from_secs(300),
            answer: Duration::from_secs(100),
            attempts: 8,
            backoff: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(30),
            ca_writes_per_second: 1.0,
            ca_burst: 5.0,
            progress_after: Duration::from_secs(10),
        }
    }
}

/// The addresses in force.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) graph: Url,
    pub(super) login: Url,
    pub(super) scope: String,
}

fn check_tenant(tenant: &str, needed: bool) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    match tenant {
        "" if !needed => Ok(()),
        "" => Err(Error::settings(
            "tenant_id",
            "is not set; give the tenant's id or one of its domains, in the configuration or as \
             M365_TENANT_ID",
        )),
        _ if !tenant.chars().all(plain) => Err(Error::settings(
            "tenant_id",
            format!("`{tenant}` is neither a GUID nor a domain name"),
        )),
        _ => Ok(()),
    }
}

/// An address that requests may go to: https, or http to this very machine.
///
/// A token sent over plain http is a token given away, so a stand-in on this machine is the
/// only exception.
pub(super) fn endpoint(argument: &'static str, text: &str) -> Result<Url, Error> {
    let bad = |why: &str| Err(Error::settings(argument, format!("`{text}` {why}")));
    let Ok(mut url) = Url::parse(text) else {
        return bad("is not an address; it should look like https://graph.microsoft.com");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return bad("is plain http, which is accepted for loopback addresses only; use https");
        }
        _ => return bad("does not begin with https://"),
    }
    if url.host().is_none() || url.query().is_some() || url.fragment().is_some() {
        return bad("should be a scheme and a host, with at most a port and a path");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("carries a user name or password, which does not belong there");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Whether the address is this very machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let got = match endpoint("graph_endpoint", text) {
            Ok(url) => url.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(got.contains(expected), "{text}: {got}");
    }

    #[test]
    fn endpoints() {
        check("https://graph.microsoft.us", "https://graph.microsoft.us/");
        check("http://127.0.0.1:8080/", "http://127.0.0.1:8080/");
        check("http://localhost:1/prefix/", "http://localhost:1/prefix");
        check("http://[::1]:1", "http://[::1]:1/");
        check("http://graph.microsoft.com", "loopback addresses only");
        check("http://127.0.0.1.example.com", "loopback addresses only");
        check("http://localhost.example.com", "loopback addresses only");
        check("graph.microsoft.com", "is not an address");
        check("ftp://graph.microsoft.com", "does not begin with https://");
        check("https://a@graph.microsoft.com", "user name");
        check("https://graph.microsoft.com?x=1", "at most a port");
    }

    #[test]
    fn clouds() {
        assert_eq!(Cloud::parse("DoD").unwrap().graph(), "https://dod-graph.microsoft.us");
        assert_eq!(Cloud::parse("china").unwrap().login(), "https://login.chinacloudapi.cn");
        assert!(Cloud::parse("mars").unwrap_err().to_string().contains("usgovernmentl5 (DoD)"));
    }

    #[test]
    fn tenants() {
        assert!(check_tenant("contoso.onmicrosoft.com", true).is_ok());
        assert!(check_tenant("", true).unwrap_err().to_string().contains("M365_TENANT_ID"));
        assert!(check_tenant("a/b", false).unwrap_err().to_string().contains("neither"));
    }
}
