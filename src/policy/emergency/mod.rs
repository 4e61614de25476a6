//! Whether emergency access accounts are what they have to be, property by property.
//!
//! The properties are those of Microsoft's "Manage emergency access accounts in Microsoft Entra
//! ID". What Graph does not give, such as who holds a key, is attested by the user or not known.

mod facts;

use serde::Serialize;

pub use facts::{Account, Attestations, EmergencyFacts, Passkeys, ProtectedGroup, RoleAssignment};

use super::ca::{Policy, Requirement, State, Users};
use super::lockout::Finding;
use super::roles::GLOBAL_ADMINISTRATOR;
use super::truth::Truth;

/// How many days may pass between two drills.
pub const DRILL_DAYS: i64 = 90;

/// One property, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// A stable name, such as `cloud_only`.
    pub name: &'static str,
    /// The account or group that it is of; nothing for all of them together.
    pub of: Option<String>,
    /// What is to hold.
    pub requirement: &'static str,
    /// Whether it does.
    pub holds: Truth,
    /// What shows it.
    pub evidence: String,
}

/// Every property, of all accounts together first, then account by account and group by group.
pub fn properties(facts: &EmergencyFacts) -> Vec<Property> {
    let mut properties = vec![at_least_two(facts)];
    properties.extend(attested(facts.attestations));
    for account in &facts.accounts {
        properties.extend(of_account(account, facts));
    }
    properties.extend(facts.groups.iter().map(protected));
    properties
}

/// What is to be refused before anything else is judged: fewer than two accounts, or one that
/// cannot do what it is for. What is not known is a warning.
pub fn findings(facts: &EmergencyFacts) -> Vec<Finding> {
    let essential =
        ["at_least_two", "enabled", "cloud_only", "initial_domain", "global_administrator"];
    properties(facts)
        .into_iter()
        .filter(|property| essential.contains(&property.name) && !property.holds.is_yes())
        .map(|property| {
            let of = property.of.as_deref().unwrap_or("Emergency access");
            let requirement = property.requirement;
            // By the rule that the account would break if it came to be so.
            let id = match property.name {
                "global_administrator" => "L-05",
                "initial_domain" => "L-06",
                _ => "L-08",
            };
            let finding = if property.holds.is_no() {
                Finding::error(id, format!("{of} is not fit for an emergency"))
            } else {
                Finding::warning(id, format!("{of} may not be fit for an emergency"))
            };
            finding
                .would(format!("To hold: {requirement}. Found: {}.", property.evidence))
                .to(property.of.clone())
                .fix(
                    "declare at least two accounts in emergency_access that are enabled, of the \
                     cloud alone, named on the initial domain, and hold Global Administrator \
                     actively and permanently",
                )
        })
        .collect()
}

fn property(
    name: &'static str,
    requirement: &'static str,
    holds: impl Into<Truth>,
    evidence: impl Into<String>,
) -> Property {
    Property { name, of: None, requirement, holds: holds.into(), evidence: evidence.into() }
}

fn at_least_two(facts: &EmergencyFacts) -> Property {
    let enabled = |state: Option<bool>| {
        facts.accounts.iter().filter(|account| account.account_enabled == state).count()
    };
    let (certain, open) = (enabled(Some(true)), enabled(None));
    let holds = match (certain, certain + open) {
        (2.., _) => Truth::Yes,
        (_, 2..) => Truth::Maybe,
        _ => Truth::No,
    };
    let evidence = format!("{} declared, {certain} known to be enabled", facts.accounts.len());
    property("at_least_two", "At least two accounts that are enabled", holds, evidence)
}

fn attested(attestations: Attestations) -> [Property; 4] {
    let attested = |name, requirement, value: Option<bool>| {
        let evidence = match value {
            Some(true) => "attested",
            Some(false) => "attested not to be so",
            None => "not attested; Graph does not tell",
        };
        property(name, requirement, value, evidence)
    };
    [
        attested(
            "impersonal",
            "Tied to no person and to no employee's phone",
            attestations.impersonal,
        ),
        attested("monitored", "Every sign-in raises an alert", attestations.monitored),
        attested(
            "privileged_workstation",
            "Used from a privileged workstation",
            attestations.privileged_workstation,
        ),
        attested(
            "retained",
            "No access review, lifecycle workflow or cleanup of inactive accounts touches them",
            attestations.retained,
        ),
    ]
}

