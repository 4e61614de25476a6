//! The rules by which a way of signing in is chosen: a pure function of arguments and environment.

use std::path::{Path, PathBuf};

use azure_core::credentials::Secret;

use super::super::error::Error;
use super::{Certificate, Credential, FederatedToken, ManagedId, ManagedSource, arc};

/// The arguments of the provider that concern signing in, as far as they are set.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "named as the provider's arguments, which document them")]
pub struct CredentialSettings {
    pub tenant_id: Option<String>,
    pub client_id: Option<String>,
    pub access_token: Option<Secret>,
    pub client_certificate: Option<Secret>,
    pub client_certificate_path: Option<String>,
    pub client_certificate_password: Option<Secret>,
    pub send_certificate_chain: Option<bool>,
    pub client_secret: Option<Secret>,
    pub client_secret_file_path: Option<String>,
    pub use_oidc: Option<bool>,
    pub oidc_token: Option<Secret>,
    pub oidc_token_file_path: Option<String>,
    pub oidc_request_url: Option<String>,
    pub oidc_request_token: Option<Secret>,
    pub ado_pipeline_service_connection_id: Option<String>,
    pub use_aks_workload_identity: Option<bool>,
    pub use_msi: Option<bool>,
    pub msi_endpoint: Option<String>,
    pub msi_object_id: Option<String>,
    pub msi_resource_id: Option<String>,
    pub use_cli: Option<bool>,
    pub use_azure_developer_cli: Option<bool>,
}

/// What was chosen.
pub struct Chosen {
    /// The tenant; empty where none is named, and the way of signing in knows it.
    pub tenant_id: String,
    /// The application; empty where the way of signing in needs none.
    pub client_id: String,
    /// How to sign in.
    pub credential: Credential,
}

