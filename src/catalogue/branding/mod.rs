//! The look of the sign-in page.

mod default;
mod localization;

pub use default::ORGANIZATION_BRANDING;
pub use localization::ORGANIZATION_BRANDING_LOCALIZATION;

use serde_json::Value as Json;

use crate::declare::{
    Attribute, Check, Codec, Form, Format, Permissions, Stream, boolean, object, objects, stream,
    string,
};

/// The section of the documentation.
const AREA: &str = "Company branding";

const PERMISSIONS: Permissions = Permissions {
    read: "OrganizationalBranding.Read.All",
    write: "OrganizationalBranding.ReadWrite.All",
};

/// Graph tells texts that are not set as null, and some as empty texts.
static BLANK: Codec = Codec {
    encode: |text| text,
    decode: |text| if text.as_str() == Some("") { Json::Null } else { text },
};

const fn text(name: &'static str, doc: &'static str, checks: &'static [Check]) -> Attribute {
    string(name, doc).checks(checks).via(&BLANK)
}

const fn color(name: &'static str, doc: &'static str) -> Attribute {
    text(name, doc, &[Check::Pattern("^#[0-9A-Fa-f]{6}$", "a color such as `#FFFFFF`")])
        .form(Form::CaseInsensitive)
}

const WORDS: &[Check] = &[Check::Length(1, 256)];
const URL: &[Check] = &[
    Check::Length(1, 128),
    Check::Pattern("^[!-~]+$", "an address in ASCII, other characters percent-encoded"),
];

const BACKGROUND_COLOR: Attribute = color(
    "background_color",
    "The color behind the sign-in box where there is no background image, or until it is loaded, such \
     as `#FFFFFF`.",
);
const HEADER_BACKGROUND_COLOR: Attribute =
    color("header_background_color", "The color of the header, such as `#0A2540`.");
const SIGN_IN_PAGE_TEXT: Attribute = text(
    "sign_in_page_text",
    "The text at the bottom of the sign-in box, such as the number of the help desk or a legal notice.",
    &[Check::Length(1, 1024)],
);
const USERNAME_HINT_TEXT: Attribute = text(
    "username_hint_text",
    "The hint in the field for the user name. No links, no code.",
    &[Check::Length(1, 64)],
);
const RESET_URL: Attribute = text(
    "custom_account_reset_credentials_url",
    "Where users go who forgot their password, in place of self-service password reset.",
    URL,
);
const CANNOT_ACCESS_TEXT: Attribute = text(
    "custom_cannot_access_your_account_text",
    "The words in place of \"Can't access your account?\".",
    WORDS,
);
const FORGOT_TEXT: Attribute =
    text("custom_forgot_my_password_text", "The words in place of \"Forgot my password\".", WORDS);
const PRIVACY_TEXT: Attribute = text(
    "custom_privacy_and_cookies_text",
    "The words in place of \"Privacy & cookies\" in the footer.",
    WORDS,
);
const PRIVACY_URL: Attribute =
    text("custom_privacy_and_cookies_url", "Where the privacy link of the footer leads.", URL);
const TERMS_TEXT: Attribute = text(
    "custom_terms_of_use_text",
    "The words in place of \"Terms of use\" in the footer.",
    WORDS,
);
const TERMS_URL: Attribute =
    text("custom_terms_of_use_url", "Where the terms link of the footer leads.", URL);

const LAYOUT: Attribute = object(
    "login_page_layout_configuration",
    "How the sign-in page is laid out. Not set: left as Graph has it.",
)
.optional_computed()
.of(&[
    string(
        "layout_template_type",
        "`default` (a box in the middle) or `verticalSplit` (the background on the left, the box over \
         the full height on the right).",
    )
    .optional_computed()
    .one_of(&["default", "verticalSplit"]),
    boolean("is_header_shown", "Whether there is a header.").optional_computed(),
    boolean("is_footer_shown", "Whether there is a footer.").optional_computed(),
]);

const VISIBILITY: Attribute = object(
    "login_page_text_visibility_settings",
    "Which links of the sign-in page are hidden. Not set: left as Graph has it.",
)
.optional_computed()
.of(&[
    boolean("hide_account_reset_credentials", "Hides every link of self-service password reset.")
        .optional_computed(),
    boolean("hide_cannot_access_your_account", "Hides \"Can't access your account?\".")
        .optional_computed(),
    boolean("hide_forgot_my_password", "Hides \"Forgot my password\".").optional_computed(),
    boolean("hide_privacy_and_cookies", "Hides the privacy link of the footer.")
        .optional_computed(),
    boolean("hide_reset_it_now", "Hides \"reset it now\".").optional_computed(),
    boolean("hide_terms_of_use", "Hides the terms link of the footer.").optional_computed(),
]);

const CONTENT: Attribute = object(
    "content_customization",
    "Texts of the sign-up pages. Only external tenants (Microsoft Entra External ID) have these.",
)
.of(&[
    objects("attribute_collection", "Texts of the page that collects attributes.").of(PAIR),
    objects("registration_campaign", "Texts of the page that asks to register a method.").of(PAIR),
]);

const PAIR: &[Attribute] =
    &[string("key", "The name of the text.").required(), string("value", "The text.").required()];

const IMAGE: &[Format] = &[Format::Png, Format::Jpeg];

const BACKGROUND_IMAGE: Attribute = stream(
    "background_image",
    "The background of the sign-in page.",
    &Stream { formats: IMAGE, bytes: Some(300 << 10), pixels: Some((1920, 1080)) },
);
const BANNER_LOGO: Attribute = stream(
    "banner_logo",
    "The logo above the sign-in box, best transparent and without a margin.",
    &Stream { formats: IMAGE, bytes: None, pixels: Some((245, 36)) },
);
const HEADER_LOGO: Attribute = stream(
    "header_logo",
    "The logo in the header, best transparent and without a margin.",
    &Stream { formats: IMAGE, bytes: None, pixels: Some((245, 36)) },
);
const SQUARE_LOGO: Attribute = stream(
    "square_logo",
    "The square logo, which Windows shows while it is set up for the organization.",
    &Stream { formats: IMAGE, bytes: Some(10 << 10), pixels: Some((240, 240)) },
);
const SQUARE_LOGO_DARK: Attribute = stream(
    "square_logo_dark",
    "The square logo for dark backgrounds.",
    &Stream { formats: IMAGE, bytes: Some(10 << 10), pixels: Some((240, 240)) },
);
const FAVICON: Attribute = stream(
    "favicon",
    "The icon of the browser's tab.",
    &Stream { formats: &[Format::Icon, Format::Png, Format::Jpeg], bytes: None, pixels: None },
);
const CUSTOM_CSS: Attribute = stream(
    "custom_css",
    "A style sheet for the sign-in page.",
    &Stream { formats: &[Format::Css], bytes: Some(25 << 10), pixels: None },
)
.graph("customCSS");
