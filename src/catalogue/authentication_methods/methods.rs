//! What each method has beside its state: one variant of the configuration each.

use super::{STATES, TARGET};
use crate::declare::{
    Attribute, Check, Literal::Bool, Literal::Str, boolean, flags, id, ids, integer, object,
    objects, string, strings, variant,
};

const REGISTRATION: Attribute = boolean(
    "is_registration_required",
    "Whether they are made to register the method. Defaults to `false`.",
)
.or(Bool(false));

/// Who may use a method. The metadata has them as a relationship; requests carry them in the body.
const fn include_targets(attributes: &'static [Attribute]) -> Attribute {
    objects("include_targets", "Who may use it.").optional_computed().embedded().of(attributes)
}

const INCLUDE_TARGETS: Attribute = include_targets(&[TARGET[0], TARGET[1], REGISTRATION]);

const KEY_RESTRICTIONS: &[Attribute] = &[
    boolean("is_enforced", "Whether the restrictions apply.").optional_computed(),
    string(
        "enforcement_type",
        "Whether the models are the only ones, `allow`, or ruled out, `block`.",
    )
    .optional_computed()
    .one_of(&["allow", "block"]),
    ids("aa_guids", "The models, by their AAGUIDs.").optional_computed(),
];

pub(super) const FIDO2: Attribute = variant(
    "fido2",
    "fido2AuthenticationMethodConfiguration",
    "Passkeys: security keys, and passkeys in Microsoft Authenticator or synchronised ones.",
)
.of(&[
    include_targets(&[
        TARGET[0],
        TARGET[1],
        REGISTRATION,
        ids(
            "allowed_passkey_profiles",
            "The ids of the passkey profiles that hold for them. To be named where the tenant has \
             profiles.",
        ),
    ]),
    boolean("is_self_service_registration_allowed", "Whether users may register passkeys themselves.")
        .optional_computed(),
    boolean(
        "is_attestation_enforced",
        "Whether a passkey has to prove its model when it is registered. Where the tenant has passkey \
         profiles, they say so instead.",
    )
    .optional_computed(),
    object(
        "key_restrictions",
        "Which models may be registered and used. Who has another one can no longer sign in with it. \
         Where the tenant has passkey profiles, they say so instead.",
    )
    .optional_computed()
    .of(KEY_RESTRICTIONS),
    id("default_passkey_profile", "The id of the passkey profile that cannot be removed.")
        .optional_computed(),
    objects("passkey_profiles", "Rules for passkeys, which targets refer to.")
        .optional_computed()
        .embedded()
        .of(&[
            id("id", "The id of the profile, a GUID of your choice for a new one.").required(),
            string("name", "What it is called.").required(),
            flags("passkey_types", "`deviceBound`, `synced` or both.")
                .required()
                .one_of(&["deviceBound", "synced"]),
            string(
                "attestation_enforcement",
                "Whether a passkey has to prove its model: `disabled`, or `registrationOnly`.",
            )
            .required()
            .one_of(&["disabled", "registrationOnly"]),
            object("key_restrictions", "Which models may be registered and used.").required().of(&[
                boolean("is_enforced", "Whether the restrictions apply.").required(),
                string(
                    "enforcement_type",
                    "Whether the models are the only ones, `allow`, or ruled out, `block`.",
                )
                .required()
                .one_of(&["allow", "block"]),
                ids("aa_guids", "The models, by their AAGUIDs."),
            ]),
        ]),
]);

/// A feature, and whom it is for.
const FEATURE: &[Attribute] = &[
    string("state", "`enabled`, `disabled` or `default`, which leaves it to Microsoft.")
        .optional_computed()
        .one_of(STATES),
    object("include_target", "Whom it is for.").optional_computed().of(FEATURE_TARGET),
    object("exclude_target", "Whom it is not for.").optional_computed().of(FEATURE_TARGET),
];

const FEATURE_TARGET: &[Attribute] = &[
    string(
        "id",
        "An object id, `all_users`, or `00000000-0000-0000-0000-000000000000` for nobody.",
    )
    .form(crate::declare::Form::IdOrKeyword)
    .required(),
    string("target_type", "`group`, `administrativeUnit` or `role`. Defaults to `group`.")
        .one_of(&["group", "administrativeUnit", "role"])
        .or(Str("group")),
];

