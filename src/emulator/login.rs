//! Signing in: the token endpoint and the documents by which libraries find it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::context::Caller;
use super::refusal::Refusal;
use super::store::texts;
use super::{CLIENT_ID, CLIENT_SECRET};

/// How long a token is good for, in seconds.
const LIFETIME: i64 = 3599;

pub(crate) struct Tenant<'a> {
    pub(crate) id: &'a str,
    pub(crate) names: Vec<String>,
    pub(crate) base: &'a str,
    /// The object id of the client's service principal.
    pub(crate) object_id: &'a str,
    pub(crate) roles: &'a [String],
}

/// Answers a request to the sign-in service; none: not a path of it.
pub(crate) fn answer(
    tenant: &Tenant,
    method: &str,
    path: &str,
    body: &[u8],
) -> Option<(u16, Value)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, segments.as_slice()) {
        ("POST", [name, "oauth2", "v2.0", "token"]) => Some(token(tenant, name, body)),
        ("GET", [name, "v2.0", ".well-known", "openid-configuration"]) => {
            Some((200, discovery(tenant, name)))
        }
        ("GET", ["common", "discovery", "instance"]) => Some((200, instances(tenant))),
        ("GET", [_, "discovery", "v2.0", "keys"]) => Some((200, json!({ "keys": [] }))),
        _ => None,
    }
}

fn discovery(tenant: &Tenant, name: &str) -> Value {
    let (base, id) = (tenant.base, tenant.id);
    json!({
        "token_endpoint": format!("{base}/{name}/oauth2/v2.0/token"),
        "authorization_endpoint": format!("{base}/{name}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/{name}/oauth2/v2.0/devicecode"),
        "jwks_uri": format!("{base}/{name}/discovery/v2.0/keys"),
        "issuer": format!("{base}/{id}/v2.0"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "msgraph_host": tenant.base.trim_start_matches("http://"),
    })
}

fn instances(tenant: &Tenant) -> Value {
    let host = tenant.base.trim_start_matches("http://");
    json!({
        "tenant_discovery_endpoint": format!("{}/{}/v2.0/.well-known/openid-configuration", tenant.base, tenant.id),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    })
}

/// A refusal: status, `error`, AADSTS number, what happened.
type Denied = (u16, &'static str, u32, String);

fn token(tenant: &Tenant, name: &str, body: &[u8]) -> (u16, Value) {
    match grant(tenant, name, body) {
        Ok(token) => {
            let told = json!({
                "token_type": "Bearer",
                "expires_in": LIFETIME,
                "ext_expires_in": LIFETIME,
                "access_token": token,
            });
            (200, told)
        }
        Err((status, error, number, message)) => (status, denial(error, number, &message)),
    }
}

fn denial(error: &str, number: u32, message: &str) -> Value {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let (trace, correlation) = (uuid::Uuid::new_v4().to_string(), uuid::Uuid::new_v4().to_string());
    json!({
        "error": error,
        "error_description": format!(
            "AADSTS{number}: {message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}"
        ),
        "error_codes": [number],
        "timestamp": now,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
    })
}

fn grant(tenant: &Tenant, name: &str, body: &[u8]) -> Result<String, Denied> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    if !name.eq_ignore_ascii_case(tenant.id)
        && !tenant.names.iter().any(|n| n.eq_ignore_ascii_case(name))
    {
        return Err((400, "invalid_request", 90002, format!("Tenant '{name}' not found.")));
    }
    if field("grant_type") != "client_credentials" {
        let message =
            format!("The app requested an unsupported grant type '{}'.", field("grant_type"));
        return Err((400, "unsupported_grant_type", 70003, message));
    }
    let client = field("client_id");
    if !client.eq_ignore_ascii_case(CLIENT_ID) {
        let message =
            format!("Application with identifier '{client}' was not found in the directory.");
        return Err((400, "unauthorized_client", 700_016, message));
    }
    if !field("scope").ends_with("/.default") {
        let message = format!(
            "The provided value for the input parameter 'scope' is not valid: '{}'.",
            field("scope")
        );
        return Err((400, "invalid_scope", 70011, message));
    }
    match (field("client_secret"), field("client_assertion")) {
        ("", "") => {
            let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err((401, "invalid_client", 7_000_218, message.into()));
        }
        (_, assertion) if !assertion.is_empty() => {
            check_assertion(tenant, client, assertion, field("client_assertion_type"))?
        }
        (secret, _) if secret == CLIENT_SECRET => {}
        _ => {
            let message = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'."
            );
            return Err((401, "invalid_client", 7_000_215, message));
        }
    }
    Ok(issue(tenant))
}