fn of_account(account: &Account, facts: &EmergencyFacts) -> Vec<Property> {
    let name = account.user_principal_name.as_deref().unwrap_or(&account.id);
    let mut properties = vec![
        property(
            "enabled",
            "The account may sign in",
            account.account_enabled,
            match account.is_missing {
                true => "there is no such account".to_owned(),
                false => told("accountEnabled", account.account_enabled),
            },
        ),
        property(
            "cloud_only",
            "The account is of the cloud alone",
            Truth::from(account.on_premises_sync_enabled).not(),
            told("onPremisesSyncEnabled", account.on_premises_sync_enabled),
        ),
        initial_domain(account, facts),
        global_administrator(account),
        strong_method(account),
        method_enabled(account, facts.passkeys.as_ref()),
        different_method(account, facts.usual_method.as_deref()),
        password_stays(account),
        in_a_group(account, &facts.groups),
        excluded(account, facts.policies.as_deref()),
        drilled(account),
    ];
    for property in &mut properties {
        property.of = Some(name.to_owned());
    }
    properties
}

fn told(name: &str, value: Option<bool>) -> String {
    value.map_or_else(|| format!("{name} was not read"), |value| format!("{name} is {value}"))
}

fn initial_domain(account: &Account, facts: &EmergencyFacts) -> Property {
    let requirement = "The user principal name is of the initial domain, which Entra manages";
    let Some(name) = account.user_principal_name.as_deref() else {
        return property("initial_domain", requirement, None, "userPrincipalName was not read");
    };
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let initial: Truth = match &facts.initial_domain {
        Some(initial) => initial.eq_ignore_ascii_case(domain).into(),
        None if domain.to_lowercase().ends_with(".onmicrosoft.com") => Truth::Maybe,
        None => Truth::No,
    };
    let holds = initial.and(facts.initial_domain_managed.into());
    let managed = match facts.initial_domain_managed {
        Some(true) => "managed",
        Some(false) => "federated",
        None => "not known to be managed",
    };
    let initial = facts.initial_domain.as_deref().unwrap_or("not read");
    let evidence = format!("the name is of {domain}; the initial domain is {initial}, {managed}");
    property("initial_domain", requirement, holds, evidence)
}

fn global_administrator(account: &Account) -> Property {
    let requirement = "Global Administrator, active, permanent, for the whole tenant";
    let Some(roles) = &account.roles else {
        return property("global_administrator", requirement, None, "roles were not read");
    };
    let held: Vec<&RoleAssignment> =
        roles.iter().filter(|role| role.role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR)).collect();
    let good =
        |role: &&RoleAssignment| role.is_active && !role.expires && role.directory_scope_id == "/";
    let evidence = match held.first() {
        None => "the role is not assigned",
        Some(_) if held.iter().any(good) => "assigned, active and permanent",
        Some(role) if !role.is_active => "eligible only",
        Some(role) if role.expires => "the assignment expires",
        Some(_) => "assigned for a part of the tenant only",
    };
    property("global_administrator", requirement, held.iter().any(good), evidence)
}

/// Methods that withstand phishing.
const STRONG: [&str; 3] = ["fido2", "x509CertificateMultiFactor", "windowsHelloForBusiness"];

fn strong_method(account: &Account) -> Property {
    let requirement = "A passkey (FIDO2), better two, or a certificate is registered";
    let Some(methods) = &account.methods else {
        return property("phishing_resistant", requirement, None, "methods were not read");
    };
    let strong: Vec<&str> =
        methods.iter().map(String::as_str).filter(|method| STRONG.contains(method)).collect();
    let evidence = match strong.as_slice() {
        [] if methods.is_empty() => "no method is registered".to_owned(),
        [] => format!("only {} is registered", methods.join(", ")),
        [one] => format!("{one} is registered; a second would stand in for a lost one"),
        several => format!("{} are registered", several.join(", ")),
    };
    property("phishing_resistant", requirement, !strong.is_empty(), evidence)
}

