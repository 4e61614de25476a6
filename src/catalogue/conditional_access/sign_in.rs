//! A sign-in as configurations write it, and what comes of it as they read it.

use serde_json::{Map, Value as Json, json};

use crate::declare::{Attribute, Form, boolean, id, ids, object, objects, string, strings};
use crate::policy::ca::{Outcome, PolicyResult, SignIn};

/// A sign-in. Names are those of Graph's What If API, one level flatter.
pub(super) static SIGN_IN: &[Attribute] = &[
    id("user_id", "The user who signs in. Or `service_principal_id`."),
    id("service_principal_id", "The service principal that signs in on its own."),
    string("external_user_type", "The kind of guest, where the directory does not tell it.")
        .one_of(&[
            "none",
            "internalGuest",
            "b2bCollaborationGuest",
            "b2bCollaborationMember",
            "b2bDirectConnectUser",
            "otherExternalUser",
            "serviceProvider",
        ]),
    id("external_tenant_id", "The tenant that a guest comes from."),
    ids(
        "application_ids",
        "The client ids of the applications that are signed in to. Suites such as `Office365` match \
         nothing here, as in Graph. Or `user_action`, or `authentication_context`.",
    ),
    string(
        "user_action",
        "What the user does: `registerSecurityInformation` or `registerOrJoinDevices`.",
    )
    .one_of(&["registerSecurityInformation", "registerOrJoinDevices"]),
    string(
        "authentication_context",
        "The authentication context that is asked for, `c1` to `c99`.",
    ),
    string("client_app_type", "The kind of client.").one_of(&[
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "easSupported",
        "other",
    ]),
    string(
        "device_platform",
        "The platform; any other text is one that Entra does not tell apart.",
    )
    .one_of(&["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]),
    string("ip_address", "The address as Microsoft Entra sees it."),
    string("country", "Two letters of ISO 3166; empty where the address is of no known country."),
    string("sign_in_risk_level", "The risk of the sign-in.").one_of(RISK),
    string("user_risk_level", "The risk of the user.").one_of(RISK),
    string("service_principal_risk_level", "The risk of the service principal.").one_of(RISK),
    string("insider_risk_level", "The insider risk.")
        .one_of(&["none", "minor", "moderate", "elevated"]),
    strings("transfer_methods", "The flows by which it came about; empty for none of them.")
        .one_of(&["none", "deviceCodeFlow", "authenticationTransfer"]),
    object("device", "The device; empty for one that is not registered.").of(&[
        id("device_id", "The device id."),
        string("display_name", "The name."),
        boolean("is_compliant", "Whether Intune marked it as compliant."),
        string(
            "trust_type",
            "`AzureAD` (joined), `ServerAD` (hybrid joined), `Workplace` (registered).",
        ),
        string("operating_system", "The operating system."),
        string("operating_system_version", "Its version."),
        string("manufacturer", "The manufacturer."),
        string("model", "The model."),
        string("ownership", "`Personal` or `Company`."),
        string("profile_type", "`RegisteredDevice`, `SecureVM`, `Printer`, `Shared`, `IoT`."),
        string(
            "extension_attribute1",
            "The first extension attribute, by which devices are often told apart.",
        ),
    ]),
    boolean("mfa_done", "Whether the session has passed multifactor authentication already."),
    strings(
        "presented",
        "Combinations of methods already presented, such as `password,sms` or `fido2`.",
    ),
    strings("scopes", "The permissions that are asked for, such as `User.Read`."),
];

/// What is known of whoever signs in, where nobody looks it up.
pub(super) static PERSON: &[Attribute] = &[
    ids("group_ids", "The groups that the user is in, nested ones too."),
    ids("role_ids", "The template ids of the roles that the user holds for the whole tenant."),
    string("user_type", "`Member` or `Guest`."),
    boolean("is_mfa_registered", "Whether the user has registered a second factor."),
    strings("methods", "The methods that the user has registered, such as `fido2`."),
    strings("location_ids", "The named locations that the address is in."),
    boolean("is_trusted_location", "Whether the address is in a trusted location."),
];

const RISK: &[&str] = &["none", "low", "medium", "high", "hidden"];

/// What comes of it.
pub(super) const OUTCOME: [Attribute; 8] = [
    string(
        "decision",
        "`granted`, `needs` (once what is `required` is satisfied), `blocked`, or `indeterminate` \
         where too little is known.",
    )
    .computed(),
    string(
        "worst",
        "The decision if every policy that may apply does, and every demand fails that may.",
    )
    .computed(),
    string("required", "What is demanded, in words.").computed(),
    strings("because", "Why the sign-in does not pass.").computed(),
    strings("applied", "The names of the enforced policies that apply.").computed(),
    objects("policies", "What each policy has to do with it.")
        .of(&[
            string("id", "The object id; empty for one that is only planned.")
                .form(Form::Id)
                .computed(),
            string("display_name", "The name.").computed(),
            boolean("report_only", "Whether it only reports.").computed(),
            string("applies", "`yes`, `no`, or `maybe` where too little is known.").computed(),
            string("reason", "Why it does not apply, in the words of Graph's What If API.")
                .computed(),
            string("required", "What it demands, in words.").computed(),
            strings("uncertain", "What would have to be known.").computed(),
        ])
        .computed(),
    strings("uncertain", "What would have to be known to be certain.").computed(),
    strings("notes", "What was taken for granted.").computed(),
];

/// Reads a sign-in from the properties of [`SIGN_IN`], in Graph's manner of naming.
pub(super) fn read(asked: &Json) -> Result<SignIn, String> {
    let text = |name: &str| asked[name].as_str().filter(|text| !text.is_empty());
    let given = |names: &[&str]| names.iter().filter(|name| !asked[**name].is_null()).count();
    let identity = match (text("userId"), text("servicePrincipalId")) {
        (Some(user), None) => json!({
            "@odata.type": "userSignIn",
            "userId": user,
            "externalTenantId": asked["externalTenantId"],
            "externalUserType": asked["externalUserType"],
        }),
        (None, Some(principal)) => json!({
            "@odata.type": "servicePrincipalSignIn",
            "servicePrincipalId": principal,
        }),
        _ => return Err("say who signs in: user_id, or service_principal_id".to_owned()),
    };
    if given(&["applicationIds", "userAction", "authenticationContext"]) != 1 {
        return Err("say what is signed in to, by one of application_ids, user_action and \
                    authentication_context"
            .to_owned());
    }
    let context = if let Some(action) = text("userAction") {
        json!({"@odata.type": "userActionContext", "userAction": action})
    } else if let Some(context) = text("authenticationContext") {
        json!({"@odata.type": "authContext", "authenticationContextValue": context})
    } else {
        json!({"@odata.type": "applicationContext", "includeApplications": asked["applicationIds"]})
    };
    let mut conditions = some(
        asked,
        &[
            "clientAppType",
            "devicePlatform",
            "ipAddress",
            "country",
            "signInRiskLevel",
            "userRiskLevel",
            "servicePrincipalRiskLevel",
            "insiderRiskLevel",
        ],
    );
    if !asked["transferMethods"].is_null() {
        conditions.insert(
            "authenticationFlow".into(),
            json!({"transferMethod": asked["transferMethods"]}),
        );
    }
    if !asked["device"].is_null() {
        conditions.insert("deviceInfo".into(), asked["device"].clone());
    }
    let sign_in = json!({
        "signInIdentity": identity,
        "signInContext": context,
        "signInConditions": conditions,
        "facts": some(asked, &["mfaDone", "presented", "scopes"]),
    });
    serde_json::from_value(sign_in).map_err(|error| format!("the sign-in cannot be read: {error}"))
}

/// The properties that are given.
fn some(asked: &Json, names: &[&str]) -> Map<String, Json> {
    let given = names.iter().filter(|name| !asked[**name].is_null());
    given.map(|name| ((*name).to_owned(), asked[*name].clone())).collect()
}

/// What comes of a sign-in, as the properties of [`OUTCOME`].
pub(super) fn told(outcome: &Outcome) -> Json {
    let applied: Vec<&str> = outcome.applied().map(PolicyResult::name).collect();
    let policy = |result: &PolicyResult| {
        let uncertain: Vec<String> = result.uncertain.iter().map(ToString::to_string).collect();
        json!({
            "id": result.id,
            "displayName": result.display_name,
            "reportOnly": result.report_only,
            "applies": result.applies,
            "reason": result.reason,
            "required": result.required.to_string(),
            "uncertain": uncertain,
        })
    };
    json!({
        "decision": outcome.decision,
        "worst": outcome.worst,
        "required": outcome.required.to_string(),
        "because": outcome.because,
        "applied": applied,
        "policies": outcome.policies.iter().map(policy).collect::<Vec<_>>(),
        "uncertain": outcome.uncertain,
        "notes": outcome.notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ca::{Context, Identity};

    #[test]
    fn a_sign_in_is_read() {
        let asked = json!({
            "userId": "1", "servicePrincipalId": null, "applicationIds": ["2"],
            "ipAddress": "203.0.113.7", "transferMethods": ["deviceCodeFlow"],
            "device": {"isCompliant": true, "trustType": null},
        });
        let sign_in = read(&asked).unwrap();
        assert!(matches!(sign_in.sign_in_identity, Identity::User { .. }));
        assert!(matches!(sign_in.sign_in_context, Context::Applications { .. }));
        let device = sign_in.sign_in_conditions.device_info.unwrap();
        assert_eq!(device.is_compliant, Some(true));
        let flow = sign_in.sign_in_conditions.authentication_flow.unwrap();
        assert_eq!(flow.transfer_method, ["deviceCodeFlow"]);
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        #[track_caller]
        fn check(asked: Json, expected: &str) {
            let wrong = read(&asked).unwrap_err();
            assert!(wrong.contains(expected), "{wrong}");
        }
        check(json!({"applicationIds": ["2"]}), "say who signs in");
        check(json!({"userId": "1"}), "say what is signed in to");
        check(
            json!({"userId": "1", "applicationIds": ["2"], "ipAddress": "here"}),
            "the sign-in cannot be read",
        );
    }
}
