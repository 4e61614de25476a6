//! Every way of signing in, chosen by the environment that its users have, with the real binary.
//!
//! The emulator is the login service and Graph: it looks at scope, client, secret and assertion. A
//! stand-in answers for what issues tokens elsewhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use m365::emulator::{self, CLIENT_ID, CLIENT_SECRET, Options, Running, TENANT_ID};
use m365::engine::Model;
use m365::plugin::proto::tfplugin6::{Diagnostic, DynamicValue, configure_provider, read_resource};
use m365::terraform::{Value, msgpack};
use serde_json::{Value as Json, json};

use super::credentials::Forms;
use super::stand_in::{StandIn, reply};
use crate::plugin::client::Provider;

/// Starts the provider with `environment` and reads a group that does not exist. What is wrong, in
/// words; nothing where Graph took the token.
pub(super) async fn read(environment: &[(&str, String)]) -> Vec<String> {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut provider = Provider::start(&environment).await;
    let nulls = m365::catalogue::PROVIDER.iter().map(|one| (one.name.to_owned(), Value::Null));
    let schema = m365::engine::schema::provider(m365::catalogue::PROVIDER, "");
    let configure = configure_provider::Request {
        terraform_version: "1.11.4".into(),
        config: Some(encoded(&Value::Object(nulls.collect()), &schema.ty())),
        ..Default::default()
    };
    let configured = provider.rpc.configure_provider(configure).await.unwrap().into_inner();
    if !configured.diagnostics.is_empty() {
        return told(configured.diagnostics);
    }
    let model = Model::new(&m365::catalogue::groups::GROUP);
    let state = model.attributes.iter().map(|attribute| {
        let id = Value::from("00000000-0000-0000-0000-000000000001");
        let value = if attribute.name == "id" { id } else { Value::Null };
        (attribute.name.to_owned(), value)
    });
    let request = read_resource::Request {
        type_name: model.name.clone(),
        current_state: Some(encoded(&Value::Object(state.collect()), &model.schema.ty())),
        ..Default::default()
    };
    told(provider.rpc.read_resource(request).await.unwrap().into_inner().diagnostics)
}

fn encoded(value: &Value, ty: &m365::terraform::Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

fn told(diagnostics: Vec<Diagnostic>) -> Vec<String> {
    diagnostics.into_iter().map(|one| format!("{}: {}", one.summary, one.detail)).collect()
}

/// A tenant, what issues tokens, and a folder for what is on this machine.
struct Place {
    graph: Running,
    issuer: StandIn,
    folder: tempfile::TempDir,
    /// A token for Graph.
    token: String,
    /// A token of another identity provider, made out for Entra.
    foreign: String,
}

impl Place {
    async fn new() -> Self {
        let graph = emulator::start(Options::default()).await.unwrap();
        let form = format!(
            "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
             &client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
        );
        let url = format!("{}/{TENANT_ID}/oauth2/v2.0/token", graph.endpoint());
        let request = reqwest::Client::new().post(url).body(form);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let answer: Json = request.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        let claims = json!({ "aud": "api://AzureADTokenExchange", "iss": "https://issuer.example",
            "sub": "pipeline", "exp": 4_102_444_800u64 });
        let foreign = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let issuer = StandIn::start().await;
        let (jwt, managed) = (foreign.clone(), token.clone());
        issuer.answer(move |seen| {
            let body = match &seen.target {
                target if target.starts_with("/github") => json!({ "value": jwt }),
                target if target.starts_with("/ado") => json!({ "oidcToken": jwt }),
                _ => json!({ "access_token": managed, "expires_on": "4102444800",
                    "token_type": "Bearer", "resource": "https://graph.microsoft.com" }),
            };
            Some(reply(200, body))
        });
        Self { graph, issuer, folder: tempfile::tempdir().unwrap(), token, foreign }
    }

    /// A file with `content`.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A tool called `name` that prints `answer`, in a folder of its own: a `PATH`.
    fn tool(&self, name: &str, answer: &Json) -> String {
        let folder = self.folder.path().join(format!("{name}-bin"));
        std::fs::create_dir_all(&folder).unwrap();
        let tool = folder.join(name);
        std::fs::write(&tool, format!("#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")).unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        let system = std::env::var("PATH").unwrap_or_default();
        format!("{}:{system}", folder.display())
    }

    /// What is the same for every way of signing in.
    fn environment(&self, way: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("M365_GRAPH_ENDPOINT", self.graph.endpoint()),
            ("M365_LOGIN_ENDPOINT", self.graph.endpoint()),
            ("HOME", path(self.folder.path())),
        ];
        all.extend(way);
        all
    }
}

