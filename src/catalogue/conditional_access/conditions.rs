//! The conditions of a Conditional Access policy: the complex type `conditionalAccessConditionSet`.

use serde_json::{Value as Json, json};

use super::controls::says_same;
use crate::declare::{
    Attribute, Check, Codec, Form, Literal::Strs, flags, ids, object, string, strings,
};

/// All conditions that Graph v1.0 knows.
pub(super) static CONDITIONS: &[Attribute] = &[
    object("users", "Whose sign-ins. Leave it out where `client_applications` is set.")
        .of(USERS)
        .same(says_same),
    object(
        "applications",
        "What is signed in to: applications, or user actions, or authentication contexts. One of \
         these three kinds.",
    )
    .required()
    .of(APPLICATIONS),
    object(
        "client_applications",
        "The workload identities whose sign-ins the policy applies to, in place of `users`. Only \
         service principals registered in this tenant are covered, and only `block` can be granted. \
         Takes Workload Identities Premium.",
    )
    .of(&[
        strings(
            "include_service_principals",
            "Object ids of service principals (not of app registrations), or \
             `ServicePrincipalsInMyTenant`.",
        )
        .form(Form::IdOrKeyword),
        ids("exclude_service_principals", "Object ids of service principals to leave out."),
        object(
            "service_principal_filter",
            "A rule over the custom security attributes of service principals.",
        )
        .of(FILTER),
        strings(
            "include_agent_id_service_principals",
            "Object ids of the identities of agents, or `All`.",
        )
        .form(Form::IdOrKeyword)
        .beta(),
        ids(
            "exclude_agent_id_service_principals",
            "Object ids of the identities of agents to leave out.",
        )
        .beta(),
        object(
            "agent_id_service_principal_filter",
            "A rule over the custom security attributes of the identities of agents.",
        )
        .of(FILTER)
        .beta(),
    ]),
    strings(
        "client_app_types",
        "The kinds of client: `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync`, \
         `easSupported`, `other` (legacy authentication), or `all` alone. Defaults to `all`.",
    )
    .one_of(&[
        "all",
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "easSupported",
        "other",
    ])
    .or(Strs(&["all"])),
    object("platforms", "The platforms of the device, told from the user agent and not verified.").of(
        &[
            strings("include_platforms", "Platforms, or `all` alone.")
                .required()
                .one_of(PLATFORMS),
            strings("exclude_platforms", "Platforms to leave out.").one_of(PLATFORMS),
        ],
    ),
    object("locations", "The networks that the sign-in comes from.").of(&[
        strings(
            "include_locations",
            "Ids of named locations, or `All` alone, or `AllTrusted`: every trusted IP location and \
             the trusted addresses of multifactor authentication.",
        )
        .form(Form::IdOrKeyword)
        .required(),
        strings(
            "exclude_locations",
            "Ids of named locations to leave out, or `AllTrusted`, or \
             `00000000-0000-0000-0000-000000000000` for the trusted addresses of multifactor \
             authentication.",
        )
        .form(Form::IdOrKeyword),
    ]),
    object("devices", "The devices that are signed in from.").of(&[object(
        "device_filter",
        "A rule over the properties of devices. All properties of a device that is not registered \
         are null: positive operators never match it, negative ones always do.",
    )
    .of(FILTER)]),
    strings(
        "sign_in_risk_levels",
        "The levels of sign-in risk that match, each named: `high` does not include `medium`. Takes \
         Microsoft Entra ID P2.",
    )
    .one_of(RISK_LEVELS),
    strings(
        "user_risk_levels",
        "The levels of user risk that match, each named. Together with `sign_in_risk_levels` both \
         must match, which leaves out most risky sign-ins: use two policies. Takes Microsoft Entra \
         ID P2.",
    )
    .one_of(RISK_LEVELS),
    strings(
        "service_principal_risk_levels",
        "The levels of risk of workload identities that match. Takes Workload Identities Premium.",
    )
    .one_of(RISK_LEVELS),
    flags(
        "insider_risk_levels",
        "The levels of insider risk that match, as Microsoft Purview Adaptive Protection assigns \
         them: `minor`, `moderate`, `elevated`.",
    )
    .one_of(&["minor", "moderate", "elevated"]),
    flags(
        "agent_id_risk_levels",
        "The levels of risk of agents that match, as Microsoft Entra ID Protection finds them.",
    )
    .one_of(&["low", "medium", "high"])
    .beta(),
    object("authentication_flows", "How the sign-in is carried from one device to another.").of(&[
        flags(
            "transfer_methods",
            "`deviceCodeFlow` and `authenticationTransfer`. A session that began with one stays \
             marked by it.",
        )
        .required()
        .checks(&[Check::Count(1, 3)])
        .one_of(&["none", "deviceCodeFlow", "authenticationTransfer"]),
    ]),
];

