//! Laws that hold for every set of policies and every sign-in.

use std::collections::BTreeSet;

use m365::policy::ca::filter::Rule;
use m365::policy::ca::{Decision, Mode, Outcome, Policy, SignIn, State, evaluate};
use m365::policy::lockout::{EmergencyAccess, Finding, Scene, Severity, judge, survivors};
use m365::policy::truth::Truth;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::tenant::{directory, policy, sign_in};

const USERS: [&str; 7] = ["alice", "bob", "adm", "bg1", "carol", "gina", "dora"];
const GROUPS: [&str; 4] = ["Leadership", "Executives", "EmergencyAccess", "Gone"];
const APPS: [&str; 5] = ["EXO", "SPO", "Teams", "ARM", "AppX"];
const PLATFORMS: [&str; 4] = ["windows", "iOS", "macOS", "android"];
const RISKS: [&str; 4] = ["none", "low", "medium", "high"];
const PLACES: [&str; 5] = ["All", "AllTrusted", "HQ", "NL", "Bad"];
const CONTROLS: [&str; 6] = [
    "block",
    "mfa",
    "compliantDevice",
    "domainJoinedDevice",
    "compliantApplication",
    "riskRemediation",
];
const RULES: [&str; 3] = [
    "device.isCompliant -eq True",
    r#"device.trustType -ne "ServerAD" -or device.isCompliant -ne True"#,
    r#"device.extensionAttribute1 -in ["SAW", "PAW"]"#,
];

fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(values.to_vec(), 0..=values.len().min(3))
}

/// A condition that is set in one policy of three.
fn rarely<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.3, strategy)
}

fn a_users() -> impl Strategy<Value = Value> {
    let everyone = any::<bool>();
    let people = (some_of(&USERS), some_of(&USERS), some_of(&GROUPS), some_of(&GROUPS));
    let roles = (any::<bool>(), any::<bool>());
    (everyone, people, roles).prop_map(
        |(everyone, (include, exclude, in_groups, ex_groups), roles)| {
            json!({
                "includeUsers": if everyone { vec!["All"] } else { include },
                "excludeUsers": exclude,
                "includeGroups": in_groups,
                "excludeGroups": ex_groups,
                "includeRoles": if roles.0 { vec!["GA"] } else { vec![] },
                "excludeRoles": if roles.1 { vec!["Sync"] } else { vec![] },
            })
        },
    )
}

fn a_policy(name: usize) -> impl Strategy<Value = Value> {
    let apps =
        (any::<bool>(), some_of(&APPS), some_of(&APPS)).prop_map(|(all, include, exclude)| {
            let include = if all { vec!["All"] } else { include };
            json!({"includeApplications": include, "excludeApplications": exclude})
        });
    let pair = |values: &'static [&'static str]| (some_of(values), some_of(values));
    let conditions = (
        rarely(pair(&PLATFORMS)),
        rarely(pair(&PLACES)),
        rarely(some_of(&RISKS)),
        rarely(some_of(&RISKS)),
        rarely((any::<bool>(), select(RULES.to_vec()))),
    );
    let grant = (subsequence(CONTROLS.to_vec(), 1..=2), select(vec!["AND", "OR"]));
    let state = select(vec!["enabled", "enabled", "disabled", "enabledForReportingButNotEnforced"]);
    (a_users(), apps, conditions, grant, state).prop_map(
        move |(
            users,
            apps,
            (platforms, places, sign_in, user, filter),
            (grant, operator),
            state,
        )| {
            let mut when = json!({
                "signInRiskLevels": sign_in.unwrap_or_default(),
                "userRiskLevels": user.unwrap_or_default(),
            });
            if let Some((include, exclude)) = platforms {
                when["platforms"] =
                    json!({"includePlatforms": include, "excludePlatforms": exclude});
            }
            if let Some((include, exclude)) = places {
                when["locations"] =
                    json!({"includeLocations": include, "excludeLocations": exclude});
            }
            if let Some((include, rule)) = filter {
                let mode = if include { "include" } else { "exclude" };
                when["devices"] = json!({"deviceFilter": {"mode": mode, "rule": rule}});
            }
            json!({"name": format!("P{name}"), "users": users, "apps": apps, "when": when,
                   "grant": grant, "operator": operator, "state": state})
        },
    )
}

