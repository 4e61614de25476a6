//! Every cause of a lockout is found, and its safe twin passes.

use m365::policy::ca::{NamedLocation, Policy};
use m365::policy::lockout::{
    Automation, Change, EmergencyAccess, Finding, RoleActivation, Scene, Severity, Tenant,
    enabling, guard, judge, survivors,
};
use m365::policy::truth::Truth;
use serde_json::{Value, json};

use super::tenant::{GLOBAL_ADMINISTRATOR, directory, policy, with_ids};

fn user(id: &str, roles: &[&str], methods: &[&str]) -> Value {
    json!({
        "id": id, "userPrincipalName": format!("{id}@contoso.onmicrosoft.com"),
        "userType": "Member", "accountEnabled": true, "roles": roles, "groups": null,
        "methods": methods, "isMfaRegistered": methods.iter().any(|method| *method != "password"),
    })
}

/// Two emergency accounts in their group, an administrator, a synchronising account.
fn scene(policies: &[Value]) -> Scene {
    let tenant = json!({
        "users": [
            user("bg1", &["GA"], &["fido2"]),
            user("bg2", &["GA"], &["fido2"]),
            user("adm", &["GA"], &["password", "microsoftAuthenticatorPush"]),
            user("sync", &["Sync"], &["password"]),
            user("bob", &[], &["password"]),
        ],
        "groups": [
            {"id": "EmergencyAccess", "members": ["bg1", "bg2"]},
            {"id": "Executives", "members": ["bob"]},
        ],
    });
    Scene {
        policies: policies.iter().map(policy).collect(),
        until_then: Vec::new(),
        directory: directory(&tenant),
        emergency: EmergencyAccess {
            user_ids: vec!["bg1".to_owned(), "bg2".to_owned()],
            group_ids: vec!["EmergencyAccess".to_owned()],
        },
        automation: Automation {
            service_principal_id: Some("sp1".to_owned()),
            application_id: Some("AppX".to_owned()),
            user_id: None,
            address: "203.0.113.50".parse().ok(),
        },
        tenant: Tenant {
            compliant_devices: Some(10),
            hybrid_devices: Some(10),
            app_protection_policies: Some(1),
            temporary_access_pass: Some(true),
            security_defaults: Some(false),
            synchronised: Some(true),
            password_hash_sync: Some(true),
            initial_domain: Some("contoso.onmicrosoft.com".to_owned()),
            default_domain: Some("contoso.example".to_owned()),
        },
    }
}

/// All users but the emergency group and the role of synchronisation.
fn safe_users() -> Value {
    json!({"includeUsers": ["All"], "excludeGroups": ["EmergencyAccess"], "excludeRoles": ["Sync"]})
}

fn ids(findings: &[Finding]) -> Vec<(&str, Severity)> {
    let mut ids: Vec<_> = findings.iter().map(|finding| (finding.id, finding.severity)).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Checks the errors; warnings are left to tests that are about them.
#[track_caller]
fn check(findings: &[Finding], errors: &[&str]) {
    let found: Vec<&str> = ids(findings)
        .into_iter()
        .filter(|(_, severity)| *severity == Severity::Error)
        .map(|(id, _)| id)
        .collect();
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, errors, "{}", told.join("\n----\n"));
    for finding in findings {
        assert!(!finding.consequence.is_empty() && !finding.remedy.is_empty(), "{finding}");
        assert!(!finding.summary.ends_with('.'), "{finding}");
        assert!(!finding.detail().contains("  "), "{finding}");
    }
}

#[track_caller]
fn check_policies(policies: &[Value], errors: &[&str]) {
    check(&judge(&scene(policies), None), errors);
}

#[test]
fn l01_a_block_without_exclusion_is_found() {
    let block = |users: Value| json!({"name": "P", "users": users, "grant": ["block"]});
    check_policies(&[block(json!({"includeUsers": ["All"]}))], &["L-01", "L-03"]);
    check_policies(
        &[block(json!({"includeUsers": ["All"], "excludeGroups": ["Gone"]}))],
        &["L-01", "L-03"],
    );
    check_policies(&[block(safe_users())], &[]);
    let mut report_only = block(json!({"includeUsers": ["All"]}));
    report_only["state"] = json!("enabledForReportingButNotEnforced");
    check_policies(&[report_only], &[]);
}