static USERS: &[Attribute] = &[
    strings(
        "include_users",
        "Object ids of users, or `All` (guests included), `None`, or `GuestsOrExternalUsers` (every \
         kind of guest; rather use `include_guests_or_external_users`).",
    )
    .form(Form::IdOrKeyword),
    strings(
        "exclude_users",
        "Object ids of users to leave out, or `GuestsOrExternalUsers`. Exclusion wins.",
    )
    .form(Form::IdOrKeyword),
    ids("include_groups", "Object ids of groups of any kind. Members of nested groups count."),
    ids("exclude_groups", "Object ids of groups to leave out, nested members too."),
    ids(
        "include_roles",
        "Template ids of built-in directory roles. Only active assignments to the whole tenant \
         count; custom roles and roles in an administrative unit do not.",
    ),
    ids("exclude_roles", "Template ids of built-in directory roles to leave out."),
    object("include_guests_or_external_users", "Guests and other external users.").of(GUESTS),
    object("exclude_guests_or_external_users", "Guests and other external users to leave out.")
        .of(GUESTS),
];

static GUESTS: &[Attribute] = &[
    flags(
        "guest_or_external_user_types",
        "The kinds: `internalGuest`, `b2bCollaborationGuest`, `b2bCollaborationMember`, \
         `b2bDirectConnectUser`, `otherExternalUser`, `serviceProvider`.",
    )
    .required()
    .checks(&[Check::Count(1, 7)])
    .one_of(&[
        "none",
        "internalGuest",
        "b2bCollaborationGuest",
        "b2bCollaborationMember",
        "b2bDirectConnectUser",
        "otherExternalUser",
        "serviceProvider",
    ]),
    object("external_tenants", "The tenants that they come from. Not set: all.")
        .of(&[
            string("membership_kind", "`all`, or `enumerated`: those in `members`.")
                .required()
                .one_of(&["all", "enumerated"]),
            ids(
                "members",
                "The ids of the tenants, for `enumerated`. Guests without a Microsoft Entra home \
                 tenant match none.",
            ),
        ])
        .via(&EXTERNAL_TENANTS),
];

static APPLICATIONS: &[Attribute] = &[
    strings(
        "include_applications",
        "Client ids (`appId`) of applications, or the suites `Office365` and \
         `MicrosoftAdminPortals`, or `All` alone, or `None` alone. Can be left out where an \
         `application_filter` includes.",
    )
    .form(Form::IdOrKeyword),
    strings(
        "exclude_applications",
        "Client ids of applications, or suites, to leave out. Every exclusion from `All` also \
         loosens what is asked for basic directory scopes.",
    )
    .form(Form::IdOrKeyword),
    strings(
        "include_user_actions",
        "`urn:user:registersecurityinfo` (registering authentication methods) and \
         `urn:user:registerdevice` (registering or joining a device).",
    )
    .one_of(&["urn:user:registersecurityinfo", "urn:user:registerdevice"]),
    strings(
        "include_authentication_context_class_references",
        "Ids of authentication contexts, `c1` to `c99`.",
    )
    .checks(&[Check::Pattern("^c[1-9][0-9]?$", "c1 to c99")]),
    object(
        "application_filter",
        "A rule over the custom security attributes of applications, such as \
         `CustomSecurityAttribute.Engineering_Tier -contains \"One\"`.",
    )
    .of(FILTER),
];

static FILTER: &[Attribute] = &[
    string("mode", "`include`: what the rule matches; `exclude`: what it does not match.")
        .required()
        .one_of(&["include", "exclude"]),
    string("rule", "The rule, of at most 3,072 characters.")
        .required()
        .checks(&[Check::Length(1, 3072)]),
];

static PLATFORMS: &[&str] = &["android", "iOS", "windows", "windowsPhone", "macOS", "all", "linux"];

static RISK_LEVELS: &[&str] = &["low", "medium", "high", "hidden", "none"];

/// External tenants are of one type where they are all and of another where they are listed, and
/// only the latter has members.
static EXTERNAL_TENANTS: Codec = Codec { encode: to_external_tenants, decode: |tenants| tenants };

fn to_external_tenants(mut tenants: Json) -> Json {
    let Some(properties) = tenants.as_object_mut() else { return tenants };
    let listed = properties.get("membershipKind") == Some(&json!("enumerated"));
    let odata = if listed { "EnumeratedExternalTenants" } else { "AllExternalTenants" };
    if !listed {
        properties.remove("members");
    }
    properties
        .insert("@odata.type".into(), format!("#microsoft.graph.conditionalAccess{odata}").into());
    tenants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_tenants_are_of_two_types() {
        assert_eq!(
            to_external_tenants(json!({ "membershipKind": "all", "members": [] })),
            json!({
                "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                "membershipKind": "all",
            })
        );
        assert_eq!(
            to_external_tenants(json!({ "membershipKind": "enumerated", "members": ["42"] })),
            json!({
                "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                "membershipKind": "enumerated",
                "members": ["42"],
            })
        );
    }
}
