//! `m365_authentication_method_configuration`.

use super::{AREA, PERMISSIONS, TARGET, methods};
use crate::catalogue::lockout;
use crate::declare::{Finding, Form, Resource, Rule, objects, string};
use crate::terraform::{Path, Value};

/// Whether one method may be used, by whom, and how.
pub static AUTHENTICATION_METHOD_CONFIGURATION: Resource = Resource {
    name: "authentication_method_configuration",
    area: AREA,
    doc: "One method in the authentication methods policy: whether it is enabled, who may use it, and \
        what is special about it.\n\n\
        Say which method it is by `method`, and set the attribute that is named after it, be it to \
        `{}`: what a method has beside `state` and `exclude_targets` is in there.\n\n\
        Each method is there from the start, so creating this resource takes it over: what is configured \
        is changed, all else stays as it was found. On destroy, what was found is put back \
        (`on_destroy`). Graph replaces targets as a whole: whoever is not listed is no target any more.\n\n\
        A change that takes the method from somebody is judged as the enabled policies would be (lockout \
        rule L-11): one that leaves the emergency access accounts without a method that is good enough, \
        be it that a target or the model of a key is no longer let in, is stopped.",
    reference: "https://learn.microsoft.com/graph/api/resources/authenticationmethodconfiguration",
    path: "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
    entity: "authenticationMethodConfiguration",
    permissions: PERMISSIONS,
    // Graph documents no query options.
    selects: false,
    attributes: &[
        string(
            "method",
            "The id of the method: `Fido2`, `MicrosoftAuthenticator`, `TemporaryAccessPass`, `Sms`, \
             `Voice`, `Email`, `SoftwareOath`, `X509Certificate`, `QRCodePin`, `VerifiableCredentials` \
             or `HardwareOath`.",
        )
        .form(Form::CaseInsensitive)
        .required()
        .replace("this is the configuration of one method"),
        string("state", "Whether users can register it and sign in with it: `enabled` or `disabled`.")
            .optional_computed()
            .one_of(&["enabled", "disabled"]),
        objects("exclude_targets", "Who may not use it, whatever `include_targets` says.")
            .optional_computed()
            .of(&TARGET),
        methods::FIDO2,
        methods::MICROSOFT_AUTHENTICATOR,
        methods::TEMPORARY_ACCESS_PASS,
        methods::SMS,
        methods::VOICE,
        methods::EMAIL,
        methods::SOFTWARE_OATH,
        methods::X509_CERTIFICATE,
        methods::QR_CODE_PIN,
        methods::VERIFIABLE_CREDENTIALS,
        methods::HARDWARE_OATH,
    ],
    rules: &[Rule::ExactlyOneOf(&[
        "fido2",
        "microsoft_authenticator",
        "temporary_access_pass",
        "sms",
        "voice",
        "email",
        "software_oath",
        "x509_certificate",
        "qr_code_pin",
        "verifiable_credentials",
        "hardware_oath",
    ])],
    judge: Some(judge),
    guard: Some(lockout::authentication_method_configuration),
    ..Resource::SINGLETON
};

/// The methods, by their ids and by what they are called here.
const METHODS: &[(&str, &str)] = &[
    ("Fido2", "fido2"),
    ("MicrosoftAuthenticator", "microsoft_authenticator"),
    ("TemporaryAccessPass", "temporary_access_pass"),
    ("Sms", "sms"),
    ("Voice", "voice"),
    ("Email", "email"),
    ("SoftwareOath", "software_oath"),
    ("X509Certificate", "x509_certificate"),
    ("QRCodePin", "qr_code_pin"),
    ("VerifiableCredentials", "verifiable_credentials"),
    ("HardwareOath", "hardware_oath"),
];

/// What Graph refuses of a plan.
fn judge(plan: &Value) -> Vec<Finding> {
    let found = [
        another_method(plan),
        lifetimes(plan.get("temporary_access_pass")),
        priorities(plan.get("x509_certificate")),
    ];
    found.into_iter().flatten().collect()
}

/// The settings are those of the method that is named.
fn another_method(plan: &Value) -> Option<Finding> {
    let method = plan.get("method").as_str()?;
    let is_set = |name: &str| !matches!(plan.get(name), Value::Null | Value::Unknown(_));
    let (id, set) = METHODS.iter().find(|(_, name)| is_set(name))?;
    if id.eq_ignore_ascii_case(method) {
        return None;
    }
    let named = METHODS.iter().find(|(id, _)| id.eq_ignore_ascii_case(method));
    let fix = match named {
        Some((_, name)) => format!("Set {name} in place of {set}, or method to {id:?}."),
        None => format!(
            "The methods are {}.",
            METHODS.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")
        ),
    };
    let path = Path::attribute("method");
    Some(Finding::error(path, format!("{set} is no part of the method {method}"), fix))
}