/// A passkey that the policy does not let its owner use is none.
fn method_enabled(account: &Account, passkeys: Option<&Passkeys>) -> Property {
    let requirement = "The policy of authentication methods lets the account use its passkey";
    let say =
        |holds: Truth, evidence: &str| property("method_enabled", requirement, holds, evidence);
    let (Some(passkeys), Some(methods)) = (passkeys, &account.methods) else {
        return say(Truth::Maybe, "the policy or the methods of the account were not read");
    };
    let other = |method: &String| method != "fido2" && STRONG.contains(&method.as_str());
    match (methods.iter().any(|method| method == "fido2"), methods.iter().any(other)) {
        (true, _) => {}
        (false, true) => return say(Truth::Maybe, "it has a method of another kind; see to it"),
        (false, false) => return say(Truth::No, "it has none"),
    }
    if !passkeys.enabled {
        return say(Truth::No, "passkeys are not enabled");
    }
    let of = |targets: &[String]| -> Truth {
        let same = |target: &String| {
            let groups = account.groups.iter().flatten();
            groups.into_iter().any(|group| group.eq_ignore_ascii_case(target))
        };
        match targets.iter().any(|target| target == "all_users" || same(target)) {
            true => Truth::Yes,
            false if account.groups.is_none() && !targets.is_empty() => Truth::Maybe,
            false => Truth::No,
        }
    };
    let targeted = of(&passkeys.include).and(of(&passkeys.exclude).not());
    if !targeted.is_yes() {
        return say(targeted, "passkeys are enabled, and not for the account");
    }
    let Some((allows, models)) = &passkeys.keys else {
        return say(Truth::Yes, "passkeys are enabled for it, of every model");
    };
    let Some(keys) = &account.keys else {
        return say(Truth::Maybe, "models are restricted, and those of its keys were not read");
    };
    let usable =
        |key: &String| models.iter().any(|model| model.eq_ignore_ascii_case(key)) == *allows;
    match keys.iter().any(usable) {
        true => say(Truth::Yes, "passkeys are enabled for it, and so is the model of a key"),
        false => say(Truth::No, "the models of its keys are not allowed"),
    }
}

fn different_method(account: &Account, usual: Option<&str>) -> Property {
    let requirement =
        "A method that withstands phishing, other than that of the other administrators";
    let (Some(methods), Some(usual)) = (&account.methods, usual) else {
        let evidence = "the methods of the account or of other administrators are not known";
        return property("different_method", requirement, None, evidence);
    };
    let other =
        |method: &String| STRONG.contains(&method.as_str()) && !method.eq_ignore_ascii_case(usual);
    let other = methods.iter().any(other);
    let evidence = format!("administrators use {usual}; the account has {}", methods.join(", "));
    property("different_method", requirement, other, evidence)
}

fn password_stays(account: &Account) -> Property {
    let requirement = "The password does not expire";
    let Some(policies) = &account.password_policies else {
        return property("password_stays", requirement, None, "passwordPolicies was not read");
    };
    let holds = policies.contains("DisablePasswordExpiration");
    property("password_stays", requirement, holds, format!("passwordPolicies is \"{policies}\""))
}

fn in_a_group(account: &Account, groups: &[ProtectedGroup]) -> Property {
    let requirement = "A member of a dedicated emergency access group";
    if groups.is_empty() {
        return property("in_group", requirement, false, "no emergency access group is declared");
    }
    let Some(own) = &account.groups else {
        return property("in_group", requirement, None, "its groups were not read");
    };
    let found = groups.iter().find(|group| own.iter().any(|id| id.eq_ignore_ascii_case(&group.id)));
    let evidence = found.map_or("in none of those declared".to_owned(), |group| {
        format!("in {}", group.display_name.as_deref().unwrap_or(&group.id))
    });
    property("in_group", requirement, found.is_some(), evidence)
}

