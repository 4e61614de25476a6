//! Bodies made fit for a log: the values of secret properties are replaced.

use serde_json::Value;

/// What stands in place of a secret.
const MASK: &str = "(secret)";

/// Properties that hold secrets wherever they stand, in lower case.
const SECRET: &[&str] = &[
    "password",
    "currentpassword",
    "newpassword",
    "generatedpassword",
    "passphrase",
    "secrettext",
    "secretkey",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "assertion",
    "access_token",
    "accesstoken",
    "refresh_token",
    "id_token",
    "temporaryaccesspass",
    "sharedkey",
    "sharedsecret",
    "privatekey",
    "key",
];

/// A copy of `body` without the values of secret properties.
pub(super) fn masked(body: &Value, also: &[String]) -> Value {
    match body {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| match is_secret(name, also) && !value.is_null() {
                true => (name.clone(), MASK.into()),
                false => (name.clone(), masked(value, also)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(|item| masked(item, also)).collect(),
        plain => plain.clone(),
    }
}

fn is_secret(name: &str, also: &[String]) -> bool {
    SECRET.contains(&name.to_ascii_lowercase().as_str())
        || also.iter().any(|other| other.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_at_any_depth_and_in_any_case() {
        let body = json!({
            "displayName": "a",
            "passwordProfile": {"password": "p", "forceChangePasswordNextSignIn": true},
            "keyCredentials": [{"key": "k", "keyId": "id"}],
            "SecretText": {"nested": "n"},
            "secrets": [{"name": "x", "value": "v"}],
            "password": null,
        });
        let expected = json!({
            "displayName": "a",
            "passwordProfile": {"password": "(secret)", "forceChangePasswordNextSignIn": true},
            "keyCredentials": [{"key": "(secret)", "keyId": "id"}],
            "SecretText": "(secret)",
            "secrets": [{"name": "x", "value": "(secret)"}],
            "password": null,
        });
        assert_eq!(masked(&body, &["Value".to_owned()]), expected);
    }
}