fn policies() -> impl Strategy<Value = Vec<Value>> {
    (a_policy(0), a_policy(1), a_policy(2), a_policy(3)).prop_map(|(a, b, c, d)| vec![a, b, c, d])
}

fn a_sign_in() -> impl Strategy<Value = Value> {
    let devices = select(vec![
        json!({}),
        json!({"deviceId": "1", "trustType": "AzureAD", "isCompliant": true}),
        json!({"deviceId": "2", "trustType": "ServerAD", "extensionAttribute1": "SAW"}),
    ]);
    let addresses = select(vec!["203.0.113.9", "198.51.100.7", "2001:db8::1"]);
    let risks = (select(RISKS.to_vec()), select(RISKS.to_vec()));
    let from = (addresses, select(vec!["NL", "KP", ""]), select(PLATFORMS.to_vec()));
    (select(USERS.to_vec()), select(APPS.to_vec()), devices, risks, from).prop_map(
        |(who, app, device, (sign_in, user), (address, country, platform))| {
            json!({"who": who, "app": app, "on": {
                "deviceInfo": device, "signInRiskLevel": sign_in, "userRiskLevel": user,
                "ipAddress": address, "country": country, "devicePlatform": platform,
            }})
        },
    )
}

fn made(short: &[Value]) -> Vec<Policy> {
    short.iter().map(policy).collect()
}

fn judged(policies: &[Policy], sign_in: &SignIn, mode: Mode) -> Outcome {
    evaluate(policies, &directory(&json!({})), sign_in, mode)
}

fn applied(outcome: &Outcome) -> BTreeSet<String> {
    outcome.applied().map(|result| result.id.clone()).collect()
}

fn possible(outcome: &Outcome) -> BTreeSet<String> {
    outcome.possible().map(|result| result.id.clone()).collect()
}

/// What a user notices of an outcome.
fn noticed(outcome: &Outcome) -> (Decision, String, BTreeSet<String>, Value) {
    let session = serde_json::to_value(&outcome.session).unwrap();
    (outcome.decision, outcome.required.to_string(), applied(outcome), session)
}