/// Chooses how to sign in, in the order that the [module](super) tells.
///
/// # Errors
/// [`Error::Settings`] names what is missing for the way that was asked for.
pub fn choose(
    settings: &CredentialSettings,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Chosen, Error> {
    let found = Found::read(settings, env)?;
    let way = named(settings)
        .or_else(|| found.named_by_environment(settings))
        .or((found.use_cli != Some(false)).then_some(Way::Cli))
        .ok_or_else(|| {
            Error::settings(
                "client_secret",
                "no way of signing in is named; set client_id with client_secret, \
                 client_certificate_path or use_oidc, or set use_msi or use_cli",
            )
        })?;
    Ok(Chosen {
        tenant_id: found.tenant_id.clone().unwrap_or_default(),
        client_id: found.client_id.clone().unwrap_or_default(),
        credential: found.credential(way)?,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    AccessToken,
    Certificate,
    Secret,
    Federated,
    Managed,
    Cli,
    DeveloperCli,
}

/// The way that the configuration names.
fn named(settings: &CredentialSettings) -> Option<Way> {
    let CredentialSettings { client_certificate, client_certificate_path, .. } = settings;
    let is = |flag: Option<bool>| flag == Some(true);
    let certificate = client_certificate.is_some() || client_certificate_path.is_some();
    let secret = settings.client_secret.is_some() || settings.client_secret_file_path.is_some();
    let token = settings.oidc_token.is_some() || settings.oidc_token_file_path.is_some();
    let request = settings.oidc_request_url.is_some()
        || settings.ado_pipeline_service_connection_id.is_some();
    let federated = settings.use_oidc != Some(false) && (token || request);
    [
        (settings.access_token.is_some(), Way::AccessToken),
        (certificate, Way::Certificate),
        (secret, Way::Secret),
        (federated || is(settings.use_oidc), Way::Federated),
        (is(settings.use_aks_workload_identity), Way::Federated),
        (is(settings.use_msi), Way::Managed),
        (is(settings.use_cli), Way::Cli),
        (is(settings.use_azure_developer_cli), Way::DeveloperCli),
    ]
    .into_iter()
    .find_map(|(named, way)| named.then_some(way))
}

/// Arguments and environment together, arguments first.
struct Found {
    tenant_id: Option<String>,
    client_id: Option<String>,
    access_token: Option<Secret>,
    certificate: Option<Secret>,
    certificate_path: Option<String>,
    certificate_password: Option<Secret>,
    send_chain: Option<bool>,
    secret: Option<Secret>,
    secret_path: Option<String>,
    use_oidc: Option<bool>,
    use_aks: Option<bool>,
    token: Option<Secret>,
    token_path: Option<String>,
    aks_token_path: Option<String>,
    request_url: Option<String>,
    request_token: Option<Secret>,
    ado_url: Option<String>,
    ado_token: Option<Secret>,
    connection: Option<String>,
    use_msi: Option<bool>,
    msi_id: Option<ManagedId>,
    msi_source: ManagedSource,
    use_cli: Option<bool>,
    use_developer_cli: Option<bool>,
    cloud_shell: bool,
}

impl Found {
    fn read(
        settings: &CredentialSettings,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Found, Error> {
        // A variable that is empty is as good as none, as in every shell script.
        let env = &|name: &str| env(name).filter(|value| !value.trim().is_empty());
        let text = |set: &Option<String>, names: &[&str]| {
            let set = set.clone().filter(|value| !value.is_empty());
            set.or_else(|| names.iter().find_map(|name| env(name)))
        };
        let secret = |set: &Option<Secret>, names: &[&str]| {
            let set = set.clone().filter(|value| !value.secret().is_empty());
            set.or_else(|| names.iter().find_map(|name| env(name)).map(Secret::new))
        };
        let flag = |set: Option<bool>, names: &[&'static str]| match set {
            Some(set) => Ok(Some(set)),
            None => read_flag(names, env),
        };
        let s = settings;
        let msi_id = [
            (&s.msi_object_id, &["M365_MSI_OBJECT_ID"], ManagedId::Object as fn(_) -> _),
            (&s.msi_resource_id, &["M365_MSI_RESOURCE_ID"], ManagedId::Resource),
        ]
        .into_iter()
        .find_map(|(set, names, kind)| text(set, names).map(kind));
        let client_id = text(&s.client_id, &["M365_CLIENT_ID", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"]);
        Ok(Found {
            tenant_id: text(&s.tenant_id, &["M365_TENANT_ID", "ARM_TENANT_ID", "AZURE_TENANT_ID"]),
            msi_id: msi_id.or_else(|| client_id.clone().map(ManagedId::Client)),
            client_id,
            access_token: secret(&s.access_token, &["M365_ACCESS_TOKEN"]),
            certificate: secret(
                &s.client_certificate,
                &["M365_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE"],
            ),
            certificate_path: text(
                &s.client_certificate_path,
                &[
                    "M365_CLIENT_CERTIFICATE_PATH",
                    "ARM_CLIENT_CERTIFICATE_PATH",
                    "AZURE_CLIENT_CERTIFICATE_PATH",
                ],
            ),
            certificate_password: secret(
                &s.client_certificate_password,
                &[
                    "M365_CLIENT_CERTIFICATE_PASSWORD",
                    "ARM_CLIENT_CERTIFICATE_PASSWORD",
                    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
                ],
            ),
            send_chain: flag(
                s.send_certificate_chain,
                &["M365_SEND_CERTIFICATE_CHAIN", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"],
            )?,
            secret: secret(
                &s.client_secret,
                &["M365_CLIENT_SECRET", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"],
            ),
            secret_path: text(
                &s.client_secret_file_path,
                &["M365_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_SECRET_FILE_PATH"],
            ),
            use_oidc: flag(s.use_oidc, &["M365_USE_OIDC", "ARM_USE_OIDC"])?,
            use_aks: flag(
                s.use_aks_workload_identity,
                &["M365_USE_AKS_WORKLOAD_IDENTITY", "ARM_USE_AKS_WORKLOAD_IDENTITY"],
            )?,
            token: secret(
                &s.oidc_token,
                &["M365_OIDC_TOKEN", "ARM_OIDC_TOKEN", "TFC_WORKLOAD_IDENTITY_TOKEN"],
            ),
            token_path: text(
                &s.oidc_token_file_path,
                &["M365_OIDC_TOKEN_FILE_PATH", "ARM_OIDC_TOKEN_FILE_PATH"],
            ),
            aks_token_path: text(&None, &["AZURE_FEDERATED_TOKEN_FILE"]),
            request_url: text(
                &s.oidc_request_url,
                &["M365_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"],
            ),
            request_token: secret(
                &s.oidc_request_token,
                &[
                    "M365_OIDC_REQUEST_TOKEN",
                    "ARM_OIDC_REQUEST_TOKEN",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                ],
            ),
            ado_url: text(
                &s.oidc_request_url,
                &["M365_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"],
            ),
            ado_token: secret(
                &s.oidc_request_token,
                &["M365_OIDC_REQUEST_TOKEN", "ARM_OIDC_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"],
            ),
            connection: text(
                &s.ado_pipeline_service_connection_id,
                &[
                    "M365_ADO_PIPELINE_SERVICE_CONNECTION_ID",
                    "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
                    "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
                    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
                ],
            ),
            use_msi: flag(s.use_msi, &["M365_USE_MSI", "ARM_USE_MSI"])?,
            msi_source: managed_source(
                text(&s.msi_endpoint, &["M365_MSI_ENDPOINT", "ARM_MSI_ENDPOINT"]),
                env,
            ),
            use_cli: flag(s.use_cli, &["M365_USE_CLI", "ARM_USE_CLI"])?,
            use_developer_cli: flag(s.use_azure_developer_cli, &["M365_USE_AZURE_DEVELOPER_CLI"])?,
            cloud_shell: env("AZUREPS_HOST_ENVIRONMENT")
                .is_some_and(|host| host.starts_with("cloud-shell/")),
        })
    }

    /// The way that the environment names, where the configuration does not rule it out.
    fn named_by_environment(&self, settings: &CredentialSettings) -> Option<Way> {
        let token = self.token.is_some() || self.token_path.is_some();
        // Pods and pipelines carry these variables for everything that runs in them, so they
        // count only together with an application to sign in as.
        let ambient = self.client_id.is_some()
            && (self.aks_token_path.is_some() && settings.use_aks_workload_identity != Some(false));
        let federated = self.use_oidc != Some(false) && (token || ambient);
        let is = |flag: Option<bool>| flag == Some(true);
        [
            (self.access_token.is_some(), Way::AccessToken),
            (self.certificate.is_some() || self.certificate_path.is_some(), Way::Certificate),
            (self.secret.is_some() || self.secret_path.is_some(), Way::Secret),
            (federated || is(self.use_oidc) || is(self.use_aks), Way::Federated),
            (is(self.use_msi), Way::Managed),
            (is(self.use_cli), Way::Cli),
            (is(self.use_developer_cli), Way::DeveloperCli),
        ]
        .into_iter()
        .find_map(|(named, way)| named.then_some(way))
    }

    fn credential(self, way: Way) -> Result<Credential, Error> {
        let missing =
            |argument, what: &str| Error::settings(argument, format!("is not set; {what}"));
        if !matches!(way, Way::AccessToken | Way::Managed | Way::Cli | Way::DeveloperCli) {
            if self.client_id.is_none() {
                let what = "name the application to sign in as, here or as M365_CLIENT_ID";
                return Err(missing("client_id", what));
            }
            if self.tenant_id.is_none() {
                let what = "name the tenant to sign in to, here or as M365_TENANT_ID";
                return Err(missing("tenant_id", what));
            }
        }
        match way {
            Way::AccessToken => self
                .access_token
                .map(Credential::AccessToken)
                .ok_or_else(|| missing("access_token", "hand in a token for Graph")),
            Way::Certificate => {
                let inline = self.certificate.map(Certificate::Inline);
                let file = self.certificate_path.map(|path| Certificate::File(path.into()));
                Ok(Credential::ClientCertificate {
                    certificate: inline.or(file).ok_or_else(|| {
                        missing("client_certificate_path", "name a PFX or PEM file")
                    })?,
                    password: self.certificate_password,
                    send_chain: self.send_chain.unwrap_or(false),
                })
            }
            Way::Secret => {
                let secret = self.secret.map(Credential::ClientSecret);
                let file = self.secret_path.map(|path| Credential::ClientSecretFile(path.into()));
                secret.or(file).ok_or_else(|| missing("client_secret", "give the secret's value"))
            }
            Way::Federated => self.federated().map(Credential::Federated),
            Way::Managed => {
                Ok(Credential::ManagedIdentity { id: self.msi_id, source: self.msi_source })
            }
            Way::Cli => Ok(Credential::AzureCli { cloud_shell: self.cloud_shell }),
            Way::DeveloperCli => Ok(Credential::AzureDeveloperCli),
        }
    }

    fn federated(self) -> Result<FederatedToken, Error> {
        let aks = self.aks_token_path.map(PathBuf::from);
        if self.use_aks == Some(true) {
            return aks.map(FederatedToken::File).ok_or_else(|| {
                Error::settings(
                    "use_aks_workload_identity",
                    "AZURE_FEDERATED_TOKEN_FILE is not set; label the pod \
                     azure.workload.identity/use and give it a service account",
                )
            });
        }
        if let Some(token) = self.token {
            return Ok(FederatedToken::Given(token));
        }
        if let Some(path) = self.token_path {
            return Ok(FederatedToken::File(Path::new(&path).into()));
        }
        if let Some(service_connection_id) = self.connection {
            let (Some(url), Some(token)) = (self.ado_url, self.ado_token) else {
                return Err(Error::settings(
                    "ado_pipeline_service_connection_id",
                    "SYSTEM_OIDCREQUESTURI or SYSTEM_ACCESSTOKEN is not set; pass \
                     SYSTEM_ACCESSTOKEN: $(System.AccessToken) to the step's env",
                ));
            };
            return Ok(FederatedToken::AzureDevOps { url, token, service_connection_id });
        }
        match (self.request_url, self.request_token, aks) {
            (Some(url), Some(token), _) => Ok(FederatedToken::GitHub { url, token }),
            (None, None, Some(path)) => Ok(FederatedToken::File(path)),
            (Some(_), None, _) => Err(Error::settings(
                "oidc_request_token",
                "is not set, nor ACTIONS_ID_TOKEN_REQUEST_TOKEN; in GitHub Actions give the job \
                 `permissions: id-token: write`",
            )),
            (None, _, _) => Err(Error::settings(
                "use_oidc",
                "no token to sign in with: set oidc_token, oidc_token_file_path or \
                 ado_pipeline_service_connection_id, or in GitHub Actions give the job \
                 `permissions: id-token: write`, which sets ACTIONS_ID_TOKEN_REQUEST_URL",
            )),
        }
    }
}

/// Who gives out the tokens of a managed identity, by the variables that the platforms set.
fn managed_source(endpoint: Option<String>, env: &dyn Fn(&str) -> Option<String>) -> ManagedSource {
    let arc = (env("IDENTITY_ENDPOINT"), env("IMDS_ENDPOINT"), env("IDENTITY_HEADER"));
    match arc {
        (Some(url), Some(_), None) => {
            ManagedSource::Arc { endpoint: endpoint.unwrap_or(url), keys: arc::key_folder(env) }
        }
        _ => ManagedSource::Platform { endpoint },
    }
}

fn read_flag(
    names: &[&'static str],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<bool>, Error> {
    for name in names {
        let Some(text) = env(name) else { continue };
        return match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(Error::settings(name, format!("`{text}` is neither true nor false"))),
        };
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::new(text.to_owned()))
    }

    /// What is chosen, in words.
    #[track_caller]
    fn check(settings: CredentialSettings, env: &[(&str, &str)], expected: &str) {
        let look_up = |name: &str| {
            env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let got = match choose(&settings, &look_up) {
            Err(error) => format!("error: {error}"),
            Ok(chosen) => {
                let detail = match &chosen.credential {
                    Credential::ClientSecret(secret) => secret.secret().to_owned(),
                    Credential::Federated(FederatedToken::File(path)) => path.display().to_string(),
                    Credential::Federated(FederatedToken::Given(token)) => token.secret().into(),
                    Credential::Federated(FederatedToken::GitHub { url, .. })
                    | Credential::Federated(FederatedToken::AzureDevOps { url, .. }) => url.clone(),
                    Credential::ManagedIdentity { id, source } => format!("{id:?} {source:?}"),
                    Credential::AzureCli { cloud_shell } => format!("{cloud_shell}"),
                    _ => String::new(),
                };
                format!("{} {} {detail}", chosen.client_id, chosen.credential.name())
            }
        };
        assert!(got.contains(expected), "{got}\nexpected {expected}");
    }

    fn none() -> CredentialSettings {
        CredentialSettings::default()
    }

    fn app() -> CredentialSettings {
        CredentialSettings {
            tenant_id: Some("t".into()),
            client_id: Some("app".into()),
            ..CredentialSettings::default()
        }
    }

    #[test]
    fn families_of_the_environment() {
        let all = [
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_CLIENT_ID", "azure"),
            ("AZURE_CLIENT_SECRET", "azure-secret"),
            ("ARM_CLIENT_ID", "arm"),
            ("ARM_CLIENT_SECRET", "arm-secret"),
            ("M365_CLIENT_ID", "m365"),
            ("M365_CLIENT_SECRET", ""),
        ];
        check(none(), &all, "m365 a client secret arm-secret");
        check(none(), &all[..5], "arm a client secret arm-secret");
        check(none(), &all[..3], "azure a client secret azure-secret");
        check(app(), &all, "app a client secret arm-secret");
    }

    #[test]
    fn the_configuration_wins_over_the_environment() {
        let env = [("ARM_CLIENT_SECRET", "s"), ("ARM_CLIENT_ID", "app"), ("ARM_TENANT_ID", "t")];
        check(CredentialSettings { use_msi: Some(true), ..none() }, &env, "a managed identity");
        check(CredentialSettings { use_cli: Some(true), ..none() }, &env, "the Azure CLI");
        check(CredentialSettings { use_msi: Some(false), ..none() }, &env, "a client secret s");
        let token = CredentialSettings { access_token: secret("x"), ..app() };
        check(token, &env, "the access token");
    }

    #[test]
    fn the_order_within_the_configuration() {
        let mut settings = app();
        settings.use_azure_developer_cli = Some(true);
        check(settings.clone(), &[], "the Azure Developer CLI");
        settings.use_cli = Some(true);
        check(settings.clone(), &[], "the Azure CLI");
        settings.use_msi = Some(true);
        check(settings.clone(), &[], "a managed identity Some(Client(\"app\"))");
        settings.oidc_token = secret("jwt");
        check(settings.clone(), &[], "a federated token jwt");
        settings.client_secret = secret("s");
        check(settings.clone(), &[], "a client secret s");
        settings.client_certificate_path = Some("c.pfx".into());
        check(settings.clone(), &[], "a client certificate");
        settings.access_token = secret("x");
        check(settings, &[], "the access token");
    }

    #[test]
    fn federation() {
        let oidc = || CredentialSettings { use_oidc: Some(true), ..app() };
        let github = [
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://gh"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x"),
        ];
        check(oidc(), &github, "a federated token of GitHub https://gh");
        check(app(), &github, "the Azure CLI");
        check(oidc(), &github[..1], "id-token: write");
        check(oidc(), &[], "error: use_oidc: no token to sign in with");
        check(app(), &[("TFC_WORKLOAD_IDENTITY_TOKEN", "tfc")], "a federated token tfc");
        let aks = [("AZURE_FEDERATED_TOKEN_FILE", "/var/run/token")];
        check(app(), &aks, "a federated token /var/run/token");
        check(none(), &aks, "the Azure CLI");
        let off = CredentialSettings { use_aks_workload_identity: Some(false), ..app() };
        check(off, &aks, "the Azure CLI");
        let ado = [("SYSTEM_OIDCREQUESTURI", "https://ado"), ("SYSTEM_ACCESSTOKEN", "x")];
        let connection =
            || CredentialSettings { ado_pipeline_service_connection_id: Some("c".into()), ..app() };
        check(connection(), &ado, "a federated token of Azure DevOps https://ado");
        check(connection(), &ado[..1], "SYSTEM_ACCESSTOKEN is not set");
        check(connection(), &[ado[0], ado[1], github[0], github[1]], "https://ado");
        let homeless = CredentialSettings { tenant_id: None, ..oidc() };
        check(homeless, &github, "error: tenant_id");
        let nameless = CredentialSettings { client_id: None, ..oidc() };
        check(nameless, &github, "error: client_id");
    }

    #[test]
    fn managed_identities() {
        let msi = || CredentialSettings { use_msi: Some(true), ..none() };
        check(msi(), &[], "None Platform { endpoint: None }");
        check(msi(), &[("ARM_CLIENT_ID", "u")], "Some(Client(\"u\"))");
        check(msi(), &[("ARM_MSI_ENDPOINT", "http://x")], "Platform { endpoint: Some(");
        let arc = [("IDENTITY_ENDPOINT", "http://127.0.0.1:1"), ("IMDS_ENDPOINT", "y")];
        check(msi(), &arc, "Arc { endpoint: \"http://127.0.0.1:1\"");
        check(msi(), &[arc[0], arc[1], ("IDENTITY_HEADER", "h")], "Platform");
    }

    #[test]
    fn when_nothing_is_named() {
        check(none(), &[], "the Azure CLI false");
        check(none(), &[("AZUREPS_HOST_ENVIRONMENT", "cloud-shell/1.0")], "the Azure CLI true");
        check(none(), &[("ARM_USE_CLI", "false")], "error: client_secret: no way of signing in");
        check(none(), &[("ARM_USE_CLI", "maybe")], "error: ARM_USE_CLI: `maybe` is neither");
    }
}
