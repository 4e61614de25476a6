//! Tokens by azure_identity, whichever way of signing in was chosen.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{AccessToken, Secret, TokenCredential};
use azure_core::error::{Error as AzureError, ErrorKind};
use azure_core::http::ClientOptions;
use azure_core::time::OffsetDateTime;
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    Executor, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};
use tracing::debug;
use url::Url;

use super::super::TARGET;
use super::super::error::{Error, SignIn};
use super::super::retry::backoff;
use super::super::settings::{Cloud, Endpoints, Limits, Settings};
use super::super::token::{Token, TokenSource, claims};
use super::super::wire::Http;
use super::certificate::Identity;
use super::federated::{Assertion, Kind};
use super::refusal::{self, Failure};
use super::transport::{self, Heard};
use super::{Certificate, Credential, ManagedId, ManagedSource, arc};

/// The authority that azure_identity is told of; its transport puts the true one in its place.
const AUTHORITY: &str = "https://login.invalid";

/// Where azure_identity looks for the metadata service of a virtual machine.
const METADATA: &str = "http://169.254.169.254/metadata/identity/oauth2/token";

/// How long a command line tool may take.
const TOOL: Duration = Duration::from_secs(60);

/// Gets tokens for Graph from Entra, a metadata service or a tool.
pub(super) struct Entra {
    tenant: String,
    client: String,
    scope: String,
    login: Url,
    cloud: Cloud,
    credential: Credential,
    /// The certificate of a certificate credential, read once.
    identity: Option<Identity>,
    http: Arc<Http>,
    limits: Limits,
    /// What runs command line tools; azure_identity's own unless a test says otherwise.
    executor: Option<Arc<dyn Executor>>,
}

impl Entra {
    pub(super) fn new(
        settings: &Settings,
        endpoints: &Endpoints,
        http: Arc<Http>,
    ) -> Result<Entra, Error> {
        let credential = on_this_machine(settings.credential.clone());
        if credential.is_of_an_application() && settings.client_id.is_empty() {
            let what = "is not set; name the application to sign in as, here or as M365_CLIENT_ID";
            return Err(Error::settings("client_id", what));
        }
        Ok(Entra {
            tenant: settings.tenant_id.clone(),
            client: settings.client_id.clone(),
            scope: endpoints.scope.clone(),
            login: endpoints.login.clone(),
            cloud: settings.cloud,
            identity: identity(&credential)?,
            credential,
            http,
            limits: settings.limits,
            executor: None,
        })
    }

    async fn try_once(&self) -> Result<Token, Failure> {
        let heard = Heard::default();
        let told = |error| refusal::read(self.credential.name(), &error, &heard);
        match &self.credential {
            Credential::AccessToken(token) => {
                handed_in(token).map_err(|sign_in| Failure { sign_in: *sign_in, wait: None })
            }
            Credential::ManagedIdentity { id, source: ManagedSource::Arc { endpoint, keys } } => {
                arc::fetch(&self.http, endpoint, keys, id.as_ref(), &self.scope, &heard)
                    .await
                    .map_err(told)
            }
            _ => {
                let credential = self.credential(&heard).await.map_err(told)?;
                let scopes = [self.scope.as_str()];
                let token = credential.get_token(&scopes, None);
                let token = match self.credential {
                    Credential::AzureCli { .. } | Credential::AzureDeveloperCli => {
                        let late = || failed("the tool did not answer within a minute");
                        tokio::time::timeout(TOOL, token).await.unwrap_or_else(|_| Err(late()))
                    }
                    _ => token.await,
                };
                token.map(|token| convert(&token)).map_err(told)
            }
        }
    }

