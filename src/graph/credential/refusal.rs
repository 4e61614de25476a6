//! Why a sign-in failed, and which setting to look at.
//!
//! Codes: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use std::time::{Duration, SystemTime};

use azure_core::error::ErrorKind;
use serde_json::Value;

use super::super::error::SignIn;
use super::super::retry::retry_after;
use super::transport::Heard;

/// A failed sign-in, and how long the service asked to wait, if it did.
pub(super) struct Failure {
    pub(super) sign_in: SignIn,
    pub(super) wait: Option<Duration>,
}

/// Reads what azure_identity tells and what the transport heard; `credential` names the way of
/// signing in.
pub(super) fn read(credential: &str, error: &azure_core::Error, heard: &Heard) -> Failure {
    let inner = innermost(error);
    let mut sign_in = SignIn {
        credential: credential.to_owned(),
        message: inner.to_string().trim().to_owned(),
        transient: matches!(inner.kind(), ErrorKind::Io | ErrorKind::Connection),
        ..SignIn::default()
    };
    let mut wait = None;
    if let Some(refused) = heard.last() {
        sign_in.status = Some(refused.status);
        sign_in.transient = matches!(refused.status, 408 | 429 | 500..);
        let text = refused.retry_after.as_deref();
        wait = text.and_then(|text| retry_after(text, SystemTime::now()));
        sign_in.message = format!("the answer has status {} and no reason", refused.status);
        if let Ok(body) = serde_json::from_slice(&refused.body) {
            read_body(&mut sign_in, &body);
        }
    }
    sign_in.aadsts = sign_in.aadsts.or_else(|| aadsts(&sign_in.message));
    sign_in.advice = sign_in.aadsts.and_then(advice).map(str::to_owned);
    Failure { sign_in, wait }
}

/// What the codes mean that a person who sets up a provider meets, and where to look.
const ADVICE: &[(u32, &str)] = &[
    (
        7000215,
        "The client secret is wrong: check client_secret (M365_CLIENT_SECRET), and that it holds \
         the secret's value, not its id.",
    ),
    (7000222, "The client secret has expired: create a new one and set client_secret."),
    (
        700016,
        "The application is not in this tenant: check client_id and tenant_id, and that the \
         application was consented to in the tenant.",
    ),
    (90002, "The tenant was not found: check tenant_id, and cloud for a national cloud."),
    (900021, "The tenant id is malformed: check tenant_id."),
    (900023, "The tenant id is neither a GUID nor a domain: check tenant_id."),
    (900382, "The tenant belongs to another cloud: check cloud."),
    (
        700027,
        "The certificate is not registered with the application, or its key does not match: \
         check client_certificate, and upload its public part to the application.",
    ),
    (700024, "The client assertion is outside its validity: check this machine's clock."),
    (
        70021,
        "No federated credential of the application matches the token: compare its issuer, \
         subject and audience with those of the token.",
    ),
    (
        700211,
        "No federated credential of the application matches the token's issuer: compare the \
         issuer of the federated credential.",
    ),
    (
        700212,
        "No federated credential of the application matches the token's audience: compare the \
         audience of the federated credential.",
    ),
    (
        700213,
        "No federated credential of the application matches the token's subject: compare its \
         subject (repository, branch, environment or service account).",
    ),
    (70011, "The scope is invalid: check graph_endpoint and cloud."),
    (
        500011,
        "Graph is not known in this tenant under this address: check graph_endpoint and cloud.",
    ),
    (7000112, "The application is disabled in the tenant: enable its service principal."),
    (
        53003,
        "A Conditional Access policy blocks the sign-in: exclude this workload identity or sign in \
         from an allowed location.",
    ),
    (
        7000229,
        "The application has no service principal in the tenant: create it or consent to it.",
    ),
    (50034, "The account does not exist in this tenant: check tenant_id."),
    (50076, "Multifactor authentication is needed: sign in again with `az login`."),
    (50173, "The sign-in of the tool has been revoked: run `az login` again."),
    (700082, "The sign-in of the tool has expired: run `az login` again."),
];

/// azure_identity wraps the true error in one that adds a sentence.
fn innermost(error: &azure_core::Error) -> &azure_core::Error {
    let mut error = error;
    while let Some(inner) = error.downcast_ref::<azure_core::Error>() {
        error = inner;
    }
    error
}

/// Reads `{"error", "error_description", "error_codes", "trace_id", "correlation_id"}`.
fn read_body(sign_in: &mut SignIn, body: &Value) {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    sign_in.code = text("error");
    sign_in.trace_id = text("trace_id");
    sign_in.correlation_id = text("correlation_id");
    if let Some(description) = text("error_description") {
        sign_in.message = first_line(&description).to_owned();
    }
    sign_in.aadsts = body["error_codes"][0].as_u64().and_then(|code| u32::try_from(code).ok());
}

/// The number after `AADSTS`.
fn aadsts(text: &str) -> Option<u32> {
    let digits = text.split_once("AADSTS")?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// The sentence without the trace, correlation and time stamps that follow it.
fn first_line(description: &str) -> &str {
    let line = description.lines().next().unwrap_or_default();
    line.split(" Trace ID:").next().unwrap_or(line).trim()
}

fn advice(code: u32) -> Option<&'static str> {
    ADVICE.iter().find(|(known, _)| *known == code).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(aadsts("AADSTS7000215: Invalid client secret."), Some(7_000_215));
        assert_eq!(aadsts("ERROR: AADSTS50076"), Some(50_076));
        assert_eq!(aadsts("no number"), None);
    }

    #[test]
    fn lines() {
        let one = "AADSTS1: What. Trace ID: a Correlation ID: b";
        assert_eq!(first_line(one), "AADSTS1: What.");
        assert_eq!(first_line("AADSTS1: What.\r\nTrace ID: a"), "AADSTS1: What.");
    }

    #[test]
    fn the_table_has_each_code_once() {
        for (at, (code, advice)) in ADVICE.iter().enumerate() {
            assert!(ADVICE[at + 1..].iter().all(|(other, _)| other != code), "{code}");
            assert!(advice.ends_with('.'), "{code}");
        }
    }
}
