//! What Microsoft's documents say of applications, scopes and strengths, as data.
//!
//! Microsoft keeps these lists and changes them; a [`Directory`](super::Directory) can add to them.

/// Exchange Online.
pub const EXCHANGE_ONLINE: &str = "00000002-0000-0ff1-ce00-000000000000";
/// SharePoint Online, OneDrive with it.
pub const SHAREPOINT_ONLINE: &str = "00000003-0000-0ff1-ce00-000000000000";
/// Microsoft Teams' services.
pub const TEAMS: &str = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";
/// Microsoft Graph: an umbrella, neither targeted nor excluded by itself.
pub const MICROSOFT_GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Windows Azure Active Directory, reached through `All` only.
pub const AZURE_ACTIVE_DIRECTORY: &str = "00000002-0000-0000-c000-000000000000";
/// Windows Azure Service Management API: Azure Resource Manager and what stands on it.
pub const AZURE_MANAGEMENT: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
/// The Azure portal and the Entra admin center.
pub const AZURE_PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
/// Enrolment in Intune, which device controls never stop.
pub const INTUNE_ENROLLMENT: &str = "d4ebce55-015a-49b5-a083-c84d1797ae8c";
/// Defender for Endpoint on mobiles, which device controls never stop.
pub const DEFENDER_MOBILE: &str = "dd47d17a-3194-4d86-bfd5-c6ae6f5651e3";
/// The flow that remedies a user's risk, exempt from other policies.
pub const RISK_REMEDIATION: &str = "93625bc8-bfe2-437a-97e0-3d0060024faa";

/// The suites that policies name by a keyword, with members known by id.
pub(super) const SUITES: [(&str, &[&str]); 2] = [
    (
        "Office365",
        &[
            EXCHANGE_ONLINE,
            SHAREPOINT_ONLINE,
            TEAMS,
            "00000004-0000-0ff1-ce00-000000000000", // Skype for Business Online
            "00000006-0000-0ff1-ce00-000000000000", // the Microsoft 365 portal
            "00000005-0000-0ff1-ce00-000000000000", // Viva Engage
            "09abbdfd-ed23-44ee-a2d9-a627aa1c90f3", // Planner
            "2634dd23-5e5a-431c-81ca-11710d9079f4", // Stream
            "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87", // Forms
            "ab9b8c07-8f02-4f72-87fa-80105867a763", // the OneDrive sync engine
        ],
    ),
    (
        "MicrosoftAdminPortals",
        &[
            AZURE_PORTAL,
            "497effe9-df71-4043-a8bb-14cf78c4b63b", // the Exchange admin center
            "00000006-0000-0ff1-ce00-000000000000", // the Microsoft 365 admin center
            "80ccca67-54bd-44ab-8625-4b79c4dc7775", // Defender and Purview
            "5926fc8e-304e-4f59-8bed-58ca97cc39a4", // the Intune admin center
            "2ddfbe71-ed12-4123-b99b-d5fc8a062a79", // the Teams admin center
        ],
    ),
];

/// What needs a token for what before it opens.
pub(super) const DEPENDENCIES: [(&str, &[&str]); 2] = [
    (TEAMS, &[EXCHANGE_ONLINE, SHAREPOINT_ONLINE]),
    (AZURE_PORTAL, &[EXCHANGE_ONLINE, SHAREPOINT_ONLINE]),
];

/// The scopes that every client may ask for.
pub(super) const BASELINE_SCOPES: [&str; 11] = [
    "email",
    "offline_access",
    "openid",
    "profile",
    "User.Read",
    "User.Read.All",
    "User.ReadBasic.All",
    "People.Read",
    "People.Read.All",
    "GroupMember.Read.All",
    "Member.Read.Hidden",
];

/// The scopes of OpenID Connect.
pub(super) const OPENID_SCOPES: [&str; 4] = ["email", "offline_access", "openid", "profile"];

/// The id of the built-in strength "Multifactor authentication", which says the same as `mfa`.
pub const STRENGTH_MFA: &str = "00000000-0000-0000-0000-000000000002";
/// The id of the built-in strength "Passwordless MFA".
pub const STRENGTH_PASSWORDLESS: &str = "00000000-0000-0000-0000-000000000003";
/// The id of the built-in strength "Phishing-resistant MFA".
pub const STRENGTH_PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

/// The combinations of a built-in strength.
pub(super) fn built_in_strength(id: &str) -> Option<&'static [&'static str]> {
    match id {
        STRENGTH_MFA => Some(&MFA),
        STRENGTH_PASSWORDLESS => Some(&PASSWORDLESS),
        STRENGTH_PHISHING_RESISTANT => Some(&PHISHING_RESISTANT),
        _ => None,
    }
}

const PHISHING_RESISTANT: [&str; 3] =
    ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"];

const PASSWORDLESS: [&str; 4] =
    ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush"];

pub(super) const MFA: [&str; 19] = [
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,x509CertificateSingleFactor",
    "password,x509CertificateMultiFactor",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    "federatedSingleFactor,microsoftAuthenticatorPush",
    "federatedSingleFactor,softwareOath",
    "federatedSingleFactor,hardwareOath",
    "federatedSingleFactor,sms",
    "federatedSingleFactor,voice",
];
