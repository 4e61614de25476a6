//! `m365_cross_tenant_access_partner`.

use super::{AREA, PERMISSIONS};
use crate::declare::{Attribute, Call, Form, Resource, boolean, id, object, objects, string};

/// What holds for one other tenant in place of the default.
pub static CROSS_TENANT_ACCESS_PARTNER: Resource = Resource {
    name: "cross_tenant_access_partner",
    area: AREA,
    doc: "The cross-tenant access settings for one other tenant. What is not set here is taken from \
        the default settings of this tenant.",
    reference: "https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicyconfigurationpartner",
    path: "/policies/crossTenantAccessPolicy/partners",
    entity: "crossTenantAccessPolicyConfigurationPartner",
    permissions: PERMISSIONS,
    selects: false,
    attributes: &[
        id("tenant_id", "The id of the other tenant.")
            .required()
            .replace("the settings are those for one tenant"),
        object("inbound_trust", "What is believed of users who come from the other tenant.").of(&[
            boolean("is_mfa_accepted", "Whether their multifactor authentication counts here."),
            boolean("is_compliant_device_accepted", "Whether their compliant devices count here."),
            boolean(
                "is_hybrid_azure_ad_joined_device_accepted",
                "Whether their hybrid joined devices count here.",
            )
            .graph("isHybridAzureADJoinedDeviceAccepted"),
        ]),
        object(
            "automatic_user_consent_settings",
            "Whether users are spared the consent prompt (automatic redemption). It takes effect where \
             both tenants say so: the one that users come from for outbound, the other for inbound.",
        )
        .of(&[
            boolean("inbound_allowed", "For users of the other tenant who come here."),
            boolean("outbound_allowed", "For users of this tenant who go there."),
        ]),
        object("b2b_collaboration_inbound", "Guests from the other tenant.").of(SETTING),
        object("b2b_collaboration_outbound", "Users of this tenant as guests there.").of(SETTING),
        object("b2b_direct_connect_inbound", "Shared channels: who of the other tenant gets in.")
            .of(SETTING),
        object("b2b_direct_connect_outbound", "Shared channels: who of this tenant gets there.")
            .of(SETTING),
    ],
    // The other tenant's id is the key; there is no property `id`.
    create: Some(Call::post("/policies/crossTenantAccessPolicy/partners").id_from("tenantId")),
    ..Resource::MEMBER
};

const SETTING: &[Attribute] = &[
    object("users_and_groups", "Which users and groups.").of(TARGETS),
    object("applications", "Which applications.").of(TARGETS),
];

const TARGETS: &[Attribute] = &[
    string("access_type", "Whether the targets are `allowed` or `blocked`.")
        .required()
        .one_of(&["allowed", "blocked"]),
    objects("targets", "Whom or what it is about.").required().of(&[
        string(
            "target",
            "An object id or application id, `AllUsers`, `AllApplications` or `Office365`.",
        )
        .form(Form::IdOrKeyword)
        .required(),
        string("target_type", "What the target is.").required().one_of(&[
            "user",
            "group",
            "application",
        ]),
    ]),
];
