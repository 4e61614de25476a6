//! How to sign in, and which way is chosen when nobody says.
//!
//! # Order of choice
//!
//! What the configuration names wins over what the environment names; within each, in this order:
//!
//! 1. an access token handed in (`access_token`)
//! 2. a client certificate (`client_certificate`, `client_certificate_path`)
//! 3. a client secret (`client_secret`, `client_secret_file_path`)
//! 4. workload identity federation (`oidc_token`, `oidc_token_file_path`, `oidc_request_url`, an
//!    Azure DevOps service connection, `use_oidc`, `use_aks_workload_identity`); from the
//!    environment also HCP Terraform's `TFC_WORKLOAD_IDENTITY_TOKEN` and the token file that AKS
//!    mounts
//! 5. a managed identity (`use_msi`)
//! 6. the Azure CLI (`use_cli`)
//! 7. the Azure Developer CLI (`use_azure_developer_cli`)
//!
//! When nothing is named, the Azure CLI is used, unless `use_cli` is false. A `use_...` that is
//! false takes its way out. Each argument has environment names in up to three families, looked
//! up in this order: `M365_*`, `ARM_*` (known from the azuread provider), `AZURE_*` (known from
//! Azure's own tools). [`mod@choose`] holds these rules and nothing else: it reads no file and asks no
//! service.

mod arc;
mod certificate;
mod choose;
mod entra;
mod federated;
mod refusal;
mod transport;

use std::path::PathBuf;
use std::sync::Arc;

use azure_core::credentials::Secret;

use super::error::Error;
use super::settings::{Endpoints, Settings};
use super::token::TokenSource;
use super::wire::Http;

pub use choose::{Chosen, CredentialSettings, choose};
pub use federated::FederatedToken;

/// A way of signing in.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A secret of the application.
    ClientSecret(Secret),
    /// A file that holds a secret of the application; read at each sign-in.
    ClientSecretFile(PathBuf),
    /// A certificate of the application with its private key.
    ClientCertificate {
        /// Where it is.
        certificate: Certificate,
        /// What opens it.
        password: Option<Secret>,
        /// Whether to send the certificates of its issuers too, for subject name and issuer
        /// authentication.
        send_chain: bool,
    },
    /// A token of another identity provider that the application trusts.
    Federated(FederatedToken),
    /// The identity of the machine or service that this runs on.
    ManagedIdentity {
        /// Which, where there are several; none for the system-assigned one.
        id: Option<ManagedId>,
        /// Who is asked for its tokens.
        source: ManagedSource,
    },
    /// Whoever is signed in to the Azure CLI.
    AzureCli {
        /// Whether this is Azure's Cloud Shell, where the tenant cannot be chosen.
        cloud_shell: bool,
    },
    /// Whoever is signed in to the Azure Developer CLI.
    AzureDeveloperCli,
    /// An access token for Graph, which cannot be renewed.
    AccessToken(Secret),
}

/// Where a client certificate is.
#[derive(Clone)]
pub enum Certificate {
    /// A PFX or PEM file.
    File(PathBuf),
    /// The text of a PEM file, or base64 of a PFX or PEM file.
    Inline(Secret),
}

/// A user-assigned managed identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagedId {
    /// By the application's id.
    Client(String),
    /// By the id of its service principal.
    Object(String),
    /// By its Azure resource id.
    Resource(String),
}

/// Who gives out the tokens of a managed identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagedSource {
    /// The platform: App Service where its environment variables are set, else the metadata
    /// service of the virtual machine.
    Platform {
        /// Another address of the metadata service's token endpoint.
        endpoint: Option<String>,
    },
    /// The agent of Azure Arc.
    Arc {
        /// Its token endpoint.
        endpoint: String,
        /// The folder of its keys.
        keys: PathBuf,
    },
}

impl Credential {
    /// What it is called in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Credential::ClientSecret(_) | Credential::ClientSecretFile(_) => "a client secret",
            Credential::ClientCertificate { .. } => "a client certificate",
            Credential::Federated(FederatedToken::GitHub { .. }) => "a federated token of GitHub",
            Credential::Federated(FederatedToken::AzureDevOps { .. }) => {
                "a federated token of Azure DevOps"
            }
            Credential::Federated(_) => "a federated token",
            Credential::ManagedIdentity { source: ManagedSource::Arc { .. }, .. } => {
                "the managed identity of Azure Arc"
            }
            Credential::ManagedIdentity { .. } => "a managed identity",
            Credential::AzureCli { .. } => "the Azure CLI",
            Credential::AzureDeveloperCli => "the Azure Developer CLI",
            Credential::AccessToken(_) => "the access token that was handed in",
        }
    }

    /// Whether the tenant and the application must be named.
    pub(super) fn is_of_an_application(&self) -> bool {
        matches!(
            self,
            Credential::ClientSecret(_)
                | Credential::ClientSecretFile(_)
                | Credential::ClientCertificate { .. }
                | Credential::Federated(_)
        )
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