#[test]
fn l01_almost_everything_is_as_bad() {
    let block = |users: Value, when: Value| json!({"name": "P", "users": users, "when": when, "grant": ["block"]});
    let places = json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["NL"]}});
    let all = json!({"includeUsers": ["All"], "excludeRoles": ["Sync"]});
    check_policies(&[block(all.clone(), places.clone())], &["L-01"]);
    check_policies(&[block(safe_users(), places)], &[]);
    let platforms = json!({"platforms": {"includePlatforms": ["all"],
        "excludePlatforms": ["iOS", "android"]}});
    check_policies(&[block(all.clone(), platforms)], &["L-01"]);
    let unknown_only = json!({"platforms": {"includePlatforms": ["all"],
        "excludePlatforms": ["iOS", "android", "windows", "macOS", "linux"]}});
    check_policies(&[block(all, unknown_only)], &[]);
}

#[test]
fn l02_a_demand_for_devices_that_nobody_has_is_found() {
    let demand = |users: Value, grant: Value| json!({"name": "P", "users": users, "grant": grant});
    let all = json!({"includeUsers": ["All"], "excludeRoles": ["Sync"]});
    check_policies(&[demand(all.clone(), json!(["compliantDevice"]))], &["L-02"]);
    check_policies(&[demand(all, json!(["compliantDevice", "mfa"]))], &[]);
    check_policies(&[demand(safe_users(), json!(["compliantDevice"]))], &[]);
    let mut early = scene(&[demand(safe_users(), json!(["compliantDevice"]))]);
    early.tenant.compliant_devices = Some(0);
    check(&judge(&early, None), &["L-02"]);
    early.policies = vec![policy(&demand(safe_users(), json!(["compliantDevice", "mfa"])))];
    check(&judge(&early, None), &[]);
}

#[test]
fn l03_a_demand_of_the_synchronising_account_is_found() {
    let demand = |users: Value| json!({"name": "P", "users": users, "grant": ["mfa"]});
    let all = json!({"includeUsers": ["All"], "excludeGroups": ["EmergencyAccess"]});
    check_policies(&[demand(all.clone())], &["L-03"]);
    check_policies(&[demand(safe_users())], &[]);
    let legacy = json!({"name": "P", "users": all.clone(), "grant": ["block"],
        "when": {"clientAppTypes": ["exchangeActiveSync", "other"]}});
    check_policies(&[legacy], &[]);
    let mut unread = scene(&[demand(all)]);
    unread.directory.users.retain(|user| user.id != "sync");
    assert_eq!(ids(&judge(&unread, None)), [("L-03", Severity::Warning)]);
}

#[test]
fn l04_a_location_that_shuts_somebody_out_is_found() {
    let location = |ranges: &[&str], trusted: bool| -> NamedLocation {
        serde_json::from_value(json!({
            "@odata.type": "#microsoft.graph.ipNamedLocation", "id": "HQ", "displayName": "Office",
            "ipRanges": ranges, "isTrusted": trusted,
        }))
        .unwrap()
    };
    let before = location(&["203.0.113.0/24"], true);
    let change = |after: Option<NamedLocation>| Change::Location { before: before.clone(), after };
    let workloads = json!({"name": "W", "grant": ["block"],
        "workloads": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
        "when": {"locations": {"includeLocations": ["All"], "excludeLocations": ["HQ"]}}});
    let block = json!({"name": "P", "users": safe_users(), "grant": ["block"],
        "when": {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}});
    let scene = scene(&[workloads, block]);
    check(&guard(&change(Some(location(&["198.51.100.0/24"], true))), &scene), &["L-04"]);
    check(&guard(&change(Some(location(&["203.0.113.0/24"], false))), &scene), &["L-04"]);
    check(&guard(&change(None), &scene), &["L-04", "L-24"]);
    let narrower = guard(&change(Some(location(&["203.0.113.48/29"], true))), &scene);
    assert_eq!(ids(&narrower), [("L-04", Severity::Warning)]);
    let wider = location(&["203.0.113.0/24", "198.51.100.0/24"], true);
    check(&guard(&change(Some(wider)), &scene), &[]);

    let mut nowhere = scene;
    nowhere.policies.remove(0);
    nowhere.directory.locations.clear();
    check(&judge(&nowhere, None), &["L-04"]);
}