pub(super) const MICROSOFT_AUTHENTICATOR: Attribute = variant(
    "microsoft_authenticator",
    "microsoftAuthenticatorAuthenticationMethodConfiguration",
    "Notifications in the Microsoft Authenticator app, and sign-in by phone.",
)
.of(&[
    include_targets(&[
        TARGET[0],
        TARGET[1],
        REGISTRATION,
        string(
            "authentication_mode",
            "What they may use: `deviceBasedPush` (sign-in by phone, without a password), `push` (a \
             notification after the password) or `any` of both. Defaults to `any`.",
        )
        .one_of(&["deviceBasedPush", "push", "any"])
        .or(Str("any")),
    ]),
    boolean("is_software_oath_enabled", "Whether the one-time codes of the app count too.")
        .optional_computed(),
    object("feature_settings", "What the app shows and asks for.").optional_computed().of(&[
        object("display_app_information_required_state", "It shows the application that is signed in to.")
            .optional_computed()
            .of(FEATURE),
        object("display_location_information_required_state", "It shows where the sign-in comes from.")
            .optional_computed()
            .of(FEATURE),
        object("companion_app_allowed_state", "Other apps, such as Outlook, may approve too.")
            .optional_computed()
            .of(FEATURE)
            .beta(),
        object("number_matching_required_state", "It asks for the number on the sign-in page.")
            .optional_computed()
            .of(FEATURE)
            .beta(),
    ]),
]);

const fn minutes(name: &'static str, doc: &'static str) -> Attribute {
    integer(name, doc).optional_computed().checks(&[Check::Range(10, 43_200)])
}

pub(super) const TEMPORARY_ACCESS_PASS: Attribute = variant(
    "temporary_access_pass",
    "temporaryAccessPassAuthenticationMethodConfiguration",
    "Passes for a limited time, by which users register other methods or recover.",
)
.of(&[
    INCLUDE_TARGETS,
    integer("default_length", "How many characters a pass has, from 8 to 48.")
        .optional_computed()
        .checks(&[Check::Range(8, 48)]),
    minutes("default_lifetime_in_minutes", "How long a pass lasts where nothing else is said."),
    minutes("minimum_lifetime_in_minutes", "How long it lasts at least, from 10 minutes."),
    minutes(
        "maximum_lifetime_in_minutes",
        "How long it lasts at most, up to 43200 minutes (30 days).",
    ),
    boolean("is_usable_once", "Whether every pass is for one use only.").optional_computed(),
]);

pub(super) const SMS: Attribute =
    variant("sms", "smsAuthenticationMethodConfiguration", "Codes by text message.").of(&[
        include_targets(&[
            TARGET[0],
            TARGET[1],
            REGISTRATION,
            boolean(
                "is_usable_for_sign_in",
                "Whether they may sign in by it in place of a password. Defaults to `false`.",
            )
            .or(Bool(false)),
        ]),
    ]);

pub(super) const VOICE: Attribute =
    variant("voice", "voiceAuthenticationMethodConfiguration", "Phone calls.").of(&[
        INCLUDE_TARGETS,
        boolean("is_office_phone_allowed", "Whether office phones may be called.")
            .optional_computed(),
    ]);

pub(super) const EMAIL: Attribute = variant(
    "email",
    "emailAuthenticationMethodConfiguration",
    "One-time codes by mail: for password reset, and for guests.",
)
.of(&[
    INCLUDE_TARGETS,
    string(
        "allow_external_id_to_use_email_otp",
        "Whether guests may sign in by it: `enabled`, `disabled` or `default`, which leaves it to \
         Microsoft.",
    )
    .optional_computed()
    .one_of(STATES),
]);

pub(super) const SOFTWARE_OATH: Attribute = variant(
    "software_oath",
    "softwareOathAuthenticationMethodConfiguration",
    "One-time codes of other authenticator apps.",
)
.of(&[INCLUDE_TARGETS]);

pub(super) const HARDWARE_OATH: Attribute = variant(
    "hardware_oath",
    "hardwareOathAuthenticationMethodConfiguration",
    "One-time codes of hardware tokens.",
)
.of(&[INCLUDE_TARGETS])
.beta();

pub(super) const QR_CODE_PIN: Attribute = variant(
    "qr_code_pin",
    "qrCodePinAuthenticationMethodConfiguration",
    "A QR code with a PIN, for shared devices.",
)
.of(&[
    INCLUDE_TARGETS,
    integer("pin_length", "How many digits a PIN has, from 8 to 20.")
        .optional_computed()
        .checks(&[Check::Range(8, 20)]),
    integer("standard_qr_code_lifetime_in_days", "How long a code lasts, up to 395 days.")
        .graph("standardQRCodeLifetimeInDays")
        .optional_computed()
        .checks(&[Check::Range(1, 395)]),
]);

