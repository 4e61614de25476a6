//! What in a policy contradicts itself, before Graph or a user's first sign-in says so.
//!
//! Source: the articles on grant controls, session controls, conditions and target resources of
//! Entra's Conditional Access documents.

use serde::Serialize;

use super::filter::Rule;
use super::policy::{Filter, Policy, UNKNOWN};

/// Something in a policy that contradicts something else in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contradiction {
    /// Whether Graph refuses it or it can do nothing, rather than merely surprise.
    pub is_error: bool,
    /// Where, by Graph's names, such as `grantControls.builtInControls`.
    pub path: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// All contradictions of `policy`. What is not known before apply contradicts nothing.
pub fn contradictions(policy: &Policy) -> Vec<Contradiction> {
    let mut found = Found(Vec::new());
    target(policy, &mut found);
    users(policy, &mut found);
    filters(policy, &mut found);
    conditions(policy, &mut found);
    grant(policy, &mut found);
    remediation(policy, &mut found);
    session(policy, &mut found);
    found.0
}

struct Found(Vec<Contradiction>);

impl Found {
    fn error(&mut self, when: bool, path: &'static str, message: impl Into<String>) {
        if when {
            self.0.push(Contradiction { is_error: true, path, message: message.into() });
        }
    }

    fn warning(&mut self, when: bool, path: &'static str, message: impl Into<String>) {
        if when {
            self.0.push(Contradiction { is_error: false, path, message: message.into() });
        }
    }
}

fn has(list: &[String], value: &str) -> bool {
    list.iter().any(|own| own.eq_ignore_ascii_case(value))
}

fn knows(policy: &Policy, path: &str) -> bool {
    !policy.unknown.iter().any(|unknown| unknown == "conditions" || unknown.starts_with(path))
}

fn target(policy: &Policy, found: &mut Found) {
    let Some(apps) = &policy.conditions.applications else { return };
    let path = "conditions.applications";
    let kinds = [
        !apps.include_applications.is_empty() && !has(&apps.include_applications, "None"),
        !apps.include_user_actions.is_empty(),
        !apps.include_authentication_context_class_references.is_empty(),
    ];
    found.error(
        kinds.iter().filter(|kind| **kind).count() > 1,
        path,
        "A policy is for applications, for user actions or for authentication contexts; make one \
         policy for each.",
    );
    let all = has(&apps.include_applications, "All");
    found.error(
        all && apps.application_filter.as_ref().is_some_and(|f| f.mode == "include"),
        "conditions.applications.applicationFilter",
        "A filter that includes adds nothing to All: leave out either.",
    );
    found.warning(
        all && apps.include_applications.len() > 1,
        "conditions.applications.includeApplications",
        "All contains every other application named here.",
    );
    if has(&apps.include_user_actions, "urn:user:registerdevice") {
        let grant = policy.grant_controls.as_ref();
        let other = grant.is_some_and(|grant| {
            grant.built_in_controls.iter().any(|control| control != "mfa" && control != UNKNOWN)
        });
        found.error(
            other,
            "grantControls.builtInControls",
            "For the registration of devices only mfa or an authentication strength can be \
             demanded.",
        );
        found.error(
            policy.conditions.devices.is_some(),
            "conditions.devices",
            "A device that is only about to be registered cannot be filtered.",
        );
    }
}

fn users(policy: &Policy, found: &mut Found) {
    let workload = policy.conditions.client_applications.as_ref().is_some_and(|clients| {
        !clients.include_service_principals.is_empty() || clients.service_principal_filter.is_some()
    });
    let Some(users) = &policy.conditions.users else { return };
    let path = "conditions.users.includeUsers";
    let named = !has(&users.include_users, "None") && !users.include_users.is_empty()
        || !users.include_groups.is_empty()
        || !users.include_roles.is_empty();
    found.error(
        workload && named,
        path,
        "A policy is for users or for service principals; for the latter include_users is None.",
    );
    let others = users.include_users.len() > 1
        || !users.include_groups.is_empty()
        || !users.include_roles.is_empty();
    found.warning(
        has(&users.include_users, "All") && others,
        path,
        "All contains every other user, group and role included here.",
    );
    let everyone = has(&users.include_users, "All") && has(&users.exclude_users, "All");
    found.error(everyone, path, "Everyone is included and excluded: the policy is for nobody.");
}

