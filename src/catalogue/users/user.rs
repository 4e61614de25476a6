//! `m365_user`.

use super::AREA;
use crate::catalogue::codec::NONE_IS_EMPTY;
use crate::catalogue::hybrid::mastered;
use crate::catalogue::hybrid::tenant::{findings, is_planned, known, of_domains};
use crate::catalogue::lockout;
use crate::declare::{
    Answers, Attribute, Check, Finding, Form, Inquiry, Literal::Bool, Lookup, More, Permissions,
    Question, Resource, boolean, flags, instant, integer, link, object, string, strings,
};
use crate::policy::identity::can_be_named;
use crate::terraform::Value;

/// A person, or an account that is used like one.
pub static USER: Resource = Resource {
    name: "user",
    area: AREA,
    doc: "A user account in the directory.\n\n\
        The `password` is write-only: it is in no plan and no state. Give it from a variable or an \
        ephemeral value, and change `password_version` to set it again; Graph demands one at create. \
        An import cannot know it, so where `password_version` is set the next apply sends the \
        password. \
        A deleted user can be restored for 30 days, unless `purge_on_destroy` is set. Users that are \
        synchronised from on-premises are managed there, and guests are made by invitation: import \
        them.\n\n\
        Changing the password or `account_enabled` of somebody who holds an administrator role, or is \
        a member of a role-assignable group, also takes a directory role of at least the same rank.",
    reference: "https://learn.microsoft.com/graph/api/resources/user",
    path: "/users",
    entity: "user",
    permissions: Permissions { read: "User.Read.All", write: "User.ReadWrite.All" },
    more: &[More {
        what: "Setting the password of an account that exists",
        permission: "User-PasswordProfile.ReadWrite.All",
        when: sets_password,
    }],
    page: 999,
    attributes: ATTRIBUTES,
    keys: &["user_principal_name"],
    data: Some(Lookup { plural: Some("users") }),
    soft_delete: Some("/directory/deletedItems/{id}"),
    inquiries: &[mastered::of_user, named],
    retry_on: &["Request_ResourceNotFound"],
    moved_from: &["azuread_user"],
    guard: Some(lockout::user),
    ..Resource::MEMBER
};

/// The domain of a sign-in name that is new.
fn named(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let planned = question.planned;
    let name = known(planned, "userPrincipalName")
        .filter(|name| question.prior["userPrincipalName"] != *name);
    // An object that is synchronised is named on-premises.
    let name = name.filter(|_| planned["onPremisesSyncEnabled"] != true);
    let Some(name) = name else { return ask.conclude(Vec::new()) };
    let has_id = !planned["onPremisesImmutableId"].is_null();
    let violation = can_be_named(&of_domains(&ask), name, has_id);
    // The domain, or its verification, may be on its way.
    let domain = name.rsplit('@').next().unwrap_or_default();
    let coming = is_planned(question.elsewhere, domain);
    let violation = violation.filter(|one| one.id != "INV-16" || !coming);
    ask.conclude(findings(violation, "user_principal_name"))
}

/// Whether a change sends a password profile to an account that exists.
fn sets_password(before: &Value, after: &Value) -> bool {
    let profile = [
        "password_version",
        "force_change_password_next_sign_in",
        "force_change_password_next_sign_in_with_mfa",
    ];
    let changes = |name: &&str| before.get(name) != after.get(name);
    !before.is_null() && !after.is_null() && profile.iter().any(changes)
}

