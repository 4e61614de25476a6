//! The managed identity of a machine connected by Azure Arc, which azure_identity 1.0 lacks.
//!
//! The agent proves that the caller may read a file of the machine's administrators: it answers
//! 401 with the path of a key file, and the key's content is the password of the second try.
//! Source: <https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication>.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use azure_core::error::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;
use url::Url;

use super::super::settings::is_loopback;
use super::super::token::Token;
use super::super::wire::Http;
use super::ManagedId;
use super::transport::{Heard, Refused};

/// Where the agent listens unless the environment says otherwise.
pub(super) const ENDPOINT: &str = "http://127.0.0.1:40342/metadata/identity/oauth2/token";

/// Larger is no key.
const LARGEST_KEY: u64 = 4096;

/// Asks the agent for a token.
pub(super) async fn fetch(
    http: &Arc<Http>,
    endpoint: &str,
    keys: &Path,
    id: Option<&ManagedId>,
    scope: &str,
    heard: &Heard,
) -> azure_core::Result<Token> {
    let url = address(endpoint, id, scope)?;
    let (status, headers, _) = ask(http, url.clone(), None).await?;
    let realm = match status {
        401 => realm(&headers).ok_or_else(|| failed("the Arc agent named no key file"))?,
        status => return Err(failed(format!("the Arc agent answered {status} in place of 401"))),
    };
    let key = read_key(Path::new(&realm), keys).await?;
    let (status, headers, body) = ask(http, url, Some(&key)).await?;
    if status != 200 {
        heard.note(Some(Refused {
            status,
            retry_after: headers.get("retry-after").and_then(|v| v.to_str().ok()).map(Into::into),
            body,
        }));
        return Err(failed(format!("the Arc agent answered {status}")));
    }
    read_token(&body).ok_or_else(|| failed("the Arc agent answered without a token"))
}

/// Whether the agent is installed on this machine.
pub(super) fn is_here() -> bool {
    let program = match cfg!(windows) {
        true => r"C:\Program Files\AzureConnectedMachineAgent\himds.exe",
        false => "/opt/azcmagent/bin/himds",
    };
    Path::new(program).exists()
}

/// Where the agent of this platform keeps its keys.
pub(super) fn key_folder(env: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    match cfg!(windows) {
        true => Path::new(&env("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into()))
            .join("AzureConnectedMachineAgent")
            .join("Tokens"),
        false => PathBuf::from("/var/opt/azcmagent/tokens"),
    }
}

fn address(endpoint: &str, id: Option<&ManagedId>, scope: &str) -> azure_core::Result<Url> {
    let mut url = Url::parse(endpoint)
        .ok()
        .filter(is_loopback)
        .ok_or_else(|| failed(format!("the Arc agent's address `{endpoint}` is not local")))?;
    let resource = scope.strip_suffix("/.default").unwrap_or(scope);
    url.query_pairs_mut()
        .append_pair("api-version", "2020-06-01")
        .append_pair("resource", resource);
    if let Some(id) = id {
        let (name, value) = match id {
            ManagedId::Client(id) => ("client_id", id),
            ManagedId::Object(id) => ("object_id", id),
            ManagedId::Resource(id) => ("msi_res_id", id),
        };
        url.query_pairs_mut().append_pair(name, value);
    }
    Ok(url)
}

async fn ask(
    http: &Http,
    url: Url,
    key: Option<&str>,
) -> azure_core::Result<(u16, HeaderMap, Bytes)> {
    let built = http.client(&url).and_then(|client| {
        let mut request = client.get(url).header("Metadata", "true");
        if let Some(key) = key {
            request = request.header("Authorization", format!("Basic {key}"));
        }
        Ok((client, request.build()?))
    });
    let (client, request) = built.map_err(|error| failed(error.without_url().to_string()))?;
    http.execute(&client, request).await.map_err(|broken| {
        let message = format!("the Arc agent does not answer: {}", broken.cause);
        Error::with_message(ErrorKind::Connection, message)
    })
}

fn realm(headers: &HeaderMap) -> Option<String> {
    let challenge = headers.get(WWW_AUTHENTICATE)?.to_str().ok()?;
    let path = challenge.split_once("realm=")?.1;
    Some(path.trim().trim_matches('"').to_owned())
}

/// Reads the key. Whoever answers in the agent's place must not choose what is read and sent to
/// it, so only the agent's own folder counts, and only what looks like a key.
async fn read_key(path: &Path, folder: &Path) -> azure_core::Result<String> {
    let named_right = path.extension().is_some_and(|extension| extension == "key");
    if path.parent() != Some(folder) || !named_right {
        let path = path.display();
        return Err(failed(format!("the Arc agent named `{path}`, which is not a key of its own")));
    }
    let told = |error: std::io::Error| {
        failed(format!(
            "the Arc agent's key cannot be read ({error}): run as an administrator, or as a member \
             of the group himds"
        ))
    };
    let size = tokio::fs::metadata(path).await.map_err(told)?.len();
    if size > LARGEST_KEY {
        return Err(failed("the Arc agent's key file is too large to be a key"));
    }
    tokio::fs::read_to_string(path).await.map_err(told)
}

/// Reads `{"access_token", "expires_on"}`, the time as seconds since 1970 in a string.
fn read_token(body: &[u8]) -> Option<Token> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let expires = &body["expires_on"];
    let expires = expires.as_u64().or_else(|| expires.as_str()?.parse().ok())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let valid = Duration::from_secs(expires.saturating_sub(now));
    Some(Token::new(body["access_token"].as_str()?, valid))
}

fn failed(message: impl Into<String>) -> Error {
    Error::with_message(ErrorKind::Credential, message.into())
}