/// Whether the account is excluded, itself or by a group, from every enforced policy for users
/// that demands anything. A policy that only reports needs no exclusion.
fn excluded(account: &Account, policies: Option<&[Policy]>) -> Property {
    let requirement = "Excluded from every Conditional Access policy that restricts";
    let Some(policies) = policies else {
        return property("excluded", requirement, None, "policies were not read");
    };
    let restricts = |policy: &&Policy| {
        policy.state != State::Disabled
            && policy.state != State::ReportOnly
            && policy.conditions.users.as_ref().is_some_and(|users| {
                !users.include_users.iter().any(|id| id == "None")
                    || !users.include_groups.is_empty()
            })
            && !Requirement::of(policy).is_nothing()
    };
    let mut holds = Truth::Yes;
    let mut missing: Vec<&str> = Vec::new();
    for policy in policies.iter().filter(restricts) {
        let own = is_excluded(account, policy);
        if !own.is_yes() {
            missing.push(policy.name());
        }
        holds = holds.and(own);
    }
    let evidence = if missing.is_empty() {
        "excluded from all that are enforced".to_owned()
    } else if holds.is_maybe() {
        format!("its groups were not read; not excluded by itself from {}", missing.join(", "))
    } else {
        format!("not excluded from {}", missing.join(", "))
    };
    property("excluded", requirement, holds, evidence)
}

fn is_excluded(account: &Account, policy: &Policy) -> Truth {
    let Some(users) = &policy.conditions.users else { return Truth::Yes };
    let same = |a: &String, b: &str| a.eq_ignore_ascii_case(b);
    if users.exclude_users.iter().any(|id| same(id, &account.id)) {
        return Truth::Yes;
    }
    let included = is_included(account, users);
    let by_group: Truth = match &account.groups {
        _ if users.exclude_groups.is_empty() => Truth::No,
        None => Truth::Maybe,
        Some(own) => {
            users.exclude_groups.iter().any(|group| own.iter().any(|id| same(id, group))).into()
        }
    };
    by_group.or(included.not())
}

/// Whether a policy is for the account at all, exclusions aside.
fn is_included(account: &Account, users: &Users) -> Truth {
    let same = |a: &String, b: &str| a.eq_ignore_ascii_case(b);
    let by_id = users.include_users.iter().any(|id| id == "All" || same(id, &account.id));
    let of = |wanted: &[String], own: Option<Vec<&String>>| -> Truth {
        match own {
            _ if wanted.is_empty() => Truth::No,
            None => Truth::Maybe,
            Some(own) => wanted.iter().any(|id| own.iter().any(|own| same(own, id))).into(),
        }
    };
    let roles = account.roles.as_ref().map(|roles| roles.iter().map(|role| &role.role).collect());
    let groups = account.groups.as_ref().map(|groups| groups.iter().collect());
    Truth::from(by_id).or(of(&users.include_roles, roles)).or(of(&users.include_groups, groups))
}

fn drilled(account: &Account) -> Property {
    let requirement = "Tried out at least every 90 days";
    let (holds, evidence) = match account.days_since_sign_in {
        None => (Truth::Maybe, "signInActivity was not read".to_owned()),
        Some(None) => (Truth::No, "the account never signed in".to_owned()),
        Some(Some(days)) => {
            ((days <= DRILL_DAYS).into(), format!("the last sign-in was {days} days ago"))
        }
    };
    property("drilled", requirement, holds, evidence)
}

/// Either way protects; both at once would freeze the members for good.
fn protected(group: &ProtectedGroup) -> Property {
    let requirement =
        "The group is role-assignable or in a restricted management unit, and not both";
    let (assignable, restricted) =
        (Truth::from(group.is_assignable_to_role), Truth::from(group.is_management_restricted));
    let both = assignable.and(restricted);
    let evidence = match (assignable, restricted) {
        (Truth::Yes, Truth::Yes) => "both: nobody can change its members any more",
        (Truth::Yes, _) => "role-assignable",
        (_, Truth::Yes) => "in a restricted management administrative unit",
        (Truth::No, Truth::No) => "neither: any group administrator can change its members",
        _ => "not read",
    };
    Property {
        of: Some(group.display_name.clone().unwrap_or_else(|| group.id.clone())),
        ..property(
            "group_protected",
            requirement,
            assignable.or(restricted).and(both.not()),
            evidence,
        )
    }
}

#[cfg(test)]
mod tests;
