//! `m365_authentication_strength_policy`.

use super::AREA;
use crate::catalogue::lockout;
use crate::declare::{
    Attribute, Check, Contained, Finding, Form, Literal::Strs, Lookup, Permissions, Resource,
    flags, ids, instant, objects, string, strings,
};
use crate::terraform::{Path, Value};

/// Which authentication methods are good enough.
pub static AUTHENTICATION_STRENGTH_POLICY: Resource = Resource {
    name: "authentication_strength_policy",
    area: AREA,
    doc: "A custom authentication strength: the combinations of authentication methods that are good \
        enough where a Conditional Access policy names it in `authentication_strength_id`, and which \
        security keys and certificates among them.\n\n\
        The three built-in strengths cannot be changed: refer to them by their ids, \
        `00000000-0000-0000-0000-000000000002` (multifactor authentication), `..003` (passwordless) \
        and `..004` (phishing-resistant). A tenant has at most 15 custom ones, and Graph refuses to \
        delete one that a policy still uses.\n\n\
        A change is judged as the enabled policies that demand the strength would be (lockout rule \
        L-11): one that leaves the emergency access accounts without a method, or with security keys \
        of other models only, is stopped.",
    reference: "https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy",
    path: "/policies/authenticationStrengthPolicies",
    entity: "authenticationStrengthPolicy",
    permissions: Permissions {
        read: "Policy.Read.All",
        write: "Policy.Read.All + Policy.ReadWrite.ConditionalAccess",
    },
    selects: false,
    filters: false,
    attributes: &[
        string("display_name", "The name that administrators see, of at most 30 characters.")
            .required()
            .checks(&[Check::Length(1, 30)]),
        string("description", "What it is for."),
        strings(
            "allowed_combinations",
            "The combinations, any of which is enough: methods that satisfy it alone, such as \
             `fido2`, `windowsHelloForBusiness`, `x509CertificateMultiFactor`, or methods joined by a \
             comma, such as `password,microsoftAuthenticatorPush`. Order and spaces in a combination \
             do not matter.",
        )
        .form(Form::Words)
        .required()
        .one_of(METHODS)
        .checks(&[Check::Count(1, 100)])
        .by_action("updateAllowedCombinations"),
        objects(
            "fido2_configurations",
            "Which security keys and passkeys `fido2` stands for. Not set: all that the \
             authentication methods policy allows.",
        )
        .of(&[
            ids(
                "allowed_aaguids",
                "The AAGUIDs (authenticator attestation GUIDs) of the models that are allowed.",
            )
            .graph("allowedAAGUIDs")
            .required()
            .checks(&[Check::Count(1, 1000)]),
            applies_to(
                "The combinations that it is about. Only `fido2` is possible, which is the default.",
            )
            .or(Strs(&["fido2"])),
        ])
        .graph("combinationConfigurations")
        .contained(&FIDO2),
        objects(
            "x509_certificate_configurations",
            "Which certificates `x509CertificateSingleFactor` and `x509CertificateMultiFactor` stand \
             for. Not set: all that the authentication methods policy allows.",
        )
        .of(&[
            strings(
                "allowed_issuer_skis",
                "The subject key identifiers of the certification authorities whose certificates are \
                 allowed, in hexadecimal.",
            )
            .form(Form::CaseInsensitive),
            strings(
                "allowed_policy_oids",
                "The policy OIDs, such as `1.3.6.1.4.1.311.21.8.1`, one of which a certificate must \
                 have.",
            )
            .graph("allowedPolicyOIDs")
            .checks(&[Check::Pattern("^[0-9]+(\\.[0-9]+)+$", "an OID in dotted notation")]),
            applies_to(
                "The combinations that it is about: `x509CertificateSingleFactor` or \
                 `x509CertificateMultiFactor`.",
            )
            .required(),
        ])
        .graph("combinationConfigurations")
        .contained(&X509_CERTIFICATE),
        string("policy_type", "`custom`, or `builtIn`.").computed(),
        flags(
            "requirements_satisfied",
            "The claims that a sign-in with these methods earns: `mfa`, or `none`.",
        )
        .computed()
        .one_of(&["none", "mfa"])
        .follows(&["allowed_combinations"]),
        instant("created_date_time", "When it was made.").computed(),
    ],
    judge: Some(configurations_without_combination),
    keys: &["display_name"],
    data: Some(Lookup { plural: Some("authentication_strength_policies") }),
    guard: Some(lockout::authentication_strength_policy),
    ..Resource::MEMBER
};

static FIDO2: Contained = Contained::MEMBERS.of("fido2CombinationConfiguration");
static X509_CERTIFICATE: Contained =
    Contained::MEMBERS.of("x509CertificateCombinationConfiguration");

/// The members of `authenticationMethodModes`.
static METHODS: &[&str] = &[
    "password",
    "voice",
    "hardwareOath",
    "softwareOath",
    "sms",
    "fido2",
    "windowsHelloForBusiness",
    "microsoftAuthenticatorPush",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "email",
    "x509CertificateSingleFactor",
    "x509CertificateMultiFactor",
    "federatedSingleFactor",
    "federatedMultiFactor",
    "qrCodePin",
];

const fn applies_to(doc: &'static str) -> Attribute {
    strings("applies_to_combinations", doc).form(Form::Words).one_of(METHODS)
}

/// A configuration says something about methods, which must be allowed for it to matter: alone, or
/// as part of a combination.
fn configurations_without_combination(planned: &Value) -> Vec<Finding> {
    let allowed = planned.get("allowed_combinations");
    if !allowed.is_wholly_known() {
        return Vec::new();
    }
    let texts = |set: &Value| -> Vec<String> {
        let texts = set.as_elements().unwrap_or_default().iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let allowed = texts(allowed);
    let is_idle = |about: &&String| {
        let has = |one: &String| words(about).all(|word| words(one).any(|other| other == word));
        !allowed.iter().any(has)
    };
    let mut found = Vec::new();
    for name in ["fido2_configurations", "x509_certificate_configurations"] {
        for configuration in planned.get(name).as_elements().unwrap_or_default() {
            let about = texts(configuration.get("applies_to_combinations"));
            if let Some(idle) = about.iter().find(is_idle) {
                found.push(Finding::warning(
                    Path::attribute(name),
                    format!("{name} is about {idle}, which is not allowed"),
                    format!(
                        "The configuration does nothing. Add {idle} to allowed_combinations, or \
                         remove the configuration."
                    ),
                ));
            }
        }
    }
    found
}

fn words(combination: &str) -> impl Iterator<Item = &str> {
    combination.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &[&str], about: &str, wrong: bool) {
        let set = |texts: &[&str]| Value::set(texts.iter().map(|text| Value::from(*text)));
        let one = Value::from([("applies_to_combinations", set(&[about]))]);
        let planned = Value::from([
            ("allowed_combinations", set(allowed)),
            ("x509_certificate_configurations", Value::set([one])),
        ]);
        assert_eq!(!configurations_without_combination(&planned).is_empty(), wrong, "{about}");
    }

    #[test]
    fn a_configuration_is_about_what_is_allowed() {
        check(&["fido2", "x509CertificateMultiFactor"], "x509CertificateMultiFactor", false);
        check(&["password, x509CertificateSingleFactor"], "x509CertificateSingleFactor", false);
        check(&["fido2"], "x509CertificateMultiFactor", true);
    }
}