#[test]
fn l05_the_last_administrator_is_kept() {
    let all = scene(&[]);
    let removed = |principal: &str| Change::RoleRemoved {
        principal: principal.to_owned(),
        role: GLOBAL_ADMINISTRATOR.to_owned(),
    };
    check(&guard(&removed("bg1"), &all), &["L-05"]);
    check(&guard(&removed("adm"), &all), &[]);
    let mut alone = scene(&[]);
    alone.emergency = EmergencyAccess::default();
    alone.directory.users.retain(|user| user.id == "adm" || user.id == "bob");
    check(&guard(&removed("adm"), &alone), &["L-05"]);
    check(&guard(&Change::UserDeleted("adm".to_owned()), &alone), &["L-05"]);
    check(&guard(&Change::UserDeleted("bob".to_owned()), &alone), &[]);
}

#[test]
fn l06_emergency_accounts_are_of_no_federated_domain() {
    let scene = scene(&[]);
    let federated = |domain: &str| guard(&Change::DomainFederated(domain.to_owned()), &scene);
    check(&federated("contoso.onmicrosoft.com"), &["L-06"]);
    check(&federated("contoso.example"), &["L-06"]);
    check(&federated("fabrikam.example"), &[]);
}

#[test]
fn l07_the_emergency_group_is_kept() {
    let mfa = json!({"name": "P", "users": safe_users(), "grant": ["mfa"]});
    let excludes = json!({"name": "Q", "grant": ["mfa"], "state": "disabled",
        "users": {"includeUsers": ["All"], "excludeGroups": ["Executives"]}});
    let scene = scene(&[mfa, excludes]);
    let id = || "EmergencyAccess".to_owned();
    check(&guard(&Change::GroupDeleted(id()), &scene), &["L-07"]);
    check(&guard(&Change::GroupReplaced(id()), &scene), &["L-07"]);
    check(&guard(&Change::GroupMadeDynamic(id()), &scene), &["L-07"]);
    let removed = |member: &str| Change::MemberRemoved { group: id(), member: member.to_owned() };
    check(&guard(&removed("bg1"), &scene), &["L-07"]);
    check(&guard(&removed("bob"), &scene), &[]);
    check(&guard(&Change::GroupDeleted("Executives".to_owned()), &scene), &[]);
}

#[test]
fn l24_a_group_that_policies_are_for_is_kept() {
    let users = json!({"includeGroups": ["Executives"]});
    let of = |state: &str| json!({"name": "P", "users": users, "grant": ["mfa"], "state": state});
    let deleted = || Change::GroupDeleted("executives".to_owned());
    check(&guard(&deleted(), &scene(&[of("enabled")])), &["L-24"]);
    check(
        &guard(&Change::GroupReplaced("Executives".to_owned()), &scene(&[of("enabled")])),
        &["L-24"],
    );
    check(&guard(&deleted(), &scene(&[of("disabled")])), &[]);
    check(
        &guard(&Change::GroupMadeDynamic("Executives".to_owned()), &scene(&[of("enabled")])),
        &[],
    );
    // As long as it is for it, although it is planned to be for another.
    let mut until = scene(&[]);
    until.until_then = scene(&[of("enabled")]).policies;
    check(&guard(&deleted(), &until), &["L-24"]);
}