fn filters(policy: &Policy, found: &mut Found) {
    let conditions = &policy.conditions;
    let devices = conditions.devices.as_ref().and_then(|devices| devices.device_filter.as_ref());
    let apps = conditions.applications.as_ref().and_then(|apps| apps.application_filter.as_ref());
    let clients = conditions.client_applications.as_ref();
    let workloads = clients.and_then(|clients| clients.service_principal_filter.as_ref());
    let mut read = |filter: Option<&Filter>, path, devices: bool| {
        let Some(filter) = filter.filter(|filter| filter.rule != UNKNOWN) else { return };
        let rule = if devices {
            Rule::of_devices(&filter.rule)
        } else {
            Rule::of_attributes(&filter.rule)
        };
        if let Err(error) = rule {
            found.error(true, path, format!("The rule cannot be read {error}."));
        }
    };
    read(devices, "conditions.devices.deviceFilter.rule", true);
    read(apps, "conditions.applications.applicationFilter.rule", false);
    read(workloads, "conditions.clientApplications.servicePrincipalFilter.rule", false);
}

fn conditions(policy: &Policy, found: &mut Found) {
    let conditions = &policy.conditions;
    found.warning(
        !conditions.sign_in_risk_levels.is_empty() && !conditions.user_risk_levels.is_empty(),
        "conditions.userRiskLevels",
        "The policy applies only where the user and the sign-in are at risk at once, since all \
         conditions have to hold; make one policy for each kind of risk.",
    );
    if let Some(locations) = &conditions.locations {
        found.error(
            locations.include_locations.is_empty() && !locations.exclude_locations.is_empty(),
            "conditions.locations.includeLocations",
            "Locations are excluded from none: include All.",
        );
    }
    if let Some(platforms) = &conditions.platforms {
        found.error(
            platforms.include_platforms.is_empty() && !platforms.exclude_platforms.is_empty(),
            "conditions.platforms.includePlatforms",
            "Platforms are excluded from none: include all.",
        );
    }
    let types = &conditions.client_app_types;
    found.warning(
        has(types, "all") && types.len() > 1,
        "conditions.clientAppTypes",
        "all contains every other type named here.",
    );
}

fn grant(policy: &Policy, found: &mut Found) {
    let session = policy.session_controls.as_ref().is_some_and(|session| session.any())
        || !knows(policy, "sessionControls");
    let path = "grantControls.builtInControls";
    let Some(grant) = &policy.grant_controls else {
        let nothing = !session && knows(policy, "grantControls");
        found.error(nothing, "grantControls", "The policy demands nothing and limits nothing.");
        return;
    };
    let controls = &grant.built_in_controls;
    let count = controls.len()
        + grant.terms_of_use.len()
        + grant.custom_authentication_factors.len()
        + usize::from(grant.authentication_strength.is_some());
    let blocks = has(controls, "block");
    found.error(count == 0 && !session, path, "The policy demands nothing and limits nothing.");
    found.error(
        blocks && count > 1,
        path,
        "block goes with no other control: nobody gets so far as to meet it.",
    );
    found.error(
        has(controls, "mfa") && grant.authentication_strength.is_some(),
        path,
        "mfa and an authentication strength exclude each other; the strength says it already.",
    );
    found.error(
        count > 1 && grant.operator.is_empty(),
        "grantControls.operator",
        "With several controls, say whether all (AND) or any (OR) are to be met.",
    );
    found.warning(
        blocks && session,
        "sessionControls",
        "Session controls have no effect where access is blocked.",
    );
    let workload = policy.conditions.client_applications.as_ref().is_some_and(|clients| {
        !clients.include_service_principals.is_empty() || clients.service_principal_filter.is_some()
    });
    found.error(
        workload && count > 0 && !blocks,
        path,
        "A service principal can meet no control: the only one for workload identities is block.",
    );
    let app_controls =
        has(controls, "approvedApplication") || has(controls, "compliantApplication");
    let only_app = app_controls
        && controls.iter().all(|c| c == "approvedApplication" || c == "compliantApplication");
    let desktop = policy.conditions.platforms.as_ref().is_some_and(|platforms| {
        has(&platforms.include_platforms, "macOS") || has(&platforms.include_platforms, "linux")
    });
    found.error(
        desktop && app_controls && (only_app || grant.operator == "AND"),
        path,
        "On macOS and Linux no application can be approved or protected.",
    );
}

