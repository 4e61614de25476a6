//! The tenants that the emulator starts with.

use serde_json::{Value, json};

use super::links::Relation;
use super::model::Version;
use super::set::Properties;
use super::sets;
use super::store::{State, key};
use super::{CLIENT_ID, CLIENT_OBJECT_ID, TENANT_ID, TenantKind};

/// When everything that is there from the start was created.
const ONCE: &str = "2024-01-15T08:00:00Z";

pub(crate) fn tenant(kind: TenantKind, users: usize, seed: u64) -> State {
    let mut state = State::new(TENANT_ID, "contoso.onmicrosoft.com", seed);
    organization(&mut state);
    for (id, is_initial) in [("contoso.onmicrosoft.com", true), ("contoso.com", false)] {
        let mut domain = sets::domain(id, true);
        domain.insert("isInitial".into(), is_initial.into());
        domain.insert("isDefault".into(), is_initial.into());
        state.insert("domain", "domain", domain);
    }
    licences(&mut state);
    roles(&mut state);
    strengths(&mut state);
    templates(&mut state);
    setting_templates(&mut state);
    policies(&mut state);
    synchronization(&mut state);
    applications(&mut state);
    if kind == TenantKind::Contoso {
        contoso(&mut state);
        administrator(&mut state);
    }
    many_users(&mut state, users);
    state.immediate = false;
    state
}

fn put(state: &mut State, ty: &'static str, value: Value) {
    if let Value::Object(properties) = value {
        let kept: Properties = properties.into_iter().filter(|(_, v)| !v.is_null()).collect();
        state.insert(ty, ty, kept);
    }
}

fn organization(state: &mut State) {
    let organization = json!({
        "id": TENANT_ID,
        "displayName": "Contoso",
        "countryLetterCode": "CH",
        "createdDateTime": ONCE,
        "preferredLanguage": "en",
        "technicalNotificationMails": ["admin@contoso.com"],
        "tenantType": "AAD",
        "privacyProfile": { "contactEmail": "privacy@contoso.com", "statementUrl": "https://contoso.com/privacy" },
        "verifiedDomains": [
            { "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true,
              "name": "contoso.onmicrosoft.com", "type": "Managed" },
            { "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": false, "isInitial": false,
              "name": "contoso.com", "type": "Managed" },
        ],
        "assignedPlans": [{
            "assignedDateTime": ONCE, "capabilityStatus": "Enabled", "service": "AADPremiumService",
            "servicePlanId": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
        }],
        "provisionedPlans": [],
        "mobileDeviceManagementAuthority": "intune",
    });
    put(state, "organization", organization);
}

