//! The controls of a Conditional Access policy: what a sign-in must satisfy, and how the session
//! behaves.

use serde_json::{Map, Value as Json, json};

use crate::catalogue::codec::{EMBEDDED, absent_is_false};
use crate::declare::{
    Attribute, Check, Literal::Bool, Literal::Str, boolean, id, ids, integer, object, string,
    strings,
};

/// The complex type `conditionalAccessGrantControls`.
pub(super) static GRANT_CONTROLS: &[Attribute] = &[
    string(
        "operator",
        "`AND` where all controls must be satisfied, `OR` where one is enough. With a single control \
         they mean the same.",
    )
    .required()
    .one_of(&["AND", "OR"]),
    strings(
        "built_in_controls",
        "`block` (alone), `mfa`, `compliantDevice`, `domainJoinedDevice`, `approvedApplication`, \
         `compliantApplication`, `passwordChange` (together with `mfa` under `AND`, for user risk and \
         all applications, under no other condition), `riskRemediation`.",
    )
    .one_of(&[
        "block",
        "mfa",
        "compliantDevice",
        "domainJoinedDevice",
        "approvedApplication",
        "compliantApplication",
        "passwordChange",
        "riskRemediation",
    ]),
    id(
        "authentication_strength_id",
        "The id of the authentication strength that the sign-in must reach, built-in or custom. Not \
         together with `mfa`, which is the built-in strength \
         `00000000-0000-0000-0000-000000000002`.",
    )
    .graph("authenticationStrength")
    .via(&EMBEDDED),
    ids("terms_of_use", "The ids of the terms of use that the user must have accepted."),
    strings("custom_authentication_factors", "The ids of custom controls (a preview that ended)."),
];

/// The complex type `conditionalAccessSessionControls`.
pub(super) static SESSION_CONTROLS: &[Attribute] = &[
    object(
        "sign_in_frequency",
        "How often the user signs in again: after a time (`value` and `type`) or every time.",
    )
    .of(&[
        integer("value", "How many days (1 to 365) or hours (1 to 23).")
            .checks(&[Check::Range(1, 365)]),
        string("type", "The unit of `value`: `days` or `hours`.").one_of(&["days", "hours"]),
        string(
            "frequency_interval",
            "`timeBased`, or `everyTime`, without `value` and `type`. Defaults to `timeBased`.",
        )
        .one_of(&["timeBased", "everyTime"])
        .or(Str("timeBased")),
        string(
            "authentication_type",
            "What is asked for again: `primaryAndSecondaryAuthentication` or \
             `secondaryAuthentication`. Defaults to the former.",
        )
        .one_of(&["primaryAndSecondaryAuthentication", "secondaryAuthentication"])
        .or(Str("primaryAndSecondaryAuthentication")),
        IS_ENABLED,
    ]),
    object(
        "persistent_browser",
        "Whether a browser stays signed in after it was closed. Takes `All` applications.",
    )
    .of(&[
        string("mode", "`always` or `never`.").required().one_of(&["always", "never"]),
        IS_ENABLED,
    ]),
    object("cloud_app_security", "Routes the session through Microsoft Defender for Cloud Apps.").of(
        &[
            string(
                "cloud_app_security_type",
                "`mcasConfigured` (a policy made in Defender for Cloud Apps), `monitorOnly` or \
                 `blockDownloads`.",
            )
            .required()
            .one_of(&["mcasConfigured", "monitorOnly", "blockDownloads"]),
            IS_ENABLED,
        ],
    ),
    object(
        "application_enforced_restrictions",
        "Tells Exchange Online and SharePoint Online about the device, so that they limit what \
         unmanaged devices may do. Other applications ignore it.",
    )
    .of(&[IS_ENABLED]),
    object(
        "secure_sign_in_session",
        "Binds tokens to the device that they were issued to (token protection). Supported by some \
         applications and platforms only.",
    )
    .of(&[IS_ENABLED]),
    object(
        "continuous_access_evaluation",
        "How applications that can learn about events between two tokens do so.",
    )
    .of(&[string(
        "mode",
        "`strictLocation` also refuses tokens from addresses that the policy does not allow, \
         `strictEnforcement` is its former name, `disabled` switches it off, which takes all \
         applications and no condition.",
    )
    .required()
    .one_of(&["strictEnforcement", "disabled", "strictLocation"])])
    .beta(),
    boolean(
        "disable_resilience_defaults",
        "Whether sessions end, rather than being extended from what is known, while Microsoft Entra \
         cannot evaluate this policy during an outage.",
    )
    .same(absent_is_false),
];