fn remediation(policy: &Policy, found: &mut Found) {
    let Some(grant) = &policy.grant_controls else { return };
    let path = "grantControls.builtInControls";
    let controls = &grant.built_in_controls;
    let conditions = &policy.conditions;
    let all = conditions.applications.as_ref().is_none_or(|apps| {
        has(&apps.include_applications, "All") || has(&apps.include_applications, UNKNOWN)
    });
    let change = has(controls, "passwordChange");
    let other =
        controls.iter().any(|control| !["passwordChange", "mfa"].contains(&control.as_str()));
    found.error(
        change && (other || !all || conditions.user_risk_levels.is_empty()),
        path,
        "passwordChange goes with all applications, a level of user risk, and no other control \
         but mfa.",
    );
    let remedies = has(controls, "riskRemediation");
    let every_time = policy.session_controls.as_ref().is_some_and(|session| {
        session
            .sign_in_frequency
            .as_ref()
            .is_some_and(|f| f.frequency_interval.as_deref() == Some("everyTime"))
    });
    let strength = grant.authentication_strength.is_some()
        || !knows(policy, "grantControls.authenticationStrength");
    found.error(
        remedies && !(strength && (every_time || !knows(policy, "sessionControls"))),
        path,
        "riskRemediation goes with an authentication strength and a sign-in frequency of everyTime.",
    );
    found.error(change && remedies, path, "riskRemediation takes the place of passwordChange.");
}

