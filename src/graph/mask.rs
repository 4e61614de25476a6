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

/// A copy of `body` without the values of secret properties: those that are secret everywhere, and
/// those that are called as in `also`.
pub(super) fn masked(body: &Value, also: &[&[String]]) -> Value {
    match body {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| match is_secret(name, also) && !value.is_null() {
                true => (name.clone(), hidden(name, value, also)),
                false => (name.clone(), masked(value, also)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(|item| masked(item, also)).collect(),
        plain => plain.clone(),
    }
}

/// What stands in place of a secret. `value` is also what Graph calls the items of every
/// collection: a property of that name which holds objects keeps them, and only their own secrets go.
fn hidden(name: &str, value: &Value, also: &[&[String]]) -> Value {
    match value {
        Value::Array(items) if name == "value" && items.iter().all(Value::is_object) => {
            items.iter().map(|item| masked(item, also)).collect()
        }
        _ => MASK.into(),
    }
}

fn is_secret(name: &str, also: &[&[String]]) -> bool {
    SECRET.contains(&name.to_ascii_lowercase().as_str())
        || also.iter().flat_map(|names| *names).any(|other| other.eq_ignore_ascii_case(name))
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
        assert_eq!(masked(&body, &[&[], &["Value".to_owned()]]), expected);
    }

    #[test]
    fn a_collection_is_no_secret_but_what_is_in_it_may_be() {
        let body = json!({"value": [{"id": "1", "value": "v", "pin": 4711}]});
        let expected = json!({"value": [{"id": "1", "value": "(secret)", "pin": "(secret)"}]});
        assert_eq!(masked(&body, &[&["value".to_owned(), "pin".to_owned()]]), expected);
        let texts = json!({"value": ["a secret"]});
        assert_eq!(masked(&texts, &[&["value".to_owned()]]), json!({"value": "(secret)"}));
    }
}
