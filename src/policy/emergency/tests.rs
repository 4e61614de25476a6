//! Each property, by the fact that spoils it.

use serde_json::json;

use super::*;
use crate::policy::lockout::Severity;

/// Facts under which everything holds.
fn good() -> EmergencyFacts {
    let account = |id: &str| Account {
        id: id.to_owned(),
        is_missing: false,
        user_principal_name: Some(format!("{id}@contoso.onmicrosoft.com")),
        account_enabled: Some(true),
        on_premises_sync_enabled: Some(false),
        password_policies: Some("DisablePasswordExpiration".to_owned()),
        roles: Some(vec![RoleAssignment {
            role: GLOBAL_ADMINISTRATOR.to_owned(),
            directory_scope_id: "/".to_owned(),
            is_active: true,
            expires: false,
        }]),
        groups: Some(vec!["emergency".to_owned()]),
        methods: Some(vec!["fido2".to_owned(), "fido2".to_owned()]),
        keys: Some(vec!["yubikey".to_owned()]),
        days_since_sign_in: Some(Some(12)),
    };
    let policy = json!({
        "displayName": "MFA", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"], "excludeGroups": ["Emergency"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    EmergencyFacts {
        accounts: vec![account("bg1"), account("bg2")],
        groups: vec![ProtectedGroup {
            id: "emergency".to_owned(),
            is_assignable_to_role: Some(true),
            is_management_restricted: Some(false),
            ..ProtectedGroup::default()
        }],
        policies: Policy::from_graph(&policy).ok().map(|policy| vec![policy]),
        passkeys: Some(Passkeys {
            enabled: true,
            include: vec!["all_users".to_owned()],
            exclude: vec!["others".to_owned()],
            keys: Some((true, vec!["YUBIKEY".to_owned()])),
        }),
        initial_domain: Some("contoso.onmicrosoft.com".to_owned()),
        initial_domain_managed: Some(true),
        usual_method: Some("microsoftAuthenticatorPush".to_owned()),
        attestations: Attestations {
            impersonal: Some(true),
            monitored: Some(true),
            privileged_workstation: Some(true),
            retained: Some(true),
        },
    }
}

/// Spoils good facts and checks that exactly the named properties change.
#[track_caller]
fn check(spoil: impl FnOnce(&mut EmergencyFacts), expected: &[(&str, Truth)]) {
    let mut facts = good();
    spoil(&mut facts);
    let found: Vec<(&str, Truth)> = properties(&facts)
        .iter()
        .filter(|property| !property.holds.is_yes())
        .map(|property| (property.name, property.holds))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn each_property_is_judged_by_its_fact() {
    use Truth::{Maybe, No};
    check(|_| {}, &[]);
    check(|f| f.accounts.truncate(1), &[("at_least_two", No)]);
    check(
        |f| f.accounts[0].account_enabled = Some(false),
        &[("at_least_two", No), ("enabled", No)],
    );
    check(|f| f.accounts[0].account_enabled = None, &[("at_least_two", Maybe), ("enabled", Maybe)]);
    check(|f| f.accounts[0].on_premises_sync_enabled = Some(true), &[("cloud_only", No)]);
    check(
        |f| f.accounts[0].user_principal_name = Some("bg1@contoso.example".to_owned()),
        &[("initial_domain", No)],
    );
    check(
        |f| f.initial_domain_managed = Some(false),
        &[("initial_domain", No), ("initial_domain", No)],
    );
    check(
        |f| f.accounts[0].roles.iter_mut().flatten().for_each(|role| role.is_active = false),
        &[("global_administrator", No)],
    );
    check(
        |f| f.accounts[0].roles.iter_mut().flatten().for_each(|role| role.expires = true),
        &[("global_administrator", No)],
    );
    check(
        |f| {
            for role in f.accounts[0].roles.iter_mut().flatten() {
                role.directory_scope_id = "/administrativeUnits/u".to_owned();
            }
        },
        &[("global_administrator", No)],
    );
    check(|f| f.accounts[0].roles = None, &[("global_administrator", Maybe)]);
    check(
        |f| f.accounts[0].methods = Some(vec!["password".to_owned()]),
        &[("phishing_resistant", No), ("method_enabled", No), ("different_method", No)],
    );
    check(
        |f| f.usual_method = Some("fido2".to_owned()),
        &[("different_method", No), ("different_method", No)],
    );
    check(
        |f| {
            f.usual_method = Some("fido2".to_owned());
            f.accounts[0].methods.iter_mut().for_each(|all| all.push("sms".to_owned()));
            f.accounts[1].methods.iter_mut().for_each(|all| all.push(STRONG[1].to_owned()));
        },
        &[("different_method", No)],
    );
    check(|f| f.accounts[1].password_policies = Some(String::new()), &[("password_stays", No)]);
    check(|f| f.accounts[0].groups = Some(Vec::new()), &[("in_group", No), ("excluded", No)]);
    check(
        |f| f.accounts[0].groups = None,
        &[("method_enabled", Maybe), ("in_group", Maybe), ("excluded", Maybe)],
    );
    check(|f| f.policies = None, &[("excluded", Maybe), ("excluded", Maybe)]);
    check(|f| f.accounts[0].days_since_sign_in = Some(Some(90)), &[]);
    check(|f| f.accounts[0].days_since_sign_in = Some(Some(91)), &[("drilled", No)]);
    check(|f| f.accounts[0].days_since_sign_in = Some(None), &[("drilled", No)]);
    check(|f| f.groups[0].is_management_restricted = Some(true), &[("group_protected", No)]);
    check(|f| f.groups[0].is_assignable_to_role = Some(false), &[("group_protected", No)]);
    check(|f| f.groups[0].is_assignable_to_role = None, &[("group_protected", Maybe)]);
    check(|f| f.attestations.monitored = None, &[("monitored", Maybe)]);
    check(|f| f.attestations.retained = Some(false), &[("retained", No)]);
    let passkeys = |change: fn(&mut Passkeys)| {
        move |f: &mut EmergencyFacts| f.passkeys.iter_mut().for_each(change)
    };
    let neither = [("method_enabled", No), ("method_enabled", No)];
    check(passkeys(|p| p.enabled = false), &neither);
    check(passkeys(|p| p.include = vec!["others".to_owned()]), &neither);
    check(passkeys(|p| p.exclude = vec!["Emergency".to_owned()]), &neither);
    check(passkeys(|p| p.keys = Some((false, vec!["yubikey".to_owned()]))), &neither);
    check(passkeys(|p| p.keys = None), &[]);
    check(|f| f.accounts[0].keys = Some(vec!["other".to_owned()]), &neither[..1]);
    check(|f| f.passkeys = None, &[("method_enabled", Maybe), ("method_enabled", Maybe)]);
}

#[test]
fn what_is_essential_is_refused() {
    assert_eq!(findings(&good()), []);
    let mut facts = good();
    facts.accounts[0].on_premises_sync_enabled = Some(true);
    facts.accounts[0].days_since_sign_in = None;
    facts.accounts[1].roles = None;
    let found: Vec<_> = findings(&facts).into_iter().map(|f| (f.severity, f.whom)).collect();
    let name = |id: &str| vec![format!("{id}@contoso.onmicrosoft.com")];
    assert_eq!(found, [(Severity::Error, name("bg1")), (Severity::Warning, name("bg2"))]);
}

#[test]
fn a_policy_for_others_needs_no_exclusion() {
    let narrow = |facts: &mut EmergencyFacts, include_roles: &[&str]| {
        for policy in facts.policies.iter_mut().flatten() {
            policy.conditions.users = Some(Users {
                include_roles: include_roles.iter().map(|&role| role.to_owned()).collect(),
                ..Users::default()
            });
        }
    };
    check(|facts| narrow(facts, &["729827e3-9c14-49f7-bb1b-9608f156bbb8"]), &[]);
    let no = ("excluded", Truth::No);
    check(|facts| narrow(facts, &[GLOBAL_ADMINISTRATOR]), &[no, no]);
}

#[test]
fn a_policy_that_only_reports_needs_no_exclusion() {
    let without = |facts: &mut EmergencyFacts, state: State| {
        for policy in facts.policies.iter_mut().flatten() {
            policy.state = state.clone();
            policy.conditions.users.iter_mut().for_each(|users| users.exclude_groups.clear());
        }
    };
    check(|facts| without(facts, State::ReportOnly), &[]);
    check(|facts| without(facts, State::Disabled), &[]);
    let no = ("excluded", Truth::No);
    check(|facts| without(facts, State::Enabled), &[no, no]);
}