fn session(policy: &Policy, found: &mut Found) {
    let Some(session) = &policy.session_controls else { return };
    let path = "sessionControls.signInFrequency";
    if let Some(frequency) =
        session.sign_in_frequency.as_ref().filter(|f| f.is_enabled != Some(false))
    {
        let every_time = frequency.frequency_interval.as_deref() == Some("everyTime");
        let timed = frequency.value.is_some() || frequency.unit.is_some();
        found.error(every_time && timed, path, "everyTime has neither value nor type.");
        found.error(
            !every_time && (frequency.value.is_none() || frequency.unit.is_none()),
            path,
            "A frequency by time has a value and a type, hours or days.",
        );
        let grant = policy.grant_controls.as_ref();
        let proves = grant.is_some_and(|grant| {
            grant.authentication_strength.is_some()
                || ["mfa", "block", "riskRemediation", UNKNOWN]
                    .iter()
                    .any(|c| has(&grant.built_in_controls, c))
        });
        found.warning(
            every_time && !proves && knows(policy, "grantControls"),
            path,
            "Without a demand for multifactor authentication, everyTime may ask in a loop (L-20).",
        );
    }
    let apps = policy.conditions.applications.as_ref();
    let all = apps.is_none_or(|apps| {
        has(&apps.include_applications, "All") || has(&apps.include_applications, UNKNOWN)
    });
    let persistent =
        session.persistent_browser.as_ref().is_some_and(|p| p.is_enabled != Some(false));
    found.error(
        persistent && !all,
        "sessionControls.persistentBrowser",
        "Whether a browser stays signed in is decided for all applications at once: include All.",
    );
    let narrow =
        policy.conditions.users.as_ref().is_some_and(|users| {
            !users.include_groups.is_empty() || !users.include_roles.is_empty()
        });
    found.warning(
        session.disable_resilience_defaults == Some(true) && narrow,
        "sessionControls.disableResilienceDefaults",
        "In an outage, groups and roles cannot be looked up, and access is denied to everyone, \
         also to those outside of them (L-20).",
    );
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Policy, contradictions};

    /// Checks the paths of a policy for all users and applications with `changes` in it; a
    /// warning's path starts with `?`.
    #[track_caller]
    fn check(changes: &Value, expected: &[&str]) {
        let mut policy = json!({
            "conditions": {
                "users": {"includeUsers": ["All"]},
                "applications": {"includeApplications": ["All"]},
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        });
        merge(&mut policy, changes);
        let policy = Policy::from_graph(&policy).unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<String> = contradictions(&policy)
            .into_iter()
            .map(|found| format!("{}{}", if found.is_error { "" } else { "?" }, found.path))
            .collect();
        assert_eq!(found, expected, "{changes}");
    }

    fn merge(into: &mut Value, changes: &Value) {
        match (into, changes) {
            (Value::Object(into), Value::Object(changes)) => {
                for (name, change) in changes {
                    merge(into.entry(name.clone()).or_insert(Value::Null), change);
                }
            }
            (into, change) => *into = change.clone(),
        }
    }

    #[test]
    fn contradictions_are_found() {
        let grant = |controls: Value| json!({"grantControls": {"builtInControls": controls}});
        let path = "grantControls.builtInControls";
        check(&json!({}), &[]);
        check(&grant(json!(["block", "mfa"])), &[path]);
        check(&grant(json!([])), &[path]);
        check(&grant(json!("(known after apply)")), &[]);
        check(&json!({"grantControls": "(known after apply)"}), &[]);
        check(&json!({"grantControls": null}), &["grantControls"]);
        check(&json!({"grantControls": {"authenticationStrength": {"id": "x"}}}), &[path]);
        check(&grant(json!(["passwordChange"])), &[path]);
        let risk = json!({"conditions": {"userRiskLevels": ["high"]},
            "grantControls": {"builtInControls": ["passwordChange", "mfa"], "operator": "AND"}});
        check(&risk, &[]);
        check(&grant(json!(["riskRemediation"])), &[path]);
        check(
            &json!({"conditions": {"userRiskLevels": ["high"], "signInRiskLevels": ["high"]}}),
            &["?conditions.userRiskLevels"],
        );
        check(
            &json!({"conditions": {"applications": {"includeUserActions": ["urn:user:x"]}}}),
            &["conditions.applications"],
        );
        let filter = |path: &str, mode: &str, rule: &str| {
            let filter = json!({"mode": mode, "rule": rule});
            match path {
                "devices" => json!({"conditions": {"devices": {"deviceFilter": filter}}}),
                _ => json!({"conditions": {"applications": {"applicationFilter": filter}}}),
            }
        };
        let rule = "CustomSecurityAttribute.A_b -eq \"c\"";
        check(&filter("apps", "include", rule), &["conditions.applications.applicationFilter"]);
        check(&filter("apps", "exclude", rule), &[]);
        check(
            &filter("devices", "include", "device.colour -eq \"red\""),
            &["conditions.devices.deviceFilter.rule"],
        );
        check(
            &json!({"conditions": {"locations": {"excludeLocations": ["AllTrusted"]}}}),
            &["conditions.locations.includeLocations"],
        );
        check(
            &json!({"conditions": {"users": {"includeGroups": ["g"]}}}),
            &["?conditions.users.includeUsers"],
        );
        check(
            &json!({"conditions": {"clientApplications": {"includeServicePrincipals": ["x"]}}}),
            &["conditions.users.includeUsers", path],
        );
    }

    #[test]
    fn contradictions_of_sessions_are_found() {
        let frequency = |control: Value| json!({"sessionControls": {"signInFrequency": control}});
        let path = "sessionControls.signInFrequency";
        let every_time = json!({"isEnabled": true, "frequencyInterval": "everyTime"});
        check(&frequency(every_time.clone()), &[]);
        check(
            &frequency(json!({"frequencyInterval": "everyTime", "value": 1, "type": "hours"})),
            &[path],
        );
        check(&frequency(json!({"frequencyInterval": "timeBased", "value": 1})), &[path]);
        check(&frequency(json!({"isEnabled": false})), &[]);
        check(
            &json!({"grantControls": null, "sessionControls": {"signInFrequency": every_time}}),
            &["?sessionControls.signInFrequency"],
        );
        check(
            &json!({"conditions": {"applications": {"includeApplications": ["x"]}},
                    "sessionControls": {"persistentBrowser": {"mode": "never"}}}),
            &["sessionControls.persistentBrowser"],
        );
        check(
            &json!({"conditions": {"users": {"includeUsers": [], "includeRoles": ["r"]}},
                    "sessionControls": {"disableResilienceDefaults": true}}),
            &["?sessionControls.disableResilienceDefaults"],
        );
    }
}
