//! `m365_organization_branding`.

use super::{
    AREA, BACKGROUND_COLOR, BACKGROUND_IMAGE, BANNER_LOGO, CANNOT_ACCESS_TEXT, CONTENT, CUSTOM_CSS,
    FAVICON, FORGOT_TEXT, HEADER_BACKGROUND_COLOR, HEADER_LOGO, LAYOUT, PERMISSIONS, PRIVACY_TEXT,
    PRIVACY_URL, RESET_URL, SIGN_IN_PAGE_TEXT, SQUARE_LOGO, SQUARE_LOGO_DARK, TERMS_TEXT,
    TERMS_URL, USERNAME_HINT_TEXT, VISIBILITY,
};
use crate::declare::{Call, Resource, Rule};

/// What the sign-in page looks like where no language has its own.
pub static ORGANIZATION_BRANDING: Resource = Resource {
    name: "organization_branding",
    area: AREA,
    doc: "The look of the sign-in page of the tenant: texts, colors, layout and images. What is set \
        here holds for every language that has no `m365_organization_branding_localization`.\n\n\
        Tenants need Microsoft Entra ID P1 or P2, or Office 365. Users of a federated domain see the \
        page of their identity provider.\n\n\
        Images are given as files. The state has their hashes; Graph tells the address of an image \
        and not its content, so that an import cannot know it, and the first apply after an import \
        uploads it again.",
    reference: "https://learn.microsoft.com/graph/api/resources/organizationalbranding",
    path: "/organization/{tenant}/branding",
    entity: "organizationalBranding",
    permissions: PERMISSIONS,
    // The default branding; a language would name the localization in that language.
    headers: &[("Accept-Language", "0")],
    streams: Some("/organization/{tenant}/branding/localizations/0"),
    attributes: &[
        BACKGROUND_COLOR,
        HEADER_BACKGROUND_COLOR,
        SIGN_IN_PAGE_TEXT,
        USERNAME_HINT_TEXT,
        RESET_URL,
        CANNOT_ACCESS_TEXT,
        FORGOT_TEXT,
        PRIVACY_TEXT,
        PRIVACY_URL,
        TERMS_TEXT,
        TERMS_URL,
        LAYOUT,
        VISIBILITY,
        CONTENT,
        BACKGROUND_IMAGE,
        BANNER_LOGO,
        HEADER_LOGO,
        SQUARE_LOGO,
        SQUARE_LOGO_DARK,
        FAVICON,
        CUSTOM_CSS,
    ],
    // Branding comes to be by a write of these; images can only be added to it.
    rules: &[Rule::AtLeastOneOf(&[
        "background_color",
        "header_background_color",
        "sign_in_page_text",
        "username_hint_text",
        "custom_account_reset_credentials_url",
        "custom_cannot_access_your_account_text",
        "custom_forgot_my_password_text",
        "custom_privacy_and_cookies_text",
        "custom_privacy_and_cookies_url",
        "custom_terms_of_use_text",
        "custom_terms_of_use_url",
        "login_page_layout_configuration",
        "login_page_text_visibility_settings",
    ])],
    create: Some(Call::patch()),
    ..Resource::SLOT
};
