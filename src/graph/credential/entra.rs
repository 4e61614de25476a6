//! Tokens from Entra by azure_identity.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::http::ClientOptions;
use azure_core::time::OffsetDateTime;
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use tracing::debug;
use url::Url;

use super::super::TARGET;
use super::super::error::Error;
use super::super::retry::backoff;
use super::super::settings::{Endpoints, Limits, Settings};
use super::super::token::{Token, TokenSource};
use super::super::wire::Http;
use super::refusal::{self, Failure};
use super::transport::Heard;
use super::{Credential, transport};

/// The authority that azure_identity is told of; its transport puts the true one in its place.
const AUTHORITY: &str = "https://login.invalid";

pub(super) struct Entra {
    tenant: String,
    client: String,
    scope: String,
    login: Url,
    credential: Credential,
    http: Arc<Http>,
    limits: Limits,
}

impl Entra {
    pub(super) fn new(
        settings: &Settings,
        endpoints: &Endpoints,
        http: Arc<Http>,
    ) -> Result<Entra, Error> {
        Ok(Entra {
            tenant: settings.tenant_id.clone(),
            client: settings.client_id.clone(),
            scope: endpoints.scope.clone(),
            login: endpoints.login.clone(),
            credential: settings.credential.clone(),
            http,
            limits: settings.limits,
        })
    }

    fn options(&self, heard: &Heard) -> ClientOptions {
        let authority = Url::parse(AUTHORITY).unwrap_or_else(|_| self.login.clone());
        let mut options = transport::options(&self.http, authority, self.login.clone(), heard);
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = AUTHORITY.to_owned();
        options.cloud = Some(Arc::new(cloud.into()));
        options
    }

    async fn try_once(&self) -> Result<Token, Failure> {
        let heard = Heard::default();
        let told = |error| refusal::read(self.credential.name(), &error, &heard);
        let credential = self.credential(&heard).map_err(told)?;
        let token = credential.get_token(&[&self.scope], None).await.map_err(told)?;
        Ok(convert(&token))
    }

    /// A new credential each time: azure_identity keeps tokens too, and would give back the one
    /// that was just refused.
    fn credential(&self, heard: &Heard) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let client_options = self.options(heard);
        match &self.credential {
            Credential::ClientSecret(secret) => ClientSecretCredential::new(
                &self.tenant,
                self.client.clone(),
                secret.clone(),
                Some(ClientSecretCredentialOptions { client_options }),
            )
            .map(|credential| credential as _),
        }
    }
}

#[async_trait]
impl TokenSource for Entra {
    async fn fetch(&self) -> Result<Token, Error> {
        let mut tries = 0;
        loop {
            let failure = match self.try_once().await {
                Ok(token) => return Ok(token),
                Err(failure) => failure,
            };
            tries += 1;
            if !failure.sign_in.transient || tries >= self.limits.attempts {
                return Err(Error::SignIn(Box::new(failure.sign_in)));
            }
            let wait =
                failure.wait.unwrap_or_else(|| backoff(&self.limits, tries, fastrand::f64()));
            let cause = &failure.sign_in.message;
            debug!(target: TARGET, ?wait, cause, "sign-in is tried again");
            tokio::time::sleep(wait).await;
        }
    }
}

fn convert(token: &AccessToken) -> Token {
    let valid = token.expires_on - OffsetDateTime::now_utc();
    let valid = Duration::try_from(valid).unwrap_or_default();
    Token::new(token.token.secret(), valid)
}
