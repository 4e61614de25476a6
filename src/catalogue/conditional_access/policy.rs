//! `m365_conditional_access_policy`.

use super::AREA;
use super::bounds;
use super::conditions::CONDITIONS;
use super::contradictions::contradictions;
use super::controls::{GRANT_CONTROLS, SESSION_CONTROLS, says_same};
use super::evaluated::in_evaluation;
use super::prerequisites;
use super::references::references;
use crate::catalogue::lockout;
use crate::declare::{
    Attribute, Lookup, Permissions, Resource, Rule, boolean, instant, object, string,
};

/// What a sign-in must satisfy, under which conditions.
pub static CONDITIONAL_ACCESS_POLICY: Resource = Resource {
    name: "conditional_access_policy",
    area: AREA,
    doc: "A Conditional Access policy: which sign-ins it applies to (`conditions`), what they must \
        satisfy (`grant_controls`) and how the session behaves afterwards (`session_controls`).\n\n\
        All conditions must match for a policy to apply, exclusions win over inclusions, and every \
        policy that applies must be satisfied. Before a policy is `enabled`, exclude the emergency \
        access accounts and watch it as `enabledForReportingButNotEnforced`. While security defaults \
        are on, Graph refuses enabled policies: see `m365_security_defaults`.\n\n\
        Contradictions that Graph would refuse, or that would do nothing, are reported by the plan, \
        and so is an id that is not there. An enabled policy is tried on the sign-ins of those who \
        repair the tenant, and a plan that locks them out is stopped: see the guide \
        [Lockout protection](../guides/lockout-protection.md). A deleted policy can be restored for \
        30 days. Built-in roles (template ids), groups, applications (client ids), locations and \
        strengths are referred to by bare ids.",
    reference: "https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy",
    path: "/identity/conditionalAccess/policies",
    entity: "conditionalAccessPolicy",
    permissions: Permissions {
        read: "Policy.Read.All",
        write: "Policy.Read.All + Policy.ReadWrite.ConditionalAccess + Application.Read.All",
    },
    selects: false,
    attributes: &[
        SETTINGS[0],
        SETTINGS[1],
        SETTINGS[2],
        SETTINGS[3],
        SETTINGS[4],
        SETTINGS[5],
        boolean(
            "allow_direct_enable",
            "Whether the policy may become `enabled` without having been \
             `enabledForReportingButNotEnforced` first. Unless it says so, the plan warns.",
        )
        .local(),
        string("template_id", "The template that the policy was made from, if any.").computed(),
        instant("created_date_time", "When it was made.").computed(),
    ],
    rules: RULES,
    judge: Some(contradictions),
    inquiries: &[in_evaluation, references, bounds::of_policy, prerequisites::of_policy],
    keys: &["display_name"],
    data: Some(Lookup { plural: Some("conditional_access_policies") }),
    soft_delete: Some("/identity/conditionalAccess/deletedItems/policies/{id}"),
    moved_from: &["azuread_conditional_access_policy"],
    guard: Some(lockout::conditional_access_policy),
    ..Resource::MEMBER
};

/// A policy that is only planned, as an argument.
pub(in crate::catalogue) static PLANNED: &[Attribute] = &SETTINGS;

/// What people decide of a policy.
const SETTINGS: [Attribute; 6] = [
    string("display_name", "The name that administrators see in the portal and in logs.")
        .required(),
    string(
        "state",
        "`enabled`, `disabled`, or `enabledForReportingButNotEnforced`, which evaluates and logs \
         the policy without enforcing it (report-only).",
    )
    .required()
    .one_of(&["enabled", "disabled", "enabledForReportingButNotEnforced"]),
    string("description", "What the policy is for. Shown to administrators only."),
    object("conditions", "The sign-ins that the policy applies to. All that are set must match.")
        .required()
        .of(CONDITIONS),
    object(
        "grant_controls",
        "What a sign-in must satisfy to be let in, or `block`. Not set: nothing, which takes a \
         session control.",
    )
    .of(GRANT_CONTROLS)
    .same(says_same),
    object(
        "session_controls",
        "How the session behaves once the sign-in was let in. Not set: as usual.",
    )
    .of(SESSION_CONTROLS),
];

/// What Graph refuses whatever the values are; the rest is in `contradictions`.
static RULES: &[Rule] = &[
    Rule::AtLeastOneOf(&["grant_controls", "session_controls"]),
    Rule::AtLeastOneOf(&[
        "conditions.applications.include_applications",
        "conditions.applications.application_filter",
        "conditions.applications.include_user_actions",
        "conditions.applications.include_authentication_context_class_references",
    ]),
    Rule::AtMostOneOf(&[
        "conditions.applications.include_applications",
        "conditions.applications.include_user_actions",
        "conditions.applications.include_authentication_context_class_references",
    ]),
    Rule::AtMostOneOf(&[
        "conditions.applications.application_filter",
        "conditions.applications.include_user_actions",
        "conditions.applications.include_authentication_context_class_references",
    ]),
    Rule::AtLeastOneOf(&[
        "conditions.users.include_users",
        "conditions.users.include_groups",
        "conditions.users.include_roles",
        "conditions.users.include_guests_or_external_users",
        "conditions.client_applications",
    ]),
    Rule::Excludes(
        "conditions.users.include_users",
        &["GuestsOrExternalUsers"],
        &["conditions.users.include_guests_or_external_users"],
    ),
    Rule::Excludes(
        "conditions.users.exclude_users",
        &["GuestsOrExternalUsers"],
        &["conditions.users.exclude_guests_or_external_users"],
    ),
    Rule::Excludes(
        "grant_controls.built_in_controls",
        &["mfa"],
        &["grant_controls.authentication_strength_id"],
    ),
    Rule::Excludes(
        "grant_controls.built_in_controls",
        &["block", "passwordChange"],
        &[
            "grant_controls.authentication_strength_id",
            "grant_controls.terms_of_use",
            "grant_controls.custom_authentication_factors",
        ],
    ),
    Rule::Together(&[
        "session_controls.sign_in_frequency.value",
        "session_controls.sign_in_frequency.type",
    ]),
    Rule::Excludes(
        "session_controls.sign_in_frequency.frequency_interval",
        &["everyTime"],
        &["session_controls.sign_in_frequency.value"],
    ),
];