/// A certificate's assertion names the client itself; a federated one comes from elsewhere. Signatures are
/// not verified: this tenant knows no keys.
fn check_assertion(
    tenant: &Tenant,
    client: &str,
    assertion: &str,
    kind: &str,
) -> Result<(), Denied> {
    let bad = |number, message: &str| Err((401, "invalid_client", number, message.to_owned()));
    if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
        return bad(50027, "The type of the client assertion is not known.");
    }
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        return bad(50027, "JWT token is invalid or malformed.");
    };
    let (Some(header), Some(claims)) = (read(header), read(claims)) else {
        return bad(50027, "JWT token is invalid or malformed.");
    };
    let expires = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    if expires < Timestamp::now().as_second() {
        return bad(700_024, "Client assertion is not within its valid time range.");
    }
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    if claims.get("iss").and_then(Value::as_str) == Some(client) {
        let certificate = ["x5t", "x5t#S256", "x5c"].iter().any(|n| header.get(*n).is_some());
        if !certificate {
            return bad(700_027, "The certificate of the client assertion is not named.");
        }
        if !audience.starts_with(tenant.base) && !audience.starts_with("https://login.") {
            return bad(700_023, "Client assertion audience claim does not match Realm issuer.");
        }
        return Ok(());
    }
    if audience == "api://AzureADTokenExchange" {
        return Ok(());
    }
    bad(700_212, "No matching federated identity record found for presented assertion audience.")
}

fn issue(tenant: &Tenant) -> String {
    let now = Timestamp::now().as_second();
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": "graph-emulator" });
    let claims = json!({
        "aud": "https://graph.microsoft.com",
        "iss": format!("https://sts.windows.net/{}/", tenant.id),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "app_displayname": "Terraform",
        "appid": CLIENT_ID,
        "appidacr": "1",
        "idp": format!("https://sts.windows.net/{}/", tenant.id),
        "idtyp": "app",
        "oid": tenant.object_id,
        "sub": tenant.object_id,
        "roles": tenant.roles,
        "tid": tenant.id,
        "ver": "1.0",
        "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"],
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode("not signed"))
}

fn read(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
}

/// Who a bearer token was issued to.
pub(crate) fn caller(authorization: Option<&str>, tenant_id: &str) -> Result<Caller, Refusal> {
    let refuse = |message: &str| Refusal::new(401, "InvalidAuthenticationToken", message);
    let token = authorization.and_then(|a| a.strip_prefix("Bearer ")).unwrap_or_default();
    if token.is_empty() {
        return Err(refuse("Access token is empty."));
    }
    let claims = token.split('.').nth(1).and_then(read);
    let Some(claims) = claims.filter(|_| token.split('.').count() == 3) else {
        return Err(refuse("CompactToken parsing failed with error code: 80049217"));
    };
    if claims.get("exp").and_then(Value::as_i64).unwrap_or_default() <= Timestamp::now().as_second()
    {
        return Err(refuse("Lifetime validation failed, the token is expired."));
    }
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if claim("tid") != tenant_id {
        return Err(refuse("Access token validation failure. Invalid tenant."));
    }
    if claim("aud") != "https://graph.microsoft.com" {
        return Err(refuse("Access token validation failure. Invalid audience."));
    }
    Ok(Caller {
        object_id: claim("oid").to_owned(),
        roles: Some(texts(&claims, "roles").map(str::to_owned).collect()),
    })
}