const IS_ENABLED: Attribute =
    boolean("is_enabled", "Whether the control is on. Defaults to `true`.").or(Bool(true));

/// Whether two parts of a policy, grant controls or users, differ in nothing but what Graph
/// rewrites: the operator of a single control comes back as `OR`, the users of a policy for
/// workload identities as `None`, and guests of no tenant in particular as those of all.
pub(super) fn says_same(a: &Json, b: &Json) -> bool {
    canonical(a) == canonical(b)
}

fn canonical(part: &Json) -> Json {
    let Some(properties) = part.as_object() else { return json!({}) };
    let mut canonical: Map<String, Json> = properties
        .iter()
        .map(|(name, value)| (name.clone(), sorted(value)))
        .filter(|(_, value)| !is_nothing(value))
        .collect();
    let users = canonical.get("includeUsers").is_some_and(|users| *users == json!(["none"]));
    if users && canonical.len() == 1 {
        canonical.clear();
    }
    let elements = |value: &Json| value.as_array().map_or(1, Vec::len);
    let controls = canonical.iter().filter(|(name, _)| *name != "operator");
    if controls.map(|(_, value)| elements(value)).sum::<usize>() <= 1 {
        canonical.remove("operator");
    }
    Json::Object(canonical)
}

/// Without order and letter case, since all of these are sets of ids and keywords; guests without
/// the tenants that they come from, where these are all.
fn sorted(value: &Json) -> Json {
    let Some(elements) = value.as_array() else {
        let mut value = value.clone();
        if value["externalTenants"]["membershipKind"] == "all" {
            value.as_object_mut().map(|guests| guests.remove("externalTenants"));
        }
        return value;
    };
    let mut texts: Vec<String> =
        elements.iter().filter_map(Json::as_str).map(str::to_ascii_lowercase).collect();
    texts.sort_unstable();
    json!(texts)
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(elements) => elements.is_empty(),
        Json::Object(properties) => properties.values().all(is_nothing),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: Json, b: Json, same: bool) {
        assert_eq!(says_same(&a, &b), same, "{a} {b}");
        assert_eq!(says_same(&b, &a), same, "{b} {a}");
    }

    #[test]
    fn the_operator_of_a_single_control_means_nothing() {
        let grant = |operator: &str, controls: &[&str]| json!({ "operator": operator, "builtInControls": controls, "termsOfUse": [] });
        check(grant("AND", &["mfa"]), grant("OR", &["mfa"]), true);
        check(grant("AND", &["mfa"]), grant("AND", &["block"]), false);
        check(
            grant("AND", &["mfa", "compliantDevice"]),
            grant("OR", &["mfa", "compliantDevice"]),
            false,
        );
        check(
            grant("OR", &["mfa", "compliantDevice"]),
            grant("OR", &["compliantDevice", "mfa"]),
            true,
        );
        let strength = |operator: &str| json!({ "operator": operator, "authenticationStrength": { "id": "42" } });
        check(strength("AND"), strength("OR"), true);
        let mut both = strength("AND");
        both["builtInControls"] = json!(["compliantDevice"]);
        let mut either = both.clone();
        either["operator"] = json!("OR");
        check(both, either, false);
    }

    #[test]
    fn guests_of_no_tenant_in_particular_are_those_of_all() {
        let guests = |tenants: Json| json!({ "includeGuestsOrExternalUsers": { "guestOrExternalUserTypes": "internalGuest", "externalTenants": tenants } });
        let none = json!({ "includeGuestsOrExternalUsers": { "guestOrExternalUserTypes": "internalGuest" } });
        check(none.clone(), guests(json!({ "membershipKind": "all" })), true);
        check(none, guests(json!({ "membershipKind": "enumerated", "members": ["42"] })), false);
    }

    #[test]
    fn nobody_is_no_users() {
        check(json!({ "includeUsers": ["None"], "excludeUsers": [] }), Json::Null, true);
        check(json!({ "includeUsers": ["All"] }), Json::Null, false);
        check(
            json!({ "includeUsers": ["None"], "excludeUsers": ["42"] }),
            json!({ "includeUsers": ["None"] }),
            false,
        );
    }
}