fn emergency_scene(policies: Vec<Policy>) -> Scene {
    Scene {
        policies,
        directory: directory(&json!({})),
        emergency: EmergencyAccess {
            user_ids: vec!["bg1".to_owned()],
            group_ids: vec!["EmergencyAccess".to_owned()],
        },
        ..Scene::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_policies_does_not_matter(short in policies(), sign in a_sign_in()) {
        let sign = sign_in(&sign);
        let mut policies = made(&short);
        let before = judged(&policies, &sign, Mode::Strict);
        policies.reverse();
        policies.swap(0, 1);
        prop_assert_eq!(noticed(&before), noticed(&judged(&policies, &sign, Mode::Strict)));
    }

    #[test]
    fn a_disabled_policy_changes_nothing(short in policies(), sign in a_sign_in()) {
        let sign = sign_in(&sign);
        let mut policies = made(&short);
        policies[0].state = State::Disabled;
        let without = judged(&policies[1..], &sign, Mode::Strict);
        prop_assert_eq!(noticed(&judged(&policies, &sign, Mode::Strict)), noticed(&without));
    }

    #[test]
    fn a_policy_that_only_reports_enforces_nothing(short in policies(), sign in a_sign_in()) {
        let sign = sign_in(&sign);
        let mut policies = made(&short);
        policies[0].state = State::ReportOnly;
        let without = judged(&policies[1..], &sign, Mode::WorstCase);
        prop_assert_eq!(noticed(&judged(&policies, &sign, Mode::WorstCase)), noticed(&without));
    }

    #[test]
    fn an_exclusion_never_adds_an_applied_policy(
        short in policies(), sign in a_sign_in(), of in 0usize..5, kind in 0usize..5,
    ) {
        let mut more = short.clone();
        let (part, list, value) = match kind {
            0 => ("users", "excludeUsers", USERS[of]),
            1 => ("users", "excludeGroups", GROUPS[of % GROUPS.len()]),
            2 => ("users", "excludeRoles", "GA"),
            3 => ("apps", "excludeApplications", APPS[of]),
            _ => ("apps", "excludeApplications", "Office365"),
        };
        for policy in &mut more {
            policy[part][list].as_array_mut().unwrap().push(json!(value));
        }
        let sign = sign_in(&sign);
        let before = applied(&judged(&made(&short), &sign, Mode::Strict));
        let after = applied(&judged(&made(&more), &sign, Mode::Strict));
        prop_assert!(after.is_subset(&before), "{after:?} is more than {before:?}");
    }

    #[test]
    fn including_everyone_includes_whoever_was(short in policies(), sign in a_sign_in()) {
        let mut more = short.clone();
        for policy in &mut more {
            policy["users"]["includeUsers"] = json!(["All"]);
        }
        let sign = sign_in(&sign);
        let before = applied(&judged(&made(&short), &sign, Mode::Strict));
        let after = applied(&judged(&made(&more), &sign, Mode::Strict));
        prop_assert!(before.is_subset(&after), "{before:?} is more than {after:?}");
    }

    #[test]
    fn a_further_policy_never_opens_a_door(short in policies(), sign in a_sign_in()) {
        // Remediation of a risk replaces a password change, and so may open one: not used here.
        let sign = sign_in(&sign);
        let policies = made(&short);
        for mode in [Mode::Strict, Mode::WorstCase] {
            let all = judged(&policies, &sign, mode);
            for fewer in [&policies[1..], &policies[..3]] {
                let fewer = judged(fewer, &sign, mode);
                prop_assert!(all.standing <= fewer.standing);
                prop_assert!(all.worst >= fewer.worst);
            }
            prop_assert!(all.decision <= all.worst || all.decision == Decision::Indeterminate);
        }
    }

    #[test]
    fn nested_groups_are_as_flat_ones(short in policies(), sign in a_sign_in()) {
        let flat = directory(&json!({"groups": [
            {"id": "Leadership", "members": ["alice"]},
            {"id": "Executives", "members": ["alice"]},
            {"id": "EmergencyAccess", "members": ["bg1"]},
        ]}));
        let (policies, sign) = (made(&short), sign_in(&sign));
        let outcome = evaluate(&policies, &flat, &sign, Mode::Strict);
        prop_assert_eq!(noticed(&judged(&policies, &sign, Mode::Strict)), noticed(&outcome));
    }

    #[test]
    fn of_one_control_any_is_all(mut short in policies(), sign in a_sign_in(), control in select(CONTROLS.to_vec())) {
        let sign = sign_in(&sign);
        let mut outcomes = ["AND", "OR"].map(|operator| {
            for policy in &mut short {
                policy["grant"] = json!([control]);
                policy["operator"] = json!(operator);
            }
            noticed(&judged(&made(&short), &sign, Mode::Strict))
        }).into_iter();
        prop_assert_eq!(outcomes.next(), outcomes.next());
    }

    #[test]
    fn the_worst_case_covers_every_concrete_one(
        short in policies(), sign in a_sign_in(), forgotten in some_of(&[
            "deviceInfo", "signInRiskLevel", "userRiskLevel", "ipAddress", "country", "devicePlatform",
        ]),
    ) {
        let (policies, concrete) = (made(&short), sign_in(&sign));
        let mut vague = sign;
        for name in forgotten {
            vague["on"][name] = Value::Null;
        }
        let vague = judged(&policies, &sign_in(&vague), Mode::WorstCase);
        let concrete = judged(&policies, &concrete, Mode::WorstCase);
        let (covered, found) = (possible(&vague), applied(&concrete));
        prop_assert!(found.is_subset(&covered), "{found:?} is more than {covered:?}");
        prop_assert!(concrete.decision <= vague.worst);
        // What is certain in spite of all that is not known, is so in the concrete case.
        prop_assert!(applied(&vague).is_subset(&found));
    }

    #[test]
    fn the_case_of_ids_does_not_matter(short in policies(), sign in a_sign_in()) {
        let mut shouted = short.clone();
        for policy in &mut shouted {
            for list in policy["users"].as_object_mut().unwrap().values_mut() {
                for id in list.as_array_mut().unwrap() {
                    let text = id.as_str().unwrap();
                    if !["All", "GA", "Sync"].contains(&text) {
                        *id = json!(text.to_uppercase());
                    }
                }
            }
        }
        let sign = sign_in(&sign);
        let quiet = noticed(&judged(&made(&short), &sign, Mode::Strict));
        prop_assert_eq!(quiet, noticed(&judged(&made(&shouted), &sign, Mode::Strict)));
    }

    #[test]
    fn an_emergency_group_that_every_policy_excludes_survives(mut short in policies()) {
        for policy in &mut short {
            policy["users"]["excludeGroups"].as_array_mut().unwrap().push(json!("EmergencyAccess"));
        }
        let scene = emergency_scene(made(&short));
        for survivor in survivors(&scene).emergency {
            prop_assert_eq!(survivor.survives, Truth::Yes);
        }
        let stopped = |finding: &Finding| finding.whom.iter().any(|name| name.starts_with("bg1"));
        prop_assert!(!judge(&scene, None).iter().any(stopped));
    }

    #[test]
    fn what_one_policy_causes_is_part_of_what_all_cause(short in policies()) {
        let scene = emergency_scene(made(&short));
        let all = judge(&scene, None);
        for policy in &scene.policies {
            for finding in judge(&scene, Some(&policy.id)) {
                prop_assert!(all.contains(&finding), "{finding}");
            }
        }
    }

    #[test]
    fn whoever_is_stopped_is_told(short in policies()) {
        let scene = emergency_scene(made(&short));
        let lost = survivors(&scene).emergency.iter().any(|s| s.survives == Truth::No);
        let errors = judge(&scene, None).iter().any(|f| f.severity == Severity::Error);
        prop_assert!(errors || !lost);
    }

    #[test]
    fn any_text_is_a_rule_or_an_error_inside_of_it(text in ".{0,60}") {
        if let Err(error) = Rule::of_devices(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position), "{error}");
        }
    }

    #[test]
    fn any_words_of_the_language_are_a_rule_or_an_error(words in proptest::collection::vec(select(vec![
        "device.model", "device.isCompliant", "-eq", "-in", "-not", "-and", "-or", "(", ")", "[", "]",
        ",", "\"x\"", "True", "'y'",
    ]), 0..12)) {
        let text = words.join(" ");
        if let Err(error) = Rule::of_devices(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position), "{error}");
        }
    }
}

/// What Microsoft recommends contradicts nothing.
#[test]
fn templates_have_no_contradictions() {
    let templates = include_str!("../../src/emulator/data/templates.json");
    let templates: Vec<serde_json::Value> = serde_json::from_str(templates).unwrap();
    for template in templates {
        let mut policy = template["details"].clone();
        policy["state"] = "enabled".into();
        let policy = m365::policy::ca::Policy::from_graph(&policy).unwrap();
        let found = m365::policy::ca::contradictions(&policy);
        assert!(found.is_empty(), "{}: {found:?}", template["name"]);
    }
}