fn licences(state: &mut State) {
    // Entra ID P2 and Office 365 E3, of which these are some of the services.
    let skus = [
        (
            "84a661c4-e949-4bd2-a560-ed7766fcaf2b",
            "AAD_PREMIUM_P2",
            vec![("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2")],
        ),
        (
            "6fd2c87f-b296-42f0-b197-1e91e994b900",
            "ENTERPRISEPACK",
            vec![
                ("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
                ("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE"),
                ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
            ],
        ),
    ];
    for (id, part, plans) in skus {
        let plans = plans.iter().map(|(id, name)| {
            json!({
                "servicePlanId": id, "servicePlanName": name, "provisioningStatus": "Success",
                "appliesTo": "User",
            })
        });
        let sku = json!({
            "id": format!("{TENANT_ID}_{id}"),
            "accountId": TENANT_ID,
            "accountName": "contoso",
            "appliesTo": "User",
            "capabilityStatus": "Enabled",
            "consumedUnits": 12,
            "prepaidUnits": { "enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0 },
            "servicePlans": plans.collect::<Vec<_>>(),
            "skuId": id,
            "skuPartNumber": part,
        });
        put(state, "subscribedSku", sku);
    }
}

fn roles(state: &mut State) {
    let lines = include_str!("data/roles.txt").lines().filter(|l| !l.starts_with('#'));
    for line in lines {
        let mut words = line.splitn(3, ' ');
        let (Some(id), Some(kind), Some(name)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let role = json!({
            "id": id,
            "displayName": name,
            "description": format!("Built-in role {name}."),
            "isBuiltIn": true,
            "isEnabled": true,
            "isPrivileged": kind == "privileged",
            "resourceScopes": ["/"],
            "templateId": id,
            "version": "1",
            "rolePermissions": [{
                "allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": null,
            }],
        });
        put(state, "unifiedRoleDefinition", role);
    }
}

/// The templates of Conditional Access policies; the list is Microsoft's.
fn templates(state: &mut State) {
    let templates = serde_json::from_str(include_str!("data/templates.json")).unwrap_or_default();
    if let Value::Array(templates) = templates {
        templates
            .into_iter()
            .for_each(|template| put(state, "conditionalAccessTemplate", template));
    }
}

/// Templates of settings, as far as Microsoft's pages tell what is in them.
fn setting_templates(state: &mut State) {
    let lines = include_str!("data/setting_templates.txt").lines().filter(|l| !l.starts_with('#'));
    let mut template = Value::Null;
    for line in lines {
        let Some(setting) = line.strip_prefix("  ") else {
            put(state, "groupSettingTemplate", template.take());
            if let Some((id, name)) = line.split_once(' ') {
                let about = format!("Settings of {name}.");
                template =
                    json!({ "id": id, "displayName": name, "description": about, "values": [] });
            }
            continue;
        };
        let mut words = setting.splitn(3, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (name, ty, default) = (word(), word(), word());
        let about = format!("The setting {name}.");
        if let Some(values) = template["values"].as_array_mut() {
            values.push(
                json!({ "name": name, "type": format!("System.{ty}"), "defaultValue": default,
                "description": about }),
            );
        }
    }
    put(state, "groupSettingTemplate", template);
}

fn strengths(state: &mut State) {
    let resistant = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"];
    let passwordless = ["deviceBasedPush"];
    let multifactor = [
        "temporaryAccessPassOneTime",
        "temporaryAccessPassMultiUse",
        "password,microsoftAuthenticatorPush",
        "password,softwareOath",
        "password,hardwareOath",
        "password,sms",
        "password,voice",
        "federatedMultiFactor",
        "microsoftAuthenticatorPush,federatedSingleFactor",
        "softwareOath,federatedSingleFactor",
        "hardwareOath,federatedSingleFactor",
        "sms,federatedSingleFactor",
        "voice,federatedSingleFactor",
    ];
    let all = [resistant.as_slice(), &passwordless, &multifactor].concat();
    let built_in = [
        (2, "Multifactor authentication", all.len()),
        (3, "Passwordless MFA", resistant.len() + 1),
        (4, "Phishing-resistant MFA", resistant.len()),
    ];
    for (number, name, count) in built_in {
        let strength = json!({
            "id": format!("00000000-0000-0000-0000-00000000000{number}"),
            "displayName": name,
            "description": format!("Built-in authentication strength {name}."),
            "policyType": "builtIn",
            "requirementsSatisfied": "mfa",
            "allowedCombinations": &all[..count],
            "createdDateTime": "2021-12-01T00:00:00Z",
            "modifiedDateTime": "2021-12-01T00:00:00Z",
        });
        put(state, "authenticationStrengthPolicy", strength);
    }
}

fn policies(state: &mut State) {
    let defaults = json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Basic security for tenants without Conditional Access.",
        "isEnabled": false,
    });
    put(state, "identitySecurityDefaultsEnforcementPolicy", defaults);
    let registration = json!({
        "id": "deviceRegistrationPolicy",
        "displayName": "Device Registration Policy",
        "description": "Who may register and join devices.",
        "userDeviceQuota": 50,
        "multiFactorAuthConfiguration": "notRequired",
        "azureADRegistration": {
            "isAdminConfigurable": true,
            "allowedToRegister": {
                "@odata.type": "#microsoft.graph.allDeviceRegistrationMembership",
            },
        },
        "azureADJoin": {
            "isAdminConfigurable": true,
            "allowedToJoin": { "@odata.type": "#microsoft.graph.allDeviceRegistrationMembership" },
            "localAdmins": {
                "enableGlobalAdmins": true,
                "registeringUsers": {
                    "@odata.type": "#microsoft.graph.allDeviceRegistrationMembership",
                },
            },
        },
        "localAdminPassword": { "isEnabled": false },
    });
    put(state, "deviceRegistrationPolicy", registration);
    let authorization = json!({
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "description": "Settings of authorization for the whole company.",
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": true,
        "allowedToUseSSPR": true,
        "allowEmailVerifiedUsersToJoinOrganization": false,
        "blockMsolPowerShell": false,
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": true,
            "allowedToCreateSecurityGroups": true,
            "allowedToCreateTenants": true,
            "allowedToReadBitlockerKeysForOwnedDevice": true,
            "allowedToReadOtherUsers": true,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"],
        },
    });
    put(state, "authorizationPolicy", authorization);
    authentication_methods(state);
}

/// The authentication methods policy of a new tenant.
fn authentication_methods(state: &mut State) {
    let policy = json!({
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "Which authentication methods the tenant allows, and to whom.",
        "lastModifiedDateTime": ONCE,
        "policyVersion": "1.5",
        "policyMigrationState": "migrationInProgress",
        "registrationEnforcement": {
            "authenticationMethodsRegistrationCampaign": {
                "snoozeDurationInDays": 1,
                "enforceRegistrationAfterAllowedSnoozes": true,
                "state": "default",
                "excludeTargets": [],
                "includeTargets": [{
                    "id": "all_users",
                    "targetType": "group",
                    "targetedAuthenticationMethod": "microsoftAuthenticator",
                }],
            },
        },
        "systemCredentialPreferences": {
            "state": "default",
            "excludeTargets": [],
            "includeTargets": [{ "id": "all_users", "targetType": "group" }],
        },
        "reportSuspiciousActivitySettings": {
            "state": "default",
            "voiceReportingCode": 0,
            "includeTarget": { "id": "all_users", "targetType": "group" },
        },
    });
    put(state, "authenticationMethodsPolicy", policy);
    let configurations = serde_json::from_str(include_str!("data/methods.json"));
    let configurations: Vec<Properties> = configurations.unwrap_or_default();
    for mut one in configurations {
        let kind = one.remove("@odata.type");
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
        if let Some(kind) =
            Version::Beta.model().structure(kind.trim_start_matches("#microsoft.graph."))
        {
            state.insert("authenticationMethodConfiguration", kind.name, one);
        }
    }
}

fn applications(state: &mut State) {
    put(
        state,
        "application",
        json!({
            "id": "0b0e1d52-6f1c-4f0c-9a53-0d7f4f5b8a01",
            "appId": CLIENT_ID,
            "displayName": "Terraform",
            "createdDateTime": ONCE,
            "publisherDomain": "contoso.onmicrosoft.com",
            "signInAudience": "AzureADMyOrg",
            "oauth2RequirePostResponse": false,
        }),
    );
    let own = (CLIENT_OBJECT_ID.to_owned(), CLIENT_ID, "Terraform", TENANT_ID);
    let microsoft = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
    // Applications of Microsoft that tenants have and policies name.
    let first_party = [
        ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
        ("00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory"),
        ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
        ("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
        ("00000007-0000-0000-c000-000000000000", "Dataverse"),
        ("00000012-0000-0000-c000-000000000000", "Microsoft Rights Management Services"),
        ("05a65629-4c1b-48c1-a78b-804c4abdd4af", "Microsoft Defender for Cloud Apps"),
        ("0000000a-0000-0000-c000-000000000000", "Microsoft Intune"),
        ("499b84ac-1321-427f-aa17-267ca6975798", "Azure DevOps"),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API"),
        ("7df0a125-d3be-4c96-aa54-591f83ff541c", "Microsoft Flow"),
        ("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"),
        ("d4ebce55-015a-49b5-a083-c84d1797ae8c", "Microsoft Intune Enrollment"),
        ("de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer"),
    ];
    let others = first_party.map(|(app, name)| (state.new_id(), app, name, microsoft));
    for (id, app_id, name, owner) in std::iter::once(own).chain(others) {
        put(
            state,
            "servicePrincipal",
            json!({
                "id": id,
                "appId": app_id,
                "displayName": name,
                "appDisplayName": name,
                "appOwnerOrganizationId": owner,
                "accountEnabled": true,
                "appRoleAssignmentRequired": false,
                "servicePrincipalNames": [app_id],
                "servicePrincipalType": "Application",
                "signInAudience": if owner == TENANT_ID { "AzureADMyOrg" } else { "AzureADMultipleOrgs" },
            }),
        );
    }
}

fn synchronization(state: &mut State) {
    let on = [
        "quarantineUponUpnConflictEnabled",
        "quarantineUponProxyAddressesConflictEnabled",
        "softMatchOnUpnEnabled",
    ];
    let off = [
        "passwordSyncEnabled",
        "passwordWritebackEnabled",
        "directoryExtensionsEnabled",
        "cloudPasswordPolicyForPasswordSyncedUsersEnabled",
        "fopeConflictResolutionEnabled",
        "unifiedGroupWritebackEnabled",
        "userWritebackEnabled",
        "deviceWritebackEnabled",
        "synchronizeUpnForManagedUsersEnabled",
        "userForcePasswordChangeOnLogonEnabled",
        "concurrentOrgIdProvisioningEnabled",
        "concurrentCredentialUpdateEnabled",
        "groupWriteBackEnabled",
        "blockSoftMatchEnabled",
        "blockCloudObjectTakeoverThroughHardMatchEnabled",
        "bypassDirSyncOverridesEnabled",
    ];
    let features: serde_json::Map<String, Value> = on
        .iter()
        .map(|name| (*name, true))
        .chain(off.iter().map(|name| (*name, false)))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let synchronization = json!({
        "id": TENANT_ID,
        "configuration": {
            "accidentalDeletionPrevention": { "synchronizationPreventionType": "enabledForCount", "alertThreshold": 500 },
        },
        "features": features,
    });
    put(state, "onPremisesDirectorySynchronization", synchronization);
    for id in ["applicationProxy", "authentication", "provisioning"] {
        put(state, "onPremisesPublishingProfile", json!({ "id": id, "isEnabled": true }));
    }
}

fn contoso(state: &mut State) {
    let people = [
        ("Megan", "Bowen", "Marketing Manager", "CH"),
        ("Adele", "Vance", "Retail Manager", "US"),
        ("Alex", "Wilber", "Marketing Assistant", "US"),
        ("Diego", "Siciliani", "HR Manager", "IT"),
        ("Grady", "Archie", "Designer", "US"),
        ("Isaiah", "Langer", "Sales Representative", "DE"),
        ("Johanna", "Lorenz", "Senior Engineer", "DE"),
        ("Lidia", "Holloway", "Product Manager", "GB"),
        ("Nestor", "Wilke", "Director", "CH"),
        ("Patti", "Fernandez", "President", "CH"),
    ];
    let mut ids = Vec::new();
    for (given, family, title, country) in people {
        let id = state.new_id();
        let nickname = format!("{given}{}", &family[..1]);
        put(
            state,
            "user",
            json!({
                "id": id,
                "accountEnabled": true,
                "createdDateTime": ONCE,
                "displayName": format!("{given} {family}"),
                "givenName": given,
                "surname": family,
                "jobTitle": title,
                "mail": format!("{nickname}@contoso.com"),
                "mailNickname": nickname,
                "userPrincipalName": format!("{nickname}@contoso.com"),
                "usageLocation": country,
                "userType": "Member",
            }),
        );
        ids.push(id);
    }
    for (group, name, members) in [
        ("All Staff", "allstaff", 0..10),
        ("Sales and Marketing", "salesandmarketing", 0..3),
        ("IT Operations", "itoperations", 6..8),
    ] {
        let id = state.new_id();
        put(
            state,
            "group",
            json!({
                "id": id,
                "createdDateTime": ONCE,
                "renewedDateTime": ONCE,
                "displayName": group,
                "description": format!("{group} of Contoso"),
                "mailEnabled": false,
                "mailNickname": name,
                "securityEnabled": true,
            }),
        );
        for member in &ids[members] {
            state.links.add(Relation::Member, &key(&id), &key(member), None);
        }
    }
    for id in &ids[..9] {
        state.links.add(Relation::Manager, &key(id), &key(&ids[9]), None);
    }
    let unit = state.new_id();
    let unit_body =
        json!({ "id": unit, "displayName": "Switzerland", "description": "Staff in Switzerland" });
    put(state, "administrativeUnit", unit_body);
    for at in [0, 8, 9] {
        state.links.add(Relation::UnitMember, &key(&unit), &key(&ids[at]), None);
    }
    let (location, policy) = (state.new_id(), state.new_id());
    let mut office = Properties::new();
    office.insert("id".into(), location.as_str().into());
    office.insert("displayName".into(), "Head office".into());
    office.insert("isTrusted".into(), true.into());
    office.insert("createdDateTime".into(), ONCE.into());
    office.insert("modifiedDateTime".into(), ONCE.into());
    office.insert(
        "ipRanges".into(),
        json!([{ "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24" }]),
    );
    state.insert("namedLocation", "ipNamedLocation", office);
    put(
        state,
        "conditionalAccessPolicy",
        json!({
            "id": policy,
            "displayName": "Require MFA outside the head office",
            "state": "enabledForReportingButNotEnforced",
            "createdDateTime": ONCE,
            "conditions": {
                "clientAppTypes": ["all"],
                "applications": { "includeApplications": ["All"] },
                "users": { "includeUsers": ["All"], "excludeUsers": [ids[9]] },
                "locations": { "includeLocations": ["All"], "excludeLocations": [location] },
            },
            "grantControls": { "operator": "OR", "builtInControls": ["mfa"] },
        }),
    );
}

/// Who administers the tenant: an account of the cloud alone.
fn administrator(state: &mut State) {
    let id = state.new_id();
    put(
        state,
        "user",
        json!({
            "id": id,
            "accountEnabled": true,
            "createdDateTime": ONCE,
            "displayName": "Contoso Administrator",
            "mailNickname": "admin",
            "userPrincipalName": "admin@contoso.onmicrosoft.com",
            "usageLocation": "CH",
            "userType": "Member",
        }),
    );
    let assignment = state.new_id();
    put(
        state,
        "unifiedRoleAssignment",
        json!({
            "id": assignment,
            "principalId": id,
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
            "directoryScopeId": "/",
        }),
    );
}

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

/// Users by the thousand: `user000001@contoso.com`.
fn many_users(state: &mut State, users: usize) {
    for number in 1..=users {
        let nickname = format!("user{number:06}");
        let name = format!("{nickname}@contoso.com");
        let mut user = Properties::new();
        user.insert("id".into(), state.new_id().into());
        user.insert("accountEnabled".into(), true.into());
        user.insert("createdDateTime".into(), ONCE.into());
        user.insert("displayName".into(), format!("User {number:06}").into());
        user.insert("mail".into(), name.as_str().into());
        user.insert("mailNickname".into(), nickname.into());
        user.insert("userPrincipalName".into(), name.into());
        user.insert("usageLocation".into(), "CH".into());
        user.insert("userType".into(), "Member".into());
        state.insert("user", "user", user);
    }
}
