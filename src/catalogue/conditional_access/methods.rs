//! Which authentication methods users can sign in with: what they have registered, as far as the
//! tenant lets it in.

use serde_json::Value as Json;

use crate::declare::{Asking, Read};

/// What a user can sign in with.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::catalogue) struct Methods {
    /// By the names that strengths give to methods.
    pub(in crate::catalogue) names: Vec<String>,
    /// The models (AAGUIDs) of the passkeys among them, where Graph tells all of them.
    pub(in crate::catalogue) passkeys: Option<Vec<String>>,
}

/// The methods that a user has registered.
pub(in crate::catalogue) fn registered(id: &str) -> Read {
    Read::all(format!("/users/{id}/authentication/methods"), "UserAuthenticationMethod.Read.All")
}

/// What the tenant says of a method, such as `Fido2`.
pub(in crate::catalogue) fn configuration(method: &str) -> Read {
    let path = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
    Read::one(format!("{path}/{method}"), "Policy.Read.AuthenticationMethod")
}

/// What a user can sign in with; nothing where nobody could look.
pub(super) fn of(ask: &Asking<'_>, id: &str) -> Option<Methods> {
    let told = ask.objects(&registered(id));
    // Asked for together with what is registered.
    let fido2 = ask.known(&configuration("Fido2"));
    told.map(|told| usable(told, fido2.unwrap_or(&Json::Null)))
}

/// Whether users can sign in by certificates, which are not listed with them.
pub(in crate::catalogue) fn certificates(ask: &Asking<'_>) -> bool {
    ask.known(&configuration("X509Certificate")).is_some_and(|told| told["state"] == "enabled")
}

/// Whether one of the passkeys among what somebody has registered is let in.
pub(in crate::catalogue) fn has_key(told: &[Json], fido2: &Json) -> bool {
    usable(told, fido2).names.iter().any(|name| name == "fido2")
}

fn usable(told: &[Json], fido2: &Json) -> Methods {
    let mut names: Vec<String> = told.iter().filter_map(name).collect();
    let keys = told.iter().filter(|one| name(one).as_deref() == Some("fido2"));
    let models: Option<Vec<String>> =
        keys.map(|key| Some(key["aaGuid"].as_str()?.to_lowercase())).collect();
    let restrictions = &fido2["keyRestrictions"];
    let listed = |model: &String| {
        let all = restrictions["aaGuids"].as_array().into_iter().flatten();
        all.filter_map(Json::as_str).any(|one| one.eq_ignore_ascii_case(model))
    };
    let lets_in = |model: &String| {
        restrictions["isEnforced"] != true
            || (restrictions["enforcementType"] == "allow") == listed(model)
    };
    let passkeys = models.map(|models| models.into_iter().filter(lets_in).collect::<Vec<_>>());
    if fido2["state"] == "disabled" || passkeys.as_ref().is_some_and(Vec::is_empty) {
        names.retain(|name| name != "fido2");
    }
    Methods { names, passkeys }
}

/// The name that strengths give to a method which a user has registered.
pub(in crate::catalogue) fn name(told: &Json) -> Option<String> {
    let kind = told["@odata.type"].as_str()?.strip_prefix("#microsoft.graph.")?;
    Some(match kind.strip_suffix("AuthenticationMethod").unwrap_or(kind) {
        "phone" => "sms".to_owned(),
        "microsoftAuthenticator" => "microsoftAuthenticatorPush".to_owned(),
        "passwordlessMicrosoftAuthenticator" => "deviceBasedPush".to_owned(),
        "temporaryAccessPass" if told["isUsableOnce"] == true => {
            "temporaryAccessPassOneTime".to_owned()
        }
        "temporaryAccessPass" => "temporaryAccessPassMultiUse".to_owned(),
        "x509Certificate" => "x509CertificateMultiFactor".to_owned(),
        // What Windows Hello is called on a Mac.
        "platformCredential" => "windowsHelloForBusiness".to_owned(),
        other => other.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_the_tenant_does_not_let_in_do_not_count() {
        #[track_caller]
        fn check(fido2: &Json, names: &[&str], passkeys: Option<&[&str]>) {
            let told = [
                json!({"@odata.type": "#microsoft.graph.passwordAuthenticationMethod"}),
                json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "aaGuid": "A"}),
            ];
            let usable = usable(&told, fido2);
            assert_eq!(usable.names, names, "{fido2}");
            let passkeys = passkeys.map(|all| all.iter().map(|&one| one.to_owned()).collect());
            assert_eq!(usable.passkeys, passkeys, "{fido2}");
        }
        let keys = |how: &str, which: &str, enforced: bool| {
            json!({"state": "enabled", "keyRestrictions": {
                "isEnforced": enforced, "enforcementType": how, "aaGuids": [which]}})
        };
        let (both, one) = (&["password", "fido2"], &["password"]);
        check(&Json::Null, both, Some(&["a"]));
        check(&json!({"state": "disabled"}), one, Some(&["a"]));
        check(&keys("allow", "a", true), both, Some(&["a"]));
        check(&keys("allow", "b", true), one, Some(&[]));
        check(&keys("block", "a", true), one, Some(&[]));
        check(&keys("block", "b", true), both, Some(&["a"]));
        check(&keys("block", "a", false), both, Some(&["a"]));
        let untold = [json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethod"})];
        assert_eq!(super::usable(&untold, &keys("allow", "a", true)).passkeys, None);
    }
}
