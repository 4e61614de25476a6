//! `m365_tenant`.

use super::AREA;
use crate::declare::{
    Also, Attribute, DataSource, Form, Permissions, Source, boolean, id, instant, integer, object,
    objects, string, strings,
};

/// The tenant.
pub static TENANT: DataSource = DataSource {
    name: "tenant",
    area: AREA,
    doc: "The tenant: its id, name, domains and licences, whether it is synchronised from on-premises, \
        and whom Microsoft writes to.",
    reference: "https://learn.microsoft.com/graph/api/resources/organization",
    source: Source::OnlyObject("/organization"),
    entity: "organization",
    permissions: Permissions { read: "Organization.Read.All", write: "" },
    attributes: &[
        id("id", "The tenant's id.").computed(),
        string("display_name", "The tenant's name.").computed(),
        string("tenant_type", "`AAD`, `AAD B2C` or `CIAM`.").computed(),
        instant("created_date_time", "When the tenant was made.").computed(),
        string(
            "country_letter_code",
            "The two-letter code of the country that it is registered in.",
        )
        .computed(),
        string("preferred_language", "The preferred language (ISO 639-1).").computed(),
        string(
            "default_usage_location",
            "The two-letter code of the country that users get where they have none.",
        )
        .computed(),
        objects("verified_domains", "The domains whose ownership was proved.")
            .of(&[
                string("name", "The fully qualified name.").computed(),
                string("type", "`Managed` or `Federated`.").computed(),
                boolean("is_default", "Whether new users are in this domain by default.")
                    .computed(),
                boolean("is_initial", "Whether it is the domain that the tenant began with.")
                    .computed(),
                string("capabilities", "What it is used for, separated by commas.").computed(),
            ])
            .computed(),
        boolean(
            "on_premises_sync_enabled",
            "Whether objects are synchronised from on-premises; null where they never were.",
        )
        .computed(),
        instant(
            "on_premises_last_sync_date_time",
            "When it was last synchronised from on-premises.",
        )
        .computed(),
        strings(
            "technical_notification_mails",
            "Whom Microsoft writes to about technical matters.",
        )
        .computed(),
        strings(
            "security_compliance_notification_mails",
            "Whom Microsoft writes to about security and compliance.",
        )
        .computed(),
        strings(
            "security_compliance_notification_phones",
            "Whom Microsoft calls about security and compliance.",
        )
        .computed(),
        strings("marketing_notification_emails", "Whom Microsoft writes to about offers.")
            .computed(),
        object("privacy_profile", "Whom people ask about privacy.")
            .of(&[
                string("contact_email", "The mail address.").computed(),
                string("statement_url", "Where the privacy statement is.").computed(),
            ])
            .computed(),
        objects("subscribed_skus", "The subscriptions, and how many licences are in use.")
            .of(SUBSCRIBED_SKU)
            .computed(),
    ],
    also: &[Also { property: "subscribedSkus", path: "/subscribedSkus" }],
};

static SUBSCRIBED_SKU: &[Attribute] = &[
    id("sku_id", "The id of the product.").computed(),
    string("sku_part_number", "The code of the product, such as `SPE_E5`.").computed(),
    string("applies_to", "What licences are assigned to: `User` or `Company`.").computed(),
    string("capability_status", "`Enabled`, `Warning`, `Suspended`, `Deleted` or `LockedOut`.")
        .computed(),
    integer("consumed_units", "How many licences are assigned.").computed(),
    object("prepaid_units", "How many licences there are.")
        .of(&[
            integer("enabled", "Licences that can be used.").computed(),
            integer("suspended", "Licences of a subscription that was cancelled.").computed(),
            integer("warning", "Licences of a subscription that has expired and can be renewed.")
                .computed(),
            integer("locked_out", "Licences that cannot be used.").computed(),
        ])
        .computed(),
    objects("service_plans", "The services in the product.")
        .of(&[
            id("service_plan_id", "The id of the service plan.").computed(),
            string("service_plan_name", "Its code, such as `AAD_PREMIUM_P2`.").computed(),
            string("provisioning_status", "`Success`, `Disabled` or a state between.").computed(),
            string("applies_to", "What it applies to: `User` or `Company`.").computed(),
        ])
        .computed(),
    strings("subscription_ids", "The ids of the subscriptions.").form(Form::Id).computed(),
];