    /// A new credential each time: azure_identity keeps tokens too, and would give back the one
    /// that was just refused.
    async fn credential(&self, heard: &Heard) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let tenant = Some(self.tenant.clone()).filter(|tenant| !tenant.is_empty());
        let executor = self.executor.clone();
        Ok(match &self.credential {
            Credential::ClientSecret(secret) => self.by_secret(secret.clone(), heard)?,
            Credential::ClientSecretFile(path) => {
                self.by_secret(read_secret(path).await?, heard)?
            }
            Credential::ClientCertificate { send_chain, .. } => {
                let identity = self.identity.clone().ok_or_else(|| failed("no certificate"))?;
                let audience = self.token_endpoint();
                let (client, send_chain) = (self.client.clone(), *send_chain);
                self.by_assertion(Kind::Signed { identity, client, audience, send_chain }, heard)?
            }
            Credential::Federated(token) => {
                let audience = self.cloud.federation_audience();
                self.by_assertion(Kind::Issued { token: token.clone(), audience }, heard)?
            }
            Credential::ManagedIdentity { id, source } => {
                self.managed(id.as_ref(), source, heard)?
            }
            Credential::AzureCli { cloud_shell } => {
                let tenant_id = tenant.filter(|_| !cloud_shell);
                let options =
                    AzureCliCredentialOptions { tenant_id, executor, ..Default::default() };
                AzureCliCredential::new(Some(options))?
            }
            Credential::AzureDeveloperCli => {
                let mut options = AzureDeveloperCliCredentialOptions::default();
                (options.tenant_id, options.executor) = (tenant, executor);
                AzureDeveloperCliCredential::new(Some(options))?
            }
            Credential::AccessToken(_) => return Err(failed("a token needs no credential")),
        })
    }

    fn by_secret(
        &self,
        secret: Secret,
        heard: &Heard,
    ) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let options = ClientSecretCredentialOptions { client_options: self.options(heard) };
        Ok(ClientSecretCredential::new(&self.tenant, self.client.clone(), secret, Some(options))?)
    }

    fn by_assertion(
        &self,
        kind: Kind,
        heard: &Heard,
    ) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let options = ClientAssertionCredentialOptions { client_options: self.options(heard) };
        let assertion = Assertion { kind, http: Arc::clone(&self.http) };
        let (tenant, client) = (self.tenant.clone(), self.client.clone());
        Ok(ClientAssertionCredential::new(tenant, client, assertion, Some(options))?)
    }

    fn managed(
        &self,
        id: Option<&ManagedId>,
        source: &ManagedSource,
        heard: &Heard,
    ) -> azure_core::Result<Arc<dyn TokenCredential>> {
        let ManagedSource::Platform { endpoint } = source else {
            return Err(failed("Azure Arc is asked directly"));
        };
        let from = Url::parse(METADATA)?;
        let to = endpoint.as_deref().map_or(Ok(from.clone()), Url::parse)?;
        let user_assigned_id = id.cloned().map(|id| match id {
            ManagedId::Client(id) => UserAssignedId::ClientId(id),
            ManagedId::Object(id) => UserAssignedId::ObjectId(id),
            ManagedId::Resource(id) => UserAssignedId::ResourceId(id),
        });
        let client_options = transport::options(&self.http, from, to, heard);
        let options = ManagedIdentityCredentialOptions { user_assigned_id, client_options };
        Ok(ManagedIdentityCredential::new(Some(options))?)
    }

    fn options(&self, heard: &Heard) -> ClientOptions {
        let authority = Url::parse(AUTHORITY).unwrap_or_else(|_| self.login.clone());
        let mut options = transport::options(&self.http, authority, self.login.clone(), heard);
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = AUTHORITY.to_owned();
        options.cloud = Some(Arc::new(cloud.into()));
        options
    }

    fn token_endpoint(&self) -> String {
        let login = self.login.as_str().trim_end_matches('/');
        format!("{login}/{}/oauth2/v2.0/token", self.tenant)
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
            let wait = backoff(&self.limits, tries, fastrand::f64());
            let wait = failure.wait.unwrap_or(wait);
            let cause = &failure.sign_in.message;
            debug!(target: TARGET, ?wait, cause, "sign-in is tried again");
            tokio::time::sleep(wait).await;
        }
    }
}

/// The credential, with Azure Arc for the platform where its agent is what is here.
fn on_this_machine(credential: Credential) -> Credential {
    let env = |name: &str| std::env::var(name).ok();
    match credential {
        Credential::ManagedIdentity { id, source: ManagedSource::Platform { endpoint: None } }
            if env("IDENTITY_ENDPOINT").or(env("MSI_ENDPOINT")).is_none() && arc::is_here() =>
        {
            let (endpoint, keys) = (arc::ENDPOINT.to_owned(), arc::key_folder(&env));
            Credential::ManagedIdentity { id, source: ManagedSource::Arc { endpoint, keys } }
        }
        other => other,
    }
}

/// Reads the certificate of a certificate credential, so that a wrong one is told at once.
fn identity(credential: &Credential) -> Result<Option<Identity>, Error> {
    let Credential::ClientCertificate { certificate, password, .. } = credential else {
        return Ok(None);
    };
    let password = password.as_ref().map(Secret::secret);
    match certificate {
        Certificate::Inline(text) => Identity::read_inline(text.secret(), password)
            .map_err(|why| Error::settings("client_certificate", why)),
        Certificate::File(path) => {
            let name = path.display();
            let bad = |why| Error::settings("client_certificate_path", format!("`{name}` {why}"));
            let content =
                std::fs::read(path).map_err(|error| bad(format!("cannot be read: {error}")))?;
            Identity::read(&content, password).map_err(bad)
        }
    }
    .map(Some)
}

async fn read_secret(path: &Path) -> azure_core::Result<Secret> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| {
        failed(format!("client_secret_file_path `{}` cannot be read: {error}", path.display()))
    })?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// A token that was handed in, good as long as it says.
