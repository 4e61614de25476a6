//! Client assertions: signed by a certificate, or issued by another identity provider.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::Secret;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use serde_json::Value;
use url::Url;

use super::super::settings::is_loopback;
use super::super::wire::Http;
use super::certificate::Identity;

/// Where the token of another identity provider comes from.
#[derive(Clone)]
#[non_exhaustive]
pub enum FederatedToken {
    /// It was handed in. It cannot be renewed.
    Given(Secret),
    /// A file that its owner (Kubernetes, a pipeline) keeps up to date; read each time.
    File(PathBuf),
    /// GitHub Actions, or anything that answers like it.
    GitHub {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
        url: String,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
        token: Secret,
    },
    /// A service connection of Azure DevOps.
    AzureDevOps {
        /// `SYSTEM_OIDCREQUESTURI`.
        url: String,
        /// `SYSTEM_ACCESSTOKEN`.
        token: Secret,
        /// The service connection's id.
        service_connection_id: String,
    },
}

/// What makes assertions; a new one each time.
pub(super) struct Assertion {
    pub(super) kind: Kind,
    pub(super) http: Arc<Http>,
}

pub(super) enum Kind {
    Signed { identity: Identity, client: String, audience: String, send_chain: bool },
    Issued { token: FederatedToken, audience: &'static str },
}

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        match &self.kind {
            Kind::Signed { identity, client, audience, send_chain } => {
                identity.assertion(client, audience, *send_chain).map_err(failed)
            }
            Kind::Issued { token, audience } => self.issued(token, audience).await,
        }
    }
}

impl Assertion {
    async fn issued(&self, token: &FederatedToken, audience: &str) -> azure_core::Result<String> {
        match token {
            FederatedToken::Given(token) => Ok(token.secret().to_owned()),
            FederatedToken::File(path) => {
                let text = tokio::fs::read_to_string(path).await.map_err(|error| {
                    let path = path.display();
                    failed(format!("the token file `{path}` cannot be read: {error}"))
                })?;
                match text.trim() {
                    "" => Err(failed(format!("the token file `{}` is empty", path.display()))),
                    token => Ok(token.to_owned()),
                }
            }
            FederatedToken::GitHub { url, token } => {
                let mut url = address(url, "ACTIONS_ID_TOKEN_REQUEST_URL")?;
                url.query_pairs_mut().append_pair("audience", audience);
                self.request(reqwest::Method::GET, url, token, "value").await
            }
            FederatedToken::AzureDevOps { url, token, service_connection_id } => {
                let mut url = address(url, "SYSTEM_OIDCREQUESTURI")?;
                url.query_pairs_mut()
                    .append_pair("api-version", "7.1")
                    .append_pair("serviceConnectionId", service_connection_id);
                self.request(reqwest::Method::POST, url, token, "oidcToken").await
            }
        }
    }

    /// Asks a pipeline's token service; the token is in `property` of the answer.
    async fn request(
        &self,
        method: reqwest::Method,
        url: Url,
        token: &Secret,
        property: &str,
    ) -> azure_core::Result<String> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let built = self.http.client(&url).and_then(|client| {
            let request = client
                .request(method.clone(), url)
                .bearer_auth(token.secret())
                .header("accept", "application/json");
            let request = match method {
                reqwest::Method::POST => {
                    request.header("content-type", "application/json").body("")
                }
                _ => request,
            };
            Ok((client, request.build()?))
        });
        let (client, request) = built.map_err(|error| failed(error.without_url().to_string()))?;
        let (status, _, body) = self.http.execute(&client, request).await.map_err(|broken| {
            let message = format!("{host}, which issues the federated token, does not answer");
            Error::with_message(ErrorKind::Io, format!("{message}: {}", broken.cause))
        })?;
        if !(200..300).contains(&status) {
            let kind =
                if status == 429 || status >= 500 { ErrorKind::Io } else { ErrorKind::Credential };
            let message = format!(
                "{host}, which issues the federated token, refused with status {status}: in GitHub \
                 Actions the job needs `permissions: id-token: write`, in Azure DevOps the step needs \
                 SYSTEM_ACCESSTOKEN and the right service connection"
            );
            return Err(Error::with_message(kind, message));
        }
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        answer[property].as_str().map(str::to_owned).ok_or_else(|| {
            failed(format!(
                "{host}, which issues the federated token, answered without `{property}`"
            ))
        })
    }
}

/// The address of a token service: as with Graph, plain http on this machine only.
fn address(text: &str, name: &str) -> azure_core::Result<Url> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || is_loopback(&url) => Ok(url),
        _ => Err(failed(format!("`{text}` ({name}) is not an https address"))),
    }
}

fn failed(message: impl Into<String>) -> Error {
    Error::with_message(ErrorKind::Credential, message.into())
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").finish_non_exhaustive()
    }
}
