//! `m365_authentication_methods_policy`.

use super::{AREA, PERMISSIONS, STATES, TARGET};
use crate::declare::{
    Attribute, Check, Literal::Str, Resource, boolean, integer, object, objects, string,
};

/// What holds for all authentication methods together.
pub static AUTHENTICATION_METHODS_POLICY: Resource = Resource {
    name: "authentication_methods_policy",
    area: AREA,
    doc: "The authentication methods policy of the tenant: how far the old policies for multifactor \
        authentication and password reset still count, who is asked to register a method, and what \
        becomes of a prompt that a user reports.\n\n\
        It is there from the start, so creating this resource takes it over: what is configured is \
        changed, all else stays as it was found. On destroy, what was found is put back \
        (`on_destroy`). Each method is a resource of its own, `m365_authentication_method_configuration`.",
    reference: "https://learn.microsoft.com/graph/api/resources/authenticationmethodspolicy",
    path: "/policies/authenticationMethodsPolicy",
    entity: "authenticationMethodsPolicy",
    permissions: PERMISSIONS,
    // Graph documents no query options.
    selects: false,
    attributes: &[
        string(
            "policy_migration_state",
            "How far the tenant has moved away from the per-user multifactor authentication and \
             password reset policies: `preMigration` (this policy is for authentication alone, and the \
             old ones count), `migrationInProgress` (it is for password reset too, and the old ones \
             count) or `migrationComplete` (the old ones count no more).",
        )
        .optional_computed()
        .one_of(&["preMigration", "migrationInProgress", "migrationComplete"]),
        object("registration_enforcement", "What users are asked to register when they sign in.")
            .optional_computed()
            .of(&[object(
                "authentication_methods_registration_campaign",
                "The campaign that asks users, after multifactor authentication, to set up a method.",
            )
            .optional_computed()
            .of(CAMPAIGN)]),
        object(
            "report_suspicious_activity_settings",
            "Whether users can report a prompt that they did not ask for. Whoever does is at high user \
             risk from then on.",
        )
        .optional_computed()
        .of(&[
            string("state", "`enabled`, `disabled` or `default`, which Microsoft takes for disabled.")
                .optional_computed()
                .one_of(STATES),
            object("include_target", "Who can report.").optional_computed().of(&TARGET),
            integer("voice_reporting_code", "What to press on the phone to report a call.")
                .optional_computed(),
        ])
        .beta(),
        object(
            "system_credential_preferences",
            "Whether users are asked for the strongest method that they have registered first \
             (system-preferred multifactor authentication).",
        )
        .optional_computed()
        .of(&[
            string("state", "`enabled`, `disabled` or `default`, which leaves it to Microsoft.")
                .optional_computed()
                .one_of(STATES),
            objects("include_targets", "Whom it is for.").optional_computed().of(&TARGET),
            objects("exclude_targets", "Whom it is not for.").optional_computed().of(&TARGET),
        ])
        .beta(),
        string("policy_version", "The version of the policy.").computed(),
    ],
    ..Resource::SINGLETON
};

const CAMPAIGN: &[Attribute] = &[
    string("state", "`enabled`, `disabled` or `default`, which leaves it to Microsoft.")
        .optional_computed()
        .one_of(STATES),
    integer(
        "snooze_duration_in_days",
        "After how many days whoever puts it off is asked again, from 0, at every sign-in that takes \
         multifactor authentication, to 14.",
    )
    .optional_computed()
    .checks(&[Check::Range(0, 14)]),
    boolean(
        "enforce_registration_after_allowed_snoozes",
        "Whether it can be put off three times only.",
    )
    .optional_computed()
    .beta(),
    objects("include_targets", "Who is asked, and for what.").optional_computed().of(&[
        TARGET[0],
        TARGET[1],
        string(
            "targeted_authentication_method",
            "The method to set up. Defaults to `microsoftAuthenticator`.",
        )
        .or(Str("microsoftAuthenticator")),
    ]),
    objects("exclude_targets", "Who is not asked.").optional_computed().of(&TARGET),
];