#[test]
fn who_is_left_depends_on_nothing_that_can_fail() {
    #[track_caller]
    fn found(declared: bool, policies: &[Value], expected: &[(&str, &str)]) {
        let mut scene = scene(policies);
        if !declared {
            scene.emergency = EmergencyAccess::default();
            scene.directory.users.retain(|user| user.id == "adm");
        }
        let told: Vec<_> = judge(&scene, None).into_iter().filter(|one| one.id == "L-01").collect();
        let told: Vec<_> = told
            .iter()
            .map(|one| (one.summary.as_str(), one.whom.first().map_or("", String::as_str)))
            .collect();
        assert_eq!(told, expected);
    }
    let adm = "adm@contoso.onmicrosoft.com";
    let on = |grant: &str, further: Value| json!({"name": "P", "users": safe_users(), "grant": [grant], "when": further});
    let away =
        json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}});
    found(true, &[on("compliantDevice", json!({}))], &[]);
    found(
        false,
        &[on("compliantDevice", json!({}))],
        &[("Administrators could sign in with a managed device only", adm)],
    );
    found(
        false,
        &[on("block", away.clone())],
        &[("Administrators could sign in with a trusted location only", adm)],
    );
    found(
        false,
        &[on("compliantDevice", json!({})), on("block", away)],
        &[("Administrators could sign in with a managed device at a trusted location only", adm)],
    );
    found(
        true,
        &[on("block", json!({}))],
        &[("Nobody but the emergency access accounts could administer the tenant", adm)],
    );
    found(false, &[on("mfa", json!({}))], &[]);
}

#[test]
fn l08_the_emergency_accounts_are_kept() {
    let scene = scene(&[]);
    let changed = |id: &str, properties: Value| Change::UserChanged {
        id: id.to_owned(),
        properties: properties.as_object().cloned().unwrap_or_default(),
    };
    check(&guard(&Change::UserDeleted("bg1".to_owned()), &scene), &["L-08"]);
    check(&guard(&changed("bg1", json!({"accountEnabled": false})), &scene), &["L-08"]);
    let name = json!({"userPrincipalName": "bg1@contoso.example"});
    check(&guard(&changed("bg1", name.clone()), &scene), &["L-08"]);
    check(&guard(&changed("bob", name), &scene), &[]);
    check(&guard(&changed("bg1", json!({"displayName": "Emergency 1"})), &scene), &[]);
    let expires = guard(&changed("bg1", json!({"passwordPolicies": null})), &scene);
    assert_eq!(ids(&expires), [("L-08", Severity::Warning)]);
}

#[test]
fn l09_somebody_can_approve() {
    let rules = |approvers: &[&str]| {
        Change::RoleActivation(RoleActivation {
            role: GLOBAL_ADMINISTRATOR.to_owned(),
            is_approval_required: true,
            approvers: Some(approvers.iter().map(|&id| id.to_owned()).collect()),
            authentication_context: None,
            eligible: vec!["bob".to_owned()],
        })
    };
    check(&guard(&rules(&[]), &scene(&[])), &[]);
    let mut eligible_only = scene(&[]);
    eligible_only.emergency = EmergencyAccess::default();
    for user in &mut eligible_only.directory.users {
        user.roles = Some(Vec::new());
    }
    check(&guard(&rules(&[]), &eligible_only), &["L-09"]);
    check(&guard(&rules(&["bob"]), &eligible_only), &["L-09"]);
    check(&guard(&rules(&["adm"]), &eligible_only), &[]);
}

#[test]
fn l10_the_step_up_of_an_activation_can_be_passed() {
    let rules = Change::RoleActivation(RoleActivation {
        role: GLOBAL_ADMINISTRATOR.to_owned(),
        authentication_context: Some("c1".to_owned()),
        eligible: vec!["bob".to_owned()],
        ..RoleActivation::default()
    });
    let apps = json!({"includeAuthenticationContextClassReferences": ["c1"]});
    let demand = |users: Value, grant: Value| json!({"name": "P", "apps": apps, "users": users, "grant": grant});
    let all = json!({"includeUsers": ["All"]});
    check(&guard(&rules, &scene(&[demand(all.clone(), json!(["mfa"]))])), &[]);
    check(&guard(&rules, &scene(&[demand(all.clone(), json!(["block"]))])), &["L-10"]);
    let by_role = demand(json!({"includeRoles": ["GA"]}), json!(["mfa"]));
    check(&guard(&rules, &scene(&[by_role])), &["L-10"]);
    let mut silent = demand(all, json!(["mfa"]));
    silent["state"] = json!("enabledForReportingButNotEnforced");
    assert_eq!(ids(&guard(&rules, &scene(&[silent]))), [("L-10", Severity::Warning)]);
    assert_eq!(ids(&guard(&rules, &scene(&[]))), [("L-10", Severity::Warning)]);
}