/// The default lifetime of a Temporary Access Pass is between the shortest and the longest.
fn lifetimes(pass: &Value) -> Option<Finding> {
    let minutes = |name: &str| number(pass.get(name));
    let (least, most) =
        (minutes("minimum_lifetime_in_minutes"), minutes("maximum_lifetime_in_minutes"));
    let default = minutes("default_lifetime_in_minutes");
    let above = |one: Option<i64>, other: Option<i64>| {
        one.zip(other).is_some_and(|(one, other)| one > other)
    };
    let (name, why) = if above(least, most) {
        ("minimum_lifetime_in_minutes", "longer than maximum_lifetime_in_minutes")
    } else if above(least, default) {
        ("default_lifetime_in_minutes", "shorter than minimum_lifetime_in_minutes")
    } else if above(default, most) {
        ("default_lifetime_in_minutes", "longer than maximum_lifetime_in_minutes")
    } else {
        return None;
    };
    Some(Finding::error(
        Path::attribute("temporary_access_pass").at(name),
        format!("{name} is {why}"),
        "A pass lasts from the minimum to the maximum, and the default lies between. What is not \
         configured is as it was found: set all three.",
    ))
}

fn number(value: &Value) -> Option<i64> {
    value.as_number()?.as_i64()
}

/// Bindings are tried in the order of their priorities, so each has its own.
fn priorities(certificate: &Value) -> Option<Finding> {
    let bindings = certificate.get("certificate_user_bindings").as_elements().unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    let priorities = bindings.iter().filter_map(|binding| number(binding.get("priority")));
    let twice = priorities.into_iter().find(|priority| !seen.insert(*priority))?;
    Some(Finding::error(
        Path::attribute("x509_certificate").at("certificate_user_bindings"),
        format!("Two bindings have the priority {twice}"),
        "Bindings are tried in the order of their priorities, and Graph wants each to have its own.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, name: &str, settings: &[(&str, Value)], expected: &[&str]) {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let plan = Value::from([("method", Value::from(method)), ("unused", Value::Null)]);
        let mut plan = plan.as_object().cloned().unwrap_or_default();
        plan.insert(name.to_owned(), Value::Object(settings.collect()));
        let found = judge(&Value::Object(plan));
        let found: Vec<_> = found.iter().map(|one| one.summary.as_str()).collect();
        assert_eq!(found, expected, "{method} with {name}");
    }

    #[test]
    fn settings_are_those_of_the_method() {
        for (id, name) in METHODS {
            check(id, name, &[], &[]);
            check(&id.to_lowercase(), name, &[], &[]);
        }
        check("Sms", "voice", &[], &["voice is no part of the method Sms"]);
        check("Fido3", "fido2", &[], &["fido2 is no part of the method Fido3"]);
    }

    #[test]
    fn lifetimes_are_in_order() {
        let least = |minutes: i64| ("minimum_lifetime_in_minutes", minutes.into());
        let most = |minutes: i64| ("maximum_lifetime_in_minutes", minutes.into());
        let default = |minutes: i64| ("default_lifetime_in_minutes", minutes.into());
        let (method, name) = ("TemporaryAccessPass", "temporary_access_pass");
        check(method, name, &[least(60), default(60), most(60)], &[]);
        check(method, name, &[least(60), ("maximum_lifetime_in_minutes", Value::UNKNOWN)], &[]);
        let says = "minimum_lifetime_in_minutes is longer than maximum_lifetime_in_minutes";
        check(method, name, &[least(60), most(59)], &[says]);
        let says = "default_lifetime_in_minutes is shorter than minimum_lifetime_in_minutes";
        check(method, name, &[least(60), default(59), most(90)], &[says]);
        let says = "default_lifetime_in_minutes is longer than maximum_lifetime_in_minutes";
        check(method, name, &[least(60), default(91), most(90)], &[says]);
    }

    #[test]
    fn priorities_are_unique() {
        let binding = |field: &str, priority: i64| {
            Value::from([("x509_certificate_field", field.into()), ("priority", priority.into())])
        };
        let bindings = |second: i64| {
            let all = Value::set([binding("PrincipalName", 1), binding("RFC822Name", second)]);
            [("certificate_user_bindings", all)]
        };
        check("X509Certificate", "x509_certificate", &bindings(2), &[]);
        let says = "Two bindings have the priority 1";
        check("X509Certificate", "x509_certificate", &bindings(1), &[says]);
    }
}