static ATTRIBUTES: &[Attribute] = &[
    string(
        "user_principal_name",
        "The sign-in name, `alias@domain`, in a verified domain of the tenant (INV-16). Unique; \
         letter case does not matter.",
    )
    .required()
    .form(Form::CaseInsensitive)
    .checks(&[
        Check::Pattern("^[^@ ]+@[^@ ]+$", "a name and a domain, such as alice@contoso.com"),
        Check::Pattern("^[!-~]+@", "a name without accents: ASCII letters, digits and signs"),
    ]).mastered_on_premises(),
    string("display_name", "The name shown to people. At most 256 characters; cannot be cleared.")
        .required()
        .checks(&[Check::Length(1, 256)]).mastered_on_premises(),
    boolean("account_enabled", "Whether the user can sign in. Defaults to `true`.").or(Bool(true)).mastered_on_premises(),
    string(
        "mail_nickname",
        "The mail alias, at most 64 characters. At create, it defaults to what stands before the `@` \
         in `user_principal_name`.",
    )
    .or_derived(alias)
    .checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string(
        "password",
        "The password, needed where the account is made: sent then and whenever `password_version` \
         changes, and never kept. Must satisfy the password policy of the tenant.",
    )
    .graph("passwordProfile/password")
    .write_only()
    .needed_at_create(),
    integer(
        "password_version",
        "A number of your own beside `password`. Change it to set the password again.",
    )
    .local(),
    boolean(
        "force_change_password_next_sign_in",
        "Whether the user must choose another password at the next sign-in. What becomes of it \
         afterwards is not followed.",
    )
    .graph("passwordProfile/forceChangePasswordNextSignIn")
    .not_returned(),
    boolean(
        "force_change_password_next_sign_in_with_mfa",
        "As `force_change_password_next_sign_in`, with multifactor authentication before.",
    )
    .graph("passwordProfile/forceChangePasswordNextSignInWithMfa")
    .not_returned(),
    flags(
        "password_policies",
        "`DisablePasswordExpiration` and `DisableStrongPassword`, which allows weaker passwords. Not \
         set: the policies of the domain hold.",
    )
    .one_of(&["DisablePasswordExpiration", "DisableStrongPassword"])
    .via(&NONE_IS_EMPTY),
    string("given_name", "The first name.").checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string("surname", "The last name.").checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string("job_title", "The job title.").checks(&[Check::Length(1, 128)]).mastered_on_premises(),
    string("department", "The department.").checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string("company_name", "The company.").checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string("office_location", "Where the office is.").checks(&[Check::Length(1, 128)]).mastered_on_premises(),
    link("manager_id", "The object id of the manager, a user.").mastered_on_premises(),
    string("employee_id", "The number or code that the employer gives.")
        .checks(&[Check::Length(1, 16)]).mastered_on_premises(),
    string("employee_type", "Such as `Employee`, `Contractor` or `Vendor`; any text."),
    instant("employee_hire_date", "When the employment begins or began."),
    object("employee_org_data", "Where in the organisation the employee is.").of(&[
        string("cost_center", "The cost center."),
        string("division", "The division."),
    ]),
    string(
        "usage_location",
        "The two-letter country code (ISO 3166-1 alpha-2) of the law that applies to services. Must \
         be set before a licence can be assigned. Graph changes it and does not clear it: not set, \
         it stays as it is.",
    )
    .optional_computed()
    .checks(&[Check::Pattern("^[A-Z]{2}$", "two upper-case letters, such as NL")]),
    string("preferred_language", "The preferred language (ISO 639-1), such as `en-US`.").mastered_on_premises(),
    string("preferred_data_location", "Where the data is kept in a multi-geo tenant, such as `EUR`."),
    strings("business_phones", "The business phone number. Graph keeps one only.")
        .checks(&[Check::Count(0, 1)]).mastered_on_premises(),
    string("mobile_phone", "The mobile phone number.").checks(&[Check::Length(1, 64)]).mastered_on_premises(),
    string("fax_number", "The fax number.").mastered_on_premises(),
    strings("other_mails", "Further mail addresses, such as one for resetting the password."),
    string("street_address", "Street and number.").checks(&[Check::Length(1, 1024)]).mastered_on_premises(),
    string("postal_code", "The postal code.").checks(&[Check::Length(1, 40)]).mastered_on_premises(),
    string("city", "The city.").checks(&[Check::Length(1, 128)]).mastered_on_premises(),
    string("state", "The state or province.").checks(&[Check::Length(1, 128)]).mastered_on_premises(),
    string("country", "The country or region.").checks(&[Check::Length(1, 128)]).mastered_on_premises(),
    string("age_group", "`Minor`, `NotAdult` or `Adult`.").one_of(&["Minor", "NotAdult", "Adult"]),
    string(
        "consent_provided_for_minor",
        "Whether a parent agreed: `Granted`, `Denied` or `NotRequired`.",
    )
    .one_of(&["Granted", "Denied", "NotRequired"]),
    string("user_type", "`Member` or `Guest`. Graph chooses `Member`.")
        .optional_computed()
        .one_of(&["Member", "Guest"]),
    string(
        "on_premises_immutable_id",
        "What ties the account to one on-premises. Required where the domain of \
         `user_principal_name` is federated.",
    ).mastered_on_premises(),
    object(
        "on_premises_extension_attributes",
        "Fifteen texts of your own. Writable for users that are not synchronised.",
    )
    .of(EXTENSION_ATTRIBUTES).mastered_on_premises(),
    string("mail", "The primary mail address.").computed().follows(&["user_principal_name"]),
    strings("proxy_addresses", "All mail addresses, the primary one with `SMTP:`.")
        .computed()
        .follows(&["user_principal_name", "mail_nickname"]),
    string("creation_type", "How the account came about; null for an ordinary one.").computed(),
    string("external_user_state", "For an invited guest `PendingAcceptance` or `Accepted`.")
        .computed(),
    instant("external_user_state_change_date_time", "When `external_user_state` last changed.")
        .computed(),
    boolean(
        "on_premises_sync_enabled",
        "Whether the account is synchronised from on-premises, and so cannot be changed here.",
    )
    .computed(),
    string("on_premises_sam_account_name", "The SAM account name on-premises.").computed(),
    string("on_premises_user_principal_name", "The user principal name on-premises.").computed(),
    string("on_premises_domain_name", "The domain on-premises.").computed(),
    string("on_premises_distinguished_name", "The distinguished name on-premises.").computed(),
    string("on_premises_security_identifier", "The security identifier (SID) on-premises.")
        .computed(),
    string("security_identifier", "The security identifier (SID) in Windows.").computed(),
    boolean(
        "is_management_restricted",
        "Whether a restricted management administrative unit protects the account.",
    )
    .computed(),
    instant("created_date_time", "When the account was made.").computed(),
];

static EXTENSION_ATTRIBUTES: &[Attribute] = &[
    string("extension_attribute1", "Text 1."),
    string("extension_attribute2", "Text 2."),
    string("extension_attribute3", "Text 3."),
    string("extension_attribute4", "Text 4."),
    string("extension_attribute5", "Text 5."),
    string("extension_attribute6", "Text 6."),
    string("extension_attribute7", "Text 7."),
    string("extension_attribute8", "Text 8."),
    string("extension_attribute9", "Text 9."),
    string("extension_attribute10", "Text 10."),
    string("extension_attribute11", "Text 11."),
    string("extension_attribute12", "Text 12."),
    string("extension_attribute13", "Text 13."),
    string("extension_attribute14", "Text 14."),
    string("extension_attribute15", "Text 15."),
];

/// What stands before the `@` in the sign-in name.
fn alias(user: &Value) -> Option<Value> {
    let (alias, _) = user.get("user_principal_name").as_str()?.split_once('@')?;
    Some(alias.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alias_stands_before_the_domain() {
        let user = |name: Value| Value::from([("user_principal_name", name)]);
        assert_eq!(alias(&user("alice@contoso.com".into())), Some("alice".into()));
        assert_eq!(alias(&user(Value::UNKNOWN)), None);
    }
}