#[test]
fn l11_the_emergency_accounts_have_what_is_demanded() {
    let demand = json!({"name": "P", "strength": "strength-phishing-resistant",
        "users": {"includeRoles": ["GA"]}});
    check_policies(std::slice::from_ref(&demand), &[]);
    let mut weak = scene(std::slice::from_ref(&demand));
    for user in &mut weak.directory.users {
        user.methods = Some(vec!["password".to_owned(), "sms".to_owned()]);
    }
    // Nobody is left at all, which is told besides.
    check(&judge(&weak, None), &["L-01", "L-11"]);
    let scene = scene(&[demand]);
    let without = |method: &str| Change::MethodDisabled {
        method: method.to_owned(),
        modes: vec![method.to_owned()],
        users: None,
    };
    check(&guard(&without("fido2"), &scene), &["L-01", "L-11"]);
    check(&guard(&without("sms"), &scene), &[]);
    // Taken from one of them only.
    let from = |user: &str| match without("fido2") {
        Change::MethodDisabled { method, modes, .. } => {
            Change::MethodDisabled { method, modes, users: Some(vec![user.to_owned()]) }
        }
        other => other,
    };
    let one = guard(&from("bg1"), &scene);
    check(&one, &["L-11"]);
    assert_eq!(one[0].whom, ["bg1@contoso.onmicrosoft.com"]);
    check(&guard(&from("somebody"), &scene), &[]);
    let strength = |combination: &str| {
        let strength = json!({
            "id": "00000000-0000-0000-0000-000000000004", "displayName": "Strong",
            "allowedCombinations": [combination],
        });
        Change::StrengthChanged(serde_json::from_value(strength).unwrap())
    };
    check(&guard(&strength("x509CertificateMultiFactor"), &scene), &["L-01", "L-11"]);
    check(&guard(&strength("fido2"), &scene), &[]);
    // Where somebody else is let in, it is for the emergency accounts alone.
    let push = guard(&strength("microsoftAuthenticatorPush"), &scene);
    check(&push, &["L-11"]);
    assert_eq!(push[0].whom.len(), 2, "{push:#?}");
}

#[test]
fn l11_models_of_keys_are_looked_at() {
    let demand =
        json!({"name": "P", "strength": "strength-keys", "users": {"includeRoles": ["GA"]}});
    let strength = |models: &[&str]| {
        let strength = json!({
            "id": "strength-keys", "displayName": "Keys", "allowedCombinations": ["fido2"],
            "combinationConfigurations": [
                {"allowedAAGUIDs": models, "appliesToCombinations": ["fido2"]},
            ],
        });
        serde_json::from_value::<m365::policy::ca::AuthenticationStrength>(strength).unwrap()
    };
    let mut scene = scene(&[demand]);
    for user in &mut scene.directory.users {
        user.methods = Some(vec!["fido2".to_owned()]);
        user.passkeys = Some(vec![if user.id == "adm" { "b" } else { "a" }.to_owned()]);
    }
    scene.put_strength(&strength(&["a", "b"]));
    check(&judge(&scene, Some("P")), &[]);
    let to = |models: &[&str]| guard(&Change::StrengthChanged(strength(models)), &scene);
    check(&to(&["a", "b", "c"]), &[]);
    check(&to(&["b"]), &["L-11"]);
    // Administrators are told, those of emergency access still get in.
    let told = to(&["a"]);
    assert_eq!(ids(&told), [("L-01", Severity::Warning), ("L-11", Severity::Warning)], "{told:#?}");
    assert!(
        told.iter().all(|one| one.whom == ["adm@contoso.onmicrosoft.com"]
            && one.consequence.contains("\"Keys\""))
    );
    check(&to(&["c"]), &["L-01", "L-11"]);
    // What is put right in part is not told as if it became worse.
    scene.put_strength(&strength(&["c"]));
    let to = |models: &[&str]| guard(&Change::StrengthChanged(strength(models)), &scene);
    assert_eq!(ids(&to(&["a"])), []);
    assert_eq!(ids(&to(&["b"])), []);
}

