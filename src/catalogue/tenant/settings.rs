//! `m365_organization`.

use super::AREA;
use crate::declare::{Check, Permissions, Resource, object, string, strings};

const MAIL: &[Check] = &[Check::Pattern(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a mail address")];

/// Whom Microsoft writes to, and whom people ask about privacy.
pub static ORGANIZATION: Resource = Resource {
    name: "organization",
    area: AREA,
    doc: "Whom Microsoft writes to about this tenant, and whom people ask about privacy. What is not \
        configured is left as it is.",
    reference: "https://learn.microsoft.com/graph/api/organization-update",
    path: "/organization/{tenant}",
    entity: "organization",
    permissions: Permissions { read: "Organization.Read.All", write: "Organization.ReadWrite.All" },
    attributes: &[
        strings(
            "technical_notification_mails",
            "Whom Microsoft writes to about technical matters.",
        )
        .checks(MAIL)
        .optional_computed(),
        strings("marketing_notification_emails", "Whom Microsoft writes to about offers.")
            .checks(MAIL)
            .optional_computed(),
        strings(
            "security_compliance_notification_mails",
            "Whom Microsoft writes to about security and compliance.",
        )
        .checks(MAIL)
        .optional_computed(),
        strings(
            "security_compliance_notification_phones",
            "Whom Microsoft calls about security and compliance.",
        )
        .optional_computed(),
        object("privacy_profile", "Whom people ask about privacy.")
            .of(&[
                string("contact_email", "The mail address.").checks(MAIL).optional_computed(),
                string("statement_url", "Where the privacy statement is, `https://..`.")
                    .checks(&[
                        Check::Length(1, 255),
                        Check::Pattern("^https?://[!-~]+$", "an address that begins with https://"),
                    ])
                    .optional_computed(),
            ])
            .optional_computed(),
    ],
    ..Resource::SINGLETON
};