fn handed_in(token: &Secret) -> Result<Token, Box<SignIn>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let expires = claims(token.secret()).ok().and_then(|claims| claims["exp"].as_u64());
    let valid = match expires {
        Some(expires) => Duration::from_secs(expires).saturating_sub(now),
        None => Duration::from_secs(3600),
    };
    match valid.is_zero() {
        false => Ok(Token::new(token.secret(), valid)),
        true => Err(Box::new(SignIn {
            credential: "the access token that was handed in".into(),
            message: "it has expired; hand in a new one".into(),
            ..SignIn::default()
        })),
    }
}

fn convert(token: &AccessToken) -> Token {
    let valid = token.expires_on - OffsetDateTime::now_utc();
    let valid = Duration::try_from(valid).unwrap_or_default();
    Token::new(token.token.secret(), valid)
}

fn failed(message: impl Into<String>) -> AzureError {
    AzureError::with_message(ErrorKind::Credential, message.into())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::io;
    use std::process::{ExitStatus, Output};
    use std::sync::Mutex;

    use super::*;

    /// A shell that answers as it was told, and remembers the command.
    #[derive(Debug)]
    struct Shell {
        fails: bool,
        stdout: &'static str,
        stderr: &'static str,
        command: Mutex<String>,
    }

    #[async_trait]
    impl Executor for Shell {
        async fn run(&self, _: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
            *self.command.lock().unwrap() = args[1].to_string_lossy().into_owned();
            Ok(Output {
                status: exit(self.fails),
                stdout: self.stdout.into(),
                stderr: self.stderr.into(),
            })
        }
    }

    /// The status of a command that succeeds or fails.
    fn exit(fails: bool) -> ExitStatus {
        #[cfg(unix)]
        return std::os::unix::process::ExitStatusExt::from_raw(i32::from(fails) << 8);
        #[cfg(windows)]
        return std::os::windows::process::ExitStatusExt::from_raw(u32::from(fails));
    }

    /// What signing in by a tool comes to, and the command that was run.
    async fn by_tool(credential: Credential, shell: Shell) -> (Result<Token, Error>, String) {
        let settings = Settings::new("contoso.com", "", credential);
        let endpoints = settings.endpoints().unwrap();
        let http = Arc::new(Http::new("test", 1, None).unwrap());
        let mut entra = Entra::new(&settings, &endpoints, http).unwrap();
        let shell = Arc::new(shell);
        entra.executor = Some(Arc::clone(&shell) as _);
        let outcome = entra.fetch().await;
        let command = shell.command.lock().unwrap().clone();
        (outcome, command)
    }

    fn shell(stdout: &'static str, stderr: &'static str) -> Shell {
        Shell { fails: stdout.is_empty(), stdout, stderr, command: Mutex::default() }
    }

    const AZ: &str =
        r#"{"accessToken":"az-token","expires_on":4102444800,"tokenType":"Bearer","tenant":"t"}"#;

    #[tokio::test]
    async fn azure_cli() {
        let (token, command) =
            by_tool(Credential::AzureCli { cloud_shell: false }, shell(AZ, "")).await;
        assert_eq!(token.map(|token| token.secret.to_string()).unwrap(), "az-token");
        assert!(command.contains("--scope https://graph.microsoft.com/.default"), "{command}");
        assert!(command.contains("--tenant contoso.com"), "{command}");

        let (_, command) = by_tool(Credential::AzureCli { cloud_shell: true }, shell(AZ, "")).await;
        assert!(!command.contains("--tenant"), "{command}");
    }

    #[tokio::test]
    async fn azure_developer_cli() {
        let stdout = r#"{"token":"azd-token","expiresOn":"2100-01-01T00:00:00Z"}"#;
        let (token, command) = by_tool(Credential::AzureDeveloperCli, shell(stdout, "")).await;
        assert_eq!(token.map(|token| token.secret.to_string()).unwrap(), "azd-token");
        assert!(command.contains("azd auth token"), "{command}");
    }

    #[tokio::test]
    async fn a_tool_that_is_not_signed_in() {
        let stderr = "ERROR: AADSTS700082: The refresh token has expired.";
        let credential = Credential::AzureCli { cloud_shell: false };
        let (token, _) = by_tool(credential, shell("", stderr)).await;
        let error = token.err().unwrap().to_string();
        assert!(error.contains("the Azure CLI failed (AADSTS700082)"), "{error}");
        assert!(error.contains("run `az login` again"), "{error}");
    }

    #[test]
    fn an_application_needs_an_id() {
        let settings = Settings::new("contoso.com", "", Credential::ClientSecret("s".into()));
        let http = Arc::new(Http::new("test", 1, None).unwrap());
        let error = Entra::new(&settings, &settings.endpoints().unwrap(), http).err().unwrap();
        assert!(error.to_string().contains("M365_CLIENT_ID"), "{error}");
    }
}