#[test]
fn l12_methods_can_still_be_registered() {
    let apps = json!({"includeUserActions": ["urn:user:registersecurityinfo"]});
    let demand = json!({"name": "P", "apps": apps, "users": safe_users(), "grant": ["mfa"]});
    check_policies(std::slice::from_ref(&demand), &[]);
    let mut no_pass = scene(&[demand]);
    no_pass.tenant.temporary_access_pass = Some(false);
    check(&judge(&no_pass, None), &["L-12"]);
    let away =
        json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}});
    let block = |users: Value| json!({"name": "P", "apps": apps, "users": users, "when": away, "grant": ["block"]});
    check_policies(&[block(safe_users())], &[]);
    check_policies(&[block(json!({"includeUsers": ["All"]}))], &["L-12"]);
    let mut no_place = scene(&[block(safe_users())]);
    no_place.directory.locations.clear();
    check(&judge(&no_place, None), &["L-04", "L-12"]);
}

#[test]
fn l14_and_l27_are_found() {
    let mfa = json!({"name": "P", "users": safe_users(), "grant": ["mfa"]});
    let mut defaults = scene(&[mfa]);
    defaults.tenant.security_defaults = Some(true);
    check(&judge(&defaults, None), &["L-14"]);
    let template = json!({"name": "P", "grant": ["mfa"], "users": {"includeUsers": ["All"],
        "excludeUsers": ["Current administrator will be excluded"], "excludeRoles": ["Sync"]}});
    check_policies(&[template], &["L-27"]);
}

#[test]
fn l15_risk_does_not_stop_an_emergency() {
    let on_risk = |users: Value, grant: Value| {
        json!({"name": "P", "users": users, "grant": grant, "operator": "AND",
               "when": {"userRiskLevels": ["high"]}})
    };
    let all = json!({"includeUsers": ["All"], "excludeRoles": ["Sync"]});
    check_policies(&[on_risk(all.clone(), json!(["mfa", "passwordChange"]))], &["L-15"]);
    check_policies(&[on_risk(all, json!(["block"]))], &["L-15"]);
    check_policies(&[on_risk(safe_users(), json!(["block"]))], &[]);
}

#[test]
fn l18_terraform_does_not_cut_itself_off() {
    let block = |excluded: &str| {
        json!({"name": "W", "grant": ["block"],
            "workloads": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
            "when": {"locations": {"includeLocations": ["All"], "excludeLocations": [excluded]}}})
    };
    check_policies(&[block("NL")], &[]);
    assert_eq!(ids(&judge(&scene(&[block("NL")]), None)), [("L-18", Severity::Warning)]);
    check_policies(&[block("HQ")], &[]);
    let mut moved = scene(&[block("HQ")]);
    moved.automation.address = "198.51.100.1".parse().ok();
    check(&judge(&moved, None), &["L-18"]);
    let scene = scene(&[]);
    check(&guard(&Change::ApplicationDeleted("appx".to_owned()), &scene), &["L-18"]);
    check(&guard(&Change::ApplicationDeleted("AppY".to_owned()), &scene), &[]);
    check(&guard(&Change::ServicePrincipalDeleted("sp1".to_owned()), &scene), &["L-18"]);
    let weakened =
        Change::ApplicationWeakened { id: "sp1".to_owned(), what: "a secret".to_owned() };
    check(&guard(&weakened, &scene), &["L-18"]);
}

#[test]
fn only_what_a_planned_policy_causes_is_told() {
    let bad = json!({"name": "Old", "users": {"includeUsers": ["All"]}, "grant": ["block"]});
    let good = json!({"name": "New", "users": safe_users(), "grant": ["mfa"]});
    let scene = scene(&[bad, good]);
    check(&judge(&scene, Some("New")), &[]);
    check(&judge(&scene, Some("Old")), &["L-01", "L-03"]);
}

