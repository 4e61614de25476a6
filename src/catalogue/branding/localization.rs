//! `m365_organization_branding_localization`.

use super::{
    AREA, BACKGROUND_COLOR, BACKGROUND_IMAGE, BANNER_LOGO, CANNOT_ACCESS_TEXT, CUSTOM_CSS, FAVICON,
    FORGOT_TEXT, HEADER_BACKGROUND_COLOR, HEADER_LOGO, LAYOUT, PERMISSIONS, PRIVACY_TEXT,
    PRIVACY_URL, RESET_URL, SIGN_IN_PAGE_TEXT, SQUARE_LOGO, SQUARE_LOGO_DARK, TERMS_TEXT,
    TERMS_URL, USERNAME_HINT_TEXT, VISIBILITY,
};
use crate::declare::{Check, Resource, string};

/// What the sign-in page looks like in one language.
pub static ORGANIZATION_BRANDING_LOCALIZATION: Resource = Resource {
    name: "organization_branding_localization",
    area: AREA,
    doc: "The look of the sign-in page in one language. Texts that are not set are taken from \
        `m365_organization_branding` when this is made, which should therefore be made first. A text \
        of one blank shows none.\n\n\
        Graph makes an empty default branding where there is none, which stays when this is destroyed.",
    reference: "https://learn.microsoft.com/graph/api/resources/organizationalbrandinglocalization",
    path: "/organization/{tenant}/branding/localizations",
    entity: "organizationalBrandingLocalization",
    permissions: PERMISSIONS,
    selects: false,
    attributes: &[
        string("locale", "The language, and the region where it matters: `fr`, `fr-FR`.")
            .graph("id")
            .required()
            .checks(&[Check::Pattern(
                "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$",
                "a culture name such as `fr-FR`",
            )])
            .replace("Graph knows a localization by its language"),
        BACKGROUND_COLOR.optional_computed(),
        HEADER_BACKGROUND_COLOR.optional_computed(),
        SIGN_IN_PAGE_TEXT.optional_computed(),
        USERNAME_HINT_TEXT.optional_computed(),
        RESET_URL.optional_computed(),
        CANNOT_ACCESS_TEXT.optional_computed(),
        FORGOT_TEXT.optional_computed(),
        PRIVACY_TEXT.optional_computed(),
        PRIVACY_URL.optional_computed(),
        TERMS_TEXT.optional_computed(),
        TERMS_URL.optional_computed(),
        LAYOUT,
        VISIBILITY,
        BACKGROUND_IMAGE,
        BANNER_LOGO,
        HEADER_LOGO,
        SQUARE_LOGO,
        SQUARE_LOGO_DARK,
        FAVICON,
        CUSTOM_CSS,
    ],
    ..Resource::MEMBER
};