fn path(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// `way`, with tenant and application named as azuread's users name them.
fn application(way: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let named = [("ARM_TENANT_ID", TENANT_ID), ("ARM_CLIENT_ID", CLIENT_ID)];
    named.iter().chain(way).map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[tokio::test]
async fn each_is_chosen_by_its_environment_and_is_taken() {
    let place = Place::new().await;
    let forms = Forms::new();
    let (pem, pfx) = (place.file("a.pem", forms.pem()), place.file("a.pfx", forms.pfx("pw")));
    let inline = STANDARD.encode(forms.pfx("pw"));
    let secret = place.file("secret", CLIENT_SECRET);
    let jwt = place.file("jwt", &place.foreign);
    let issuer = place.issuer.url();
    let (github, ado, managed) =
        (format!("{issuer}/github"), format!("{issuer}/ado"), format!("{issuer}/msi"));
    let az = place.tool(
        "az",
        &json!({ "accessToken": place.token, "expires_on": 4_102_444_800u64,
        "tokenType": "Bearer", "tenant": TENANT_ID }),
    );
    let azd =
        place.tool("azd", &json!({ "token": place.token, "expiresOn": "2100-01-01T00:00:00Z" }));
    let plain = |way: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        way.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let foreign = place.foreign.as_str();
    let ways = [
        ("client secret", application(&[("ARM_CLIENT_SECRET", CLIENT_SECRET)])),
        ("client secret in a file", application(&[("ARM_CLIENT_SECRET_FILE_PATH", &secret)])),
        ("certificate, PEM file", application(&[("ARM_CLIENT_CERTIFICATE_PATH", &pem)])),
        (
            "certificate, PFX file with password and chain",
            application(&[
                ("ARM_CLIENT_CERTIFICATE_PATH", &pfx),
                ("ARM_CLIENT_CERTIFICATE_PASSWORD", "pw"),
                ("M365_SEND_CERTIFICATE_CHAIN", "true"),
            ]),
        ),
        (
            "certificate, inline",
            application(&[
                ("ARM_CLIENT_CERTIFICATE", &inline),
                ("ARM_CLIENT_CERTIFICATE_PASSWORD", "pw"),
            ]),
        ),
        ("generic OIDC", application(&[("ARM_USE_OIDC", "true"), ("ARM_OIDC_TOKEN", foreign)])),
        (
            "token file",
            application(&[("ARM_USE_OIDC", "true"), ("ARM_OIDC_TOKEN_FILE_PATH", &jwt)]),
        ),
        (
            "AKS",
            plain(&[
                ("AZURE_TENANT_ID", TENANT_ID),
                ("AZURE_CLIENT_ID", CLIENT_ID),
                ("AZURE_FEDERATED_TOKEN_FILE", &jwt),
                ("ARM_USE_AKS_WORKLOAD_IDENTITY", "true"),
            ]),
        ),
        (
            "GitHub Actions",
            application(&[
                ("ARM_USE_OIDC", "true"),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &github),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
            ]),
        ),
        (
            "Azure DevOps",
            application(&[
                ("ARM_USE_OIDC", "true"),
                ("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "connection"),
                ("SYSTEM_OIDCREQUESTURI", &ado),
                ("SYSTEM_ACCESSTOKEN", "system-token"),
            ]),
        ),
        ("HCP Terraform", application(&[("TFC_WORKLOAD_IDENTITY_TOKEN", foreign)])),
        (
            "managed identity, metadata service",
            plain(&[("ARM_USE_MSI", "true"), ("ARM_MSI_ENDPOINT", &managed)]),
        ),
        (
            "managed identity, user-assigned",
            plain(&[
                ("ARM_USE_MSI", "true"),
                ("ARM_MSI_ENDPOINT", &managed),
                ("ARM_CLIENT_ID", "user-assigned"),
            ]),
        ),
        (
            "managed identity, App Service",
            plain(&[
                ("ARM_USE_MSI", "true"),
                ("IDENTITY_ENDPOINT", &managed),
                ("IDENTITY_HEADER", "header"),
            ]),
        ),
        ("Azure CLI", plain(&[("ARM_USE_CLI", "true"), ("PATH", &az)])),
        ("Azure CLI, where nothing is named", plain(&[("PATH", &az)])),
        ("Azure Developer CLI", plain(&[("M365_USE_AZURE_DEVELOPER_CLI", "true"), ("PATH", &azd)])),
        ("a token handed in", plain(&[("M365_ACCESS_TOKEN", &place.token)])),
    ];
    for (name, way) in ways {
        let said = read(&place.environment(way)).await;
        assert!(said.is_empty(), "{name}: {said:#?}");
    }
    let asked: Vec<_> = place.issuer.seen().into_iter().map(|seen| seen.target).collect();
    for part in ["/github?audience=api", "/ado?api-version=7.1", "client_id=user-assigned", "/msi?"]
    {
        assert!(asked.iter().any(|target| target.contains(part)), "{part} in {asked:#?}");
    }
}

#[tokio::test]
async fn what_is_refused_says_why_and_where_to_look() {
    let place = Place::new().await;
    let wrong = application(&[("ARM_CLIENT_SECRET", "wrong")]);
    let stranger = vec![
        ("ARM_TENANT_ID", TENANT_ID.to_owned()),
        ("ARM_CLIENT_ID", "00000000-0000-0000-0000-000000000009".to_owned()),
        ("ARM_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
    ];
    let elsewhere = vec![
        ("ARM_TENANT_ID", "nowhere.example".to_owned()),
        ("ARM_CLIENT_ID", CLIENT_ID.to_owned()),
        ("ARM_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
    ];
    let other = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(r#"{"aud":"x","exp":4102444800}"#));
    let mistaken = application(&[("TFC_WORKLOAD_IDENTITY_TOKEN", &other)]);
    for (way, parts) in [
        (wrong, ["AADSTS7000215", "client_secret"]),
        (stranger, ["AADSTS700016", "client_id"]),
        (elsewhere, ["AADSTS90002", "tenant_id"]),
        (mistaken, ["AADSTS700212", "audience"]),
    ] {
        let said = read(&place.environment(way)).await.join("\n");
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?}: {said}");
    }
}