#[test]
fn with_little_known_a_block_is_still_found_and_an_exclusion_still_counts() {
    let scene = |users: Value| Scene {
        policies: vec![policy(&json!({"name": "P", "users": users, "grant": ["block"]}))],
        emergency: EmergencyAccess {
            user_ids: vec!["bg1".to_owned(), "bg2".to_owned()],
            group_ids: vec!["EmergencyAccess".to_owned()],
        },
        ..Scene::default()
    };
    check(&judge(&scene(json!({"includeUsers": ["All"]})), None), &["L-01"]);
    assert_eq!(ids(&judge(&scene(safe_users()), None)), []);
    let by_id = json!({"includeUsers": ["All"], "excludeUsers": ["BG1", "BG2"]});
    check(&judge(&scene(by_id), None), &[]);
    // Another group may or may not have them in it.
    let other = json!({"includeUsers": ["All"], "excludeGroups": ["Other"]});
    assert_eq!(ids(&judge(&scene(other), None)), [("L-01", Severity::Warning)]);
    // So may one that is made in the same plan.
    let planned = json!({"includeUsers": ["All"], "excludeGroups": ["(known after apply)"]});
    assert_eq!(ids(&judge(&scene(planned), None)), [("L-01", Severity::Warning)]);
}

#[test]
fn l01_is_found_where_nobody_is_known() {
    #[track_caller]
    fn found(users: Value, grant: &str, state: &str, errors: &[&str]) {
        let told = json!({"name": "P", "users": users, "grant": [grant], "state": state});
        let scene = Scene { policies: vec![policy(&told)], ..Scene::default() };
        check(&judge(&scene, Some("P")), errors);
    }
    let all = json!({"includeUsers": ["All"]});
    found(all.clone(), "block", "enabled", &["L-01"]);
    found(all.clone(), "block", "enabledForReportingButNotEnforced", &[]);
    found(all, "mfa", "enabled", &[]);
    // Whoever is excluded, or not included, may be the one who repairs it.
    for (property, ids) in [
        ("excludeUsers", "bg1"),
        ("excludeGroups", "EmergencyAccess"),
        ("excludeGroups", "(known after apply)"),
        ("excludeRoles", "GA"),
    ] {
        found(json!({"includeUsers": ["All"], property: [ids]}), "block", "enabled", &[]);
    }
    found(json!({"includeUsers": ["bob"]}), "block", "enabled", &[]);
    found(json!({"includeGroups": ["Executives"]}), "block", "enabled", &[]);
}

#[test]
fn survivors_are_named() {
    let all = json!({"includeUsers": ["All"], "excludeUsers": ["bg1"]});
    let survivors = survivors(&scene(&[json!({"name": "P", "users": all, "grant": ["block"]})]));
    let emergency: Vec<_> =
        survivors.emergency.iter().map(|s| (s.id.as_str(), s.survives)).collect();
    assert_eq!(emergency, [("bg1", Truth::Yes), ("bg2", Truth::No)]);
    assert_eq!(survivors.emergency[1].stopped_by, ["P"]);
    assert_eq!(survivors.administrators.len(), 1);
    assert_eq!(survivors.administrators[0].survives, Truth::No);
}

#[test]
fn enforcing_at_once_is_told() {
    let mfa = |state: &str| policy(&json!({"name": "P", "grant": ["mfa"], "state": state}));
    let told = |before: Option<&str>, after: &str| {
        let before: Option<Policy> = before.map(mfa);
        enabling(before.as_ref(), &mfa(after)).is_some()
    };
    let report_only = "enabledForReportingButNotEnforced";
    assert!(told(None, "enabled"));
    assert!(told(Some("disabled"), "enabled"));
    assert!(!told(Some(report_only), "enabled"));
    assert!(!told(Some("enabled"), "enabled"));
    assert!(!told(None, report_only));
    assert_eq!(with_ids(&json!("GA")), GLOBAL_ADMINISTRATOR);
}
