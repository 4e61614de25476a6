//! How to sign in.

mod entra;
mod refusal;
mod transport;

use std::sync::Arc;

use azure_core::credentials::Secret;

use super::error::Error;
use super::settings::{Endpoints, Settings};
use super::token::TokenSource;
use super::wire::Http;

/// A way of signing in.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A secret of the application.
    ClientSecret(Secret),
}

impl Credential {
    /// What it is called in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Credential::ClientSecret(_) => "a client secret",
        }
    }
}

/// What gets tokens by the settings' credential.
pub(super) fn source(
    settings: &Settings,
    endpoints: &Endpoints,
    http: Arc<Http>,
) -> Result<Arc<dyn TokenSource>, Error> {
    entra::Entra::new(settings, endpoints, http).map(|entra| Arc::new(entra) as _)
}
