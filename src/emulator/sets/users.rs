//! Users and their managers.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Direction, Filterable, Navigation, Paging, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{now, text};
use super::groups::MEMBERSHIP_READ;
use super::hybrid::SYNC_BEHAVIOR;
use super::licences;
use super::units::{is_restricted, refuse_restricted};

const READ: Permissions = &[
    &["User.ReadBasic.All"],
    &["User.Read.All"],
    &["User.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const WRITE: Permissions = &[&["User.ReadWrite.All"], &["Directory.ReadWrite.All"]];
const DELETE: Permissions = &[&["User.DeleteRestore.All"], &["User.ReadWrite.All"]];

pub(super) static USERS: Set = Set {
    ty: "user",
    paths: &["users"],
    service: Service::Directory,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(DELETE),
    required: &[
        "accountEnabled",
        "displayName",
        "mailNickname",
        "userPrincipalName",
        "passwordProfile",
    ],
    read_only: &[
        "id",
        "createdDateTime",
        "deletedDateTime",
        "creationType",
        "externalUserState*",
        "assigned*",
        "provisionedPlans",
        "licenseAssignmentStates",
        "proxyAddresses",
        "imAddresses",
        "identities",
        "isManagementRestricted",
        "isResourceAccount",
        "lastPasswordChangeDateTime",
        "legalAgeGroupClassification",
        "onPremisesDistinguishedName",
        "onPremisesDomainName",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "onPremisesUserPrincipalName",
        "securityIdentifier",
        "serviceProvisioningErrors",
        "signInSessionsValidFromDateTime",
        // Kept by other services, which take no application permission.
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
        "mailboxSettings",
        "deviceEnrollmentLimit",
        "signInActivity",
    ],
    merged: &["onPremisesExtensionAttributes"],
    defaults: Some(&[
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    ]),
    actions: &[SYNC_BEHAVIOR, licences::OF_USER],
    alternate_key: Some("userPrincipalName"),
    is_kept: |_| true,
    paging: Paging::Pages(100),
    filterable: Filterable::Only(&[
        "accountEnabled",
        "ageGroup",
        "assignedLicenses",
        "assignedPlans",
        "businessPhones",
        "city",
        "companyName",
        "consentProvidedForMinor",
        "country",
        "createdDateTime",
        "creationType",
        "deletedDateTime",
        "department",
        "displayName",
        "employeeHireDate",
        "employeeId",
        "employeeType",
        "externalUserState",
        "faxNumber",
        "givenName",
        "id",
        "identities",
        "imAddresses",
        "jobTitle",
        "mail",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "onPremisesDistinguishedName",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "otherMails",
        "postalCode",
        "preferredLanguage",
        "proxyAddresses",
        "securityIdentifier",
        "state",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
    ]),
    navigation: &[
        Navigation {
            name: "manager",
            way: Way::Links(Relation::Manager, Direction::Forward),
            single: true,
            targets: &["user", "orgContact"],
            read: &[
                &["User.Read.All"],
                &["User.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            write: Some(WRITE),
            ..Navigation::MANY
        },
        Navigation {
            name: "directReports",
            way: Way::Links(Relation::Manager, Direction::Backward),
            read: READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "memberOf",
            way: Way::Links(Relation::Member, Direction::Backward),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "transitiveMemberOf",
            way: Way::Links(Relation::Member, Direction::Upwards),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "ownedObjects",
            way: Way::Links(Relation::Owner, Direction::Backward),
            read: READ,
            ..Navigation::MANY
        },
    ],
    computed: &[
        ("isManagementRestricted", is_restricted),
        ("assignedLicenses", licences::licences),
        ("licenseAssignmentStates", licences::states),
    ],
    on_create: create,
    on_update: update,
    on_delete: |cx, user| refuse_restricted(cx, user),
    ..Set::COLLECTION
};

fn create(cx: &mut Context, user: &mut Properties) -> Outcome<()> {
    check(cx, user)?;
    let Some(password) = user.get("passwordProfile").and_then(|p| p.get("password")) else {
        return Err(invalid("passwordProfile"));
    };
    check_password(password)?;
    let name = text(user, "userPrincipalName").to_owned();
    check_name(cx, &name, "")?;
    let federated =
        cx.verified_domain(&name).is_some_and(|d| text(d, "authenticationType") == "Federated");
    if federated && text(user, "onPremisesImmutableId").is_empty() {
        return Err(missing("onPremisesImmutableId"));
    }
    user.entry("userType").or_insert_with(|| json!("Member"));
    user.insert("createdDateTime".into(), now().into());
    user.insert("lastPasswordChangeDateTime".into(), now().into());
    user.insert("identities".into(), identities(cx, &name));
    user.insert("securityIdentifier".into(), security_identifier(text(user, "id")).into());
    forget_password(user);
    Ok(())
}

fn update(
    cx: &mut Context,
    old: &Properties,
    sent: &Properties,
    next: &mut Properties,
) -> Outcome<()> {
    refuse_restricted(cx, old)?;
    for name in [
        "displayName",
        "mailNickname",
        "userPrincipalName",
        "accountEnabled",
        "userType",
        "usageLocation",
    ] {
        if sent.get(name).is_some_and(Value::is_null) {
            return Err(invalid(name));
        }
    }
    check(cx, sent)?;
    if let Some(name) = sent.get("userPrincipalName").and_then(Value::as_str) {
        check_name(cx, name, text(old, "id"))?;
        next.insert("identities".into(), identities(cx, name));
    }
    if let Some(profile) = sent.get("passwordProfile").filter(|p| !p.is_null()) {
        let allowed =
            cx.caller.roles.as_ref().is_none_or(|roles| {
                roles.iter().any(|r| r == "User-PasswordProfile.ReadWrite.All")
            });
        if !allowed {
            let message = "Insufficient privileges to complete the operation.";
            return Err(Refusal::new(403, "Authorization_RequestDenied", message));
        }
        if let Some(password) = profile.get("password") {
            check_password(password)?;
            next.insert("lastPasswordChangeDateTime".into(), now().into());
        }
    }
    if old.get("onPremisesSyncEnabled") == Some(&Value::Bool(true)) {
        refuse_synced(sent)?;
    }
    forget_password(next);
    Ok(())
}

/// Of a user that is synced from on-premises, these are written there.
fn refuse_synced(sent: &Properties) -> Outcome<()> {
    const CLOUD: &[&str] =
        &["usageLocation", "passwordProfile", "passwordPolicies", "userType", "otherMails"];
    match sent.keys().find(|name| !CLOUD.contains(&name.as_str())) {
        Some(name) => Err(Refusal::directory(format!(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration: '{name}'."
        ))),
        None => Ok(()),
    }
}

fn check(_: &Context, sent: &Properties) -> Outcome<()> {
    let set = |name: &str| sent.get(name).and_then(Value::as_str);
    if set("displayName").is_some_and(|n| n.chars().count() > 256) {
        return Err(invalid("displayName"));
    }
    if set("mailNickname").is_some_and(|n| !is_nickname(n)) {
        return Err(invalid("mailNickname"));
    }
    let is_country = |c: &str| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase());
    if set("usageLocation").is_some_and(|c| !is_country(c)) {
        return Err(invalid("usageLocation"));
    }
    if set("userType").is_some_and(|t| !["Member", "Guest"].contains(&t)) {
        return Err(invalid("userType"));
    }
    if sent.get("businessPhones").and_then(Value::as_array).is_some_and(|p| p.len() > 1) {
        return Err(invalid("businessPhones"));
    }
    Ok(())
}

/// Whether a mail nickname holds what a mail address may hold before its `@`.
pub(super) fn is_nickname(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"@()\\[]\";:<>,".contains(&b))
}

fn check_name(cx: &Context, name: &str, own_id: &str) -> Outcome<()> {
    let Some((local, _)) = name.rsplit_once('@').filter(|(l, d)| !l.is_empty() && !d.is_empty())
    else {
        return Err(invalid("userPrincipalName"));
    };
    if local.len() > 64
        || !local.bytes().all(|b| b.is_ascii_alphanumeric() || b"'.-_!#^~$+".contains(&b))
    {
        return Err(invalid("userPrincipalName"));
    }
    if cx.verified_domain(name).is_none() {
        return Err(Refusal::directory(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        ));
    }
    match cx.state.user_named(name) {
        Some(other) if other.id() != own_id => Err(Refusal::taken("userPrincipalName")),
        _ => Ok(()),
    }
}

/// The rules of cloud passwords: 8 to 256 characters, of three kinds out of four.
fn check_password(password: &Value) -> Outcome<()> {
    let password = password.as_str().unwrap_or_default();
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    let count = kinds.iter().filter(|kind| password.chars().any(kind)).count();
    if (8..=256).contains(&password.chars().count()) && count >= 3 {
        return Ok(());
    }
    Err(Refusal::directory(
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    ))
}

fn forget_password(user: &mut Properties) {
    if let Some(Value::Object(profile)) = user.get_mut("passwordProfile") {
        profile.remove("password");
    }
}

fn identities(cx: &Context, name: &str) -> Value {
    json!([{
        "signInType": "userPrincipalName",
        "issuer": cx.state.default_domain,
        "issuerAssignedId": name,
    }])
}

/// The identifier that Windows knows a cloud object by: its GUID in four numbers.
pub(crate) fn security_identifier(id: &str) -> String {
    let Ok(id) = uuid::Uuid::try_parse(id) else { return String::new() };
    let bytes = id.to_bytes_le();
    let number =
        |i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
    format!("S-1-12-1-{}-{}-{}-{}", number(0), number(4), number(8), number(12))
}

fn invalid(property: &str) -> Refusal {
    Refusal::directory(format!(
        "Invalid value specified for property '{property}' of resource 'User'."
    ))
}

fn missing(property: &str) -> Refusal {
    Refusal::directory(format!("A value is required for property '{property}' of resource 'User'."))
}