pub(super) const VERIFIABLE_CREDENTIALS: Attribute = variant(
    "verifiable_credentials",
    "verifiableCredentialsAuthenticationMethodConfiguration",
    "Verified IDs, by which users recover their account.",
)
.of(&[include_targets(&[
    TARGET[0],
    TARGET[1],
    REGISTRATION,
    ids("verified_id_profiles", "The ids of the Verified ID profiles that hold for them."),
])]);

const AFFINITY: &[&str] = &["low", "high"];

const MODES: &[&str] = &["x509CertificateSingleFactor", "x509CertificateMultiFactor"];

pub(super) const X509_CERTIFICATE: Attribute = variant(
    "x509_certificate",
    "x509CertificateAuthenticationMethodConfiguration",
    "Certificates, checked by Microsoft Entra itself.",
)
.of(&[
    INCLUDE_TARGETS,
    objects("certificate_user_bindings", "How a certificate leads to a user. Tried by priority.")
        .optional_computed()
        .of(&[
            string(
                "x509_certificate_field",
                "The field of the certificate: `PrincipalName`, `RFC822Name`, `SubjectKeyIdentifier`, \
                 `SHA1PublicKey`, `IssuerAndSubject`, `IssuerAndSerialNumber` or `Subject`.",
            )
            .required(),
            string(
                "user_property",
                "The property of the user that it is compared with: `userPrincipalName`, \
                 `onPremisesUserPrincipalName` or `certificateUserIds`.",
            )
            .required(),
            integer("priority", "The lower, the earlier it is tried.")
                .required()
                .checks(&[Check::Range(0, 2_147_483_647)]),
            string("trust_affinity_level", "How sure it is: `low` or `high`. Defaults to `low`.")
                .one_of(AFFINITY)
                .or(Str("low")),
        ]),
    object("authentication_mode_configuration", "What a certificate counts for.")
        .optional_computed()
        .of(&[
            string(
                "x509_certificate_authentication_default_mode",
                "What it counts for where no rule says otherwise: `x509CertificateSingleFactor` or \
                 `x509CertificateMultiFactor`.",
            )
            .optional_computed()
            .one_of(MODES),
            string(
                "x509_certificate_default_required_affinity_level",
                "How sure the binding has to be where no rule says otherwise: `low` or `high`.",
            )
            .optional_computed()
            .one_of(AFFINITY),
            objects("rules", "What certificates of an issuer or a policy count for.")
                .optional_computed()
                .of(RULE),
        ]),
    object("issuer_hints_configuration", "Whether users are shown certificates of trusted issuers only.")
        .optional_computed()
        .of(&[string("state", "`enabled` or `disabled`.")
            .optional_computed()
            .one_of(&["disabled", "enabled"])]),
    object(
        "crl_validation_configuration",
        "Whether a certificate is refused whose issuer publishes no list of revoked ones.",
    )
    .optional_computed()
    .of(&[
        string("state", "`enabled` or `disabled`.")
            .optional_computed()
            .one_of(&["disabled", "enabled"]),
        strings(
            "exempted_certificate_authorities_subject_key_identifiers",
            "The subject key identifiers of the issuers that it is not asked of.",
        )
        .optional_computed(),
    ]),
    objects("certificate_authority_scopes", "Issuers whose certificates are for some users only.")
        .optional_computed()
        .of(&[
            string("subject_key_identifier", "The subject key identifier of the issuer."),
            string(
                "public_key_infrastructure_identifier",
                "The id of the public key infrastructure that the issuer is part of.",
            ),
            objects("include_targets", "The users whose certificates it may issue.").of(&TARGET),
        ]),
]);

const RULE: &[Attribute] = &[
    string(
        "x509_certificate_rule_type",
        "What it goes by: `issuerSubject`, `policyOID` or `issuerSubjectAndPolicyOID`.",
    )
    .required()
    .one_of(&["issuerSubject", "policyOID", "issuerSubjectAndPolicyOID"]),
    string("identifier", "The subject of the issuer, or the policy OID."),
    string(
        "issuer_subject_identifier",
        "The subject of the issuer, for `issuerSubjectAndPolicyOID`.",
    ),
    string("policy_oid_identifier", "The policy OID, for `issuerSubjectAndPolicyOID`."),
    string(
        "x509_certificate_authentication_mode",
        "What the certificate counts for: `x509CertificateSingleFactor` or \
         `x509CertificateMultiFactor`.",
    )
    .required()
    .one_of(MODES),
    string(
        "x509_certificate_required_affinity_level",
        "How sure the binding has to be: `low` or `high`. Defaults to `low`.",
    )
    .one_of(AFFINITY)
    .or(Str("low")),
];
