//! Whether methods are of an authentication strength.

use super::controls::{AuthenticationStrength, CombinationConfiguration};
use super::directory::User;
use crate::policy::truth::Truth;

/// The combinations of a strength, and which keys and certificates they stand for.
#[derive(Debug)]
pub(super) struct Strength<'a> {
    allowed: Vec<&'a str>,
    configurations: &'a [CombinationConfiguration],
}

impl<'a> Strength<'a> {
    pub(super) fn new(strength: &'a AuthenticationStrength) -> Self {
        Self {
            allowed: strength.allowed_combinations.iter().map(String::as_str).collect(),
            configurations: &strength.combination_configurations,
        }
    }

    /// One that Microsoft keeps, by its combinations.
    pub(super) fn built_in(allowed: &[&'static str]) -> Strength<'static> {
        Strength { allowed: allowed.to_vec(), configurations: &[] }
    }

    /// Whether a combination that was presented is one of those allowed.
    pub(super) fn is_met_by(&self, presented: &str) -> bool {
        self.allowed.iter().any(|combination| {
            modes(combination)
                .all(|mode| modes(presented).any(|own| own.eq_ignore_ascii_case(mode)))
        })
    }

    /// Whether what a user has registered makes up a combination. Everyone has a password, as far as
    /// is known; who has a certificate is not, so that it may be anyone where `certificates` are
    /// let in.
    pub(super) fn can_be_met_by(&self, user: &User, certificates: bool) -> Truth {
        Truth::any(self.allowed.iter().map(|combination| {
            modes(combination)
                .map(|mode| self.has(user, mode, combination, certificates))
                .fold(Truth::Yes, Truth::and)
        }))
    }

    fn has(&self, user: &User, mode: &str, combination: &str, certificates: bool) -> Truth {
        let methods = user.methods.as_deref().unwrap_or_default();
        if mode == "password" {
            return Truth::Yes;
        }
        let of_certificates = mode.starts_with("x509Certificate");
        if !methods.iter().any(|own| own.eq_ignore_ascii_case(mode)) {
            return if of_certificates && certificates { Truth::Maybe } else { Truth::No };
        }
        let mut limits = self.configurations.iter().filter(|one| one.is_about(combination));
        if of_certificates {
            // Which certificate the user has is not told.
            return if limits.next().is_some() { Truth::Maybe } else { Truth::Yes };
        }
        if mode != "fido2" {
            return Truth::Yes;
        }
        let models: Vec<&String> = limits.flat_map(|one| &one.allowed_aaguids).collect();
        if models.is_empty() {
            return Truth::Yes;
        }
        let fits = |own: &String| models.iter().any(|model| model.eq_ignore_ascii_case(own));
        user.passkeys.as_ref().map(|passkeys| passkeys.iter().any(fits)).into()
    }
}

impl CombinationConfiguration {
    /// Whether it limits a combination: one that has all methods that the configuration names.
    fn is_about(&self, combination: &str) -> bool {
        self.applies_to_combinations.iter().any(|about| {
            modes(about).all(|mode| modes(combination).any(|own| own.eq_ignore_ascii_case(mode)))
        })
    }
}

fn modes(combination: &str) -> impl Iterator<Item = &str> {
    combination.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(strength: &Value, user: &Value, certificates: bool, expected: Truth) {
        let strength: AuthenticationStrength = serde_json::from_value(strength.clone()).unwrap();
        let user: User = serde_json::from_value(user.clone()).unwrap();
        let told = Strength::new(&strength).can_be_met_by(&user, certificates);
        assert_eq!(told, expected, "{strength:?} {user:?}");
    }

    #[test]
    fn keys_are_of_the_models_that_are_allowed() {
        let strength = |models: &[&str]| {
            json!({"allowedCombinations": ["fido2"], "combinationConfigurations": [{
                "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
                "allowedAAGUIDs": models, "appliesToCombinations": ["fido2"],
            }]})
        };
        let user = |passkeys: Value| json!({"methods": ["fido2"], "passkeys": passkeys});
        check(&strength(&["A"]), &user(json!(["a", "b"])), false, Truth::Yes);
        check(&strength(&["c"]), &user(json!(["a", "b"])), false, Truth::No);
        check(&strength(&["c"]), &user(json!(null)), false, Truth::Maybe);
        check(&strength(&[]), &user(json!(null)), false, Truth::Yes);
        check(&strength(&["a"]), &json!({"methods": ["sms"], "passkeys": ["a"]}), false, Truth::No);
    }

    #[test]
    fn certificates_are_not_listed_with_users() {
        let strength = json!({"allowedCombinations": ["fido2", "x509CertificateMultiFactor"]});
        let user = |method: &str| json!({"methods": [method]});
        check(&strength, &user("sms"), false, Truth::No);
        check(&strength, &user("sms"), true, Truth::Maybe);
        check(&strength, &user("fido2"), true, Truth::Yes);
        let mut limited = strength;
        limited["combinationConfigurations"] = json!([{
            "allowedIssuerSkis": ["ab"], "appliesToCombinations": ["x509CertificateMultiFactor"],
        }]);
        check(&limited, &user("x509CertificateMultiFactor"), true, Truth::Maybe);
    }

    #[test]
    fn a_combination_takes_all_its_methods() {
        let strength = json!({"allowedCombinations": ["password,sms", "fido2"]});
        let user = |methods: &[&str]| json!({ "methods": methods });
        check(&strength, &user(&["sms"]), false, Truth::Yes);
        check(&strength, &user(&["password"]), false, Truth::No);
        let strength: AuthenticationStrength = serde_json::from_value(strength).unwrap();
        assert!(Strength::new(&strength).is_met_by("sms, password"));
        assert!(!Strength::new(&strength).is_met_by("password"));
    }
}
