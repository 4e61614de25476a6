//! What in a policy goes wrong although Graph's schema allows it, as far as it takes knowledge of how
//! Conditional Access evaluates. What follows from the values alone is said by the declaration.
//!
//! Source: the articles on grant controls, session controls and device filters of Entra's
//! Conditional Access documents.

mod misfit;

use serde::Serialize;

use super::filter::Rule;
use super::policy::{Filter, Policy, UNKNOWN};

/// Something in a policy that does not do what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contradiction {
    /// Whether it can never work, rather than surprise.
    pub is_error: bool,
    /// Where, by Graph's names, such as `grantControls.builtInControls`.
    pub path: &'static str,
    /// What is wrong, in one line.
    pub summary: String,
    /// Why, and what to do.
    pub detail: &'static str,
}

/// All contradictions of `policy`. What is not known before apply contradicts nothing.
pub fn contradictions(policy: &Policy) -> Vec<Contradiction> {
    let mut found = Found(Vec::new());
    filters(policy, &mut found);
    grant(policy, &mut found);
    misfit::risk(policy, &mut found);
    misfit::never_met(policy, &mut found);
    misfit::active_sync(policy, &mut found);
    misfit::registration(policy, &mut found);
    misfit::workloads(policy, &mut found);
    session(policy, &mut found);
    misfit::applications(policy, &mut found);
    found.0
}

struct Found(Vec<Contradiction>);

impl Found {
    fn add(&mut self, is_error: bool, path: &'static str, summary: String, detail: &'static str) {
        self.0.push(Contradiction { is_error, path, summary, detail });
    }

    fn error(&mut self, when: bool, path: &'static str, summary: &str, detail: &'static str) {
        if when {
            self.add(true, path, summary.to_owned(), detail);
        }
    }

    fn warning(&mut self, when: bool, path: &'static str, summary: &str, detail: &'static str) {
        if when {
            self.add(false, path, summary.to_owned(), detail);
        }
    }
}

fn has(list: &[String], value: &str) -> bool {
    list.iter().any(|own| own.eq_ignore_ascii_case(value))
}

fn knows(policy: &Policy, path: &str) -> bool {
    !policy.unknown.iter().any(|unknown| unknown == "conditions" || unknown.starts_with(path))
}

/// Rules that cannot be read. A warning only: Graph may know properties that are newer than this.
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
            found.add(
                false,
                path,
                format!("The rule cannot be read {error}"),
                "Graph may refuse it, or it matches other objects than it is meant to.",
            );
        }
    };
    read(devices, "conditions.devices.deviceFilter.rule", true);
    read(apps, "conditions.applications.applicationFilter.rule", false);
    read(workloads, "conditions.clientApplications.servicePrincipalFilter.rule", false);
}

fn grant(policy: &Policy, found: &mut Found) {
    let Some(grant) = &policy.grant_controls else { return };
    let controls = &grant.built_in_controls;
    let sessions = policy.session_controls.as_ref();
    found.warning(
        has(controls, "block") && sessions.is_some_and(|session| session.any()),
        "sessionControls",
        "Session controls do nothing where access is blocked",
        "There is no session that they could limit. Leave them out.",
    );
    let of_apps = has(controls, "approvedApplication") || has(controls, "compliantApplication");
    let only = controls.iter().all(|c| c == "approvedApplication" || c == "compliantApplication")
        && grant.authentication_strength.is_none();
    let desktop = policy.conditions.platforms.as_ref().is_some_and(|platforms| {
        has(&platforms.include_platforms, "macOS") || has(&platforms.include_platforms, "linux")
    });
    found.error(
        desktop && of_apps && (only || grant.operator == "AND"),
        "grantControls.builtInControls",
        "On macOS and Linux no application can be approved or protected",
        "Every sign-in from there would be blocked. Leave these platforms out, or allow another \
         control instead (OR).",
    );
    let every_time = sessions.is_some_and(|session| {
        let frequency = session.sign_in_frequency.as_ref();
        frequency.is_some_and(|f| f.frequency_interval.as_deref() == Some("everyTime"))
    });
    let strength = grant.authentication_strength.is_some()
        || !knows(policy, "grantControls.authenticationStrength");
    found.warning(
        has(controls, "riskRemediation")
            && !(strength && (every_time || !knows(policy, "sessionControls"))),
        "grantControls.builtInControls",
        "INV-27: riskRemediation goes with an authentication strength and a sign-in frequency",
        "Entra adds them by itself where they are missing, which shows as a change in the next plan. \
         Set authentication_strength_id, and sign_in_frequency to everyTime.",
    );
}

fn session(policy: &Policy, found: &mut Found) {
    let Some(session) = &policy.session_controls else { return };
    let every_time = session.sign_in_frequency.as_ref().is_some_and(|frequency| {
        frequency.is_enabled != Some(false)
            && frequency.frequency_interval.as_deref() == Some("everyTime")
    });
    let proves = policy.grant_controls.as_ref().is_some_and(|grant| {
        let proofs = ["mfa", "block", "riskRemediation", UNKNOWN];
        grant.authentication_strength.is_some()
            || proofs.iter().any(|control| has(&grant.built_in_controls, control))
    });
    found.warning(
        every_time && !proves && knows(policy, "grantControls"),
        "sessionControls.signInFrequency",
        "Signing in every time may go on for ever (L-20)",
        "Without a demand for multifactor authentication, everyTime may ask in a loop. Add mfa or an \
         authentication strength.",
    );
    let narrow =
        policy.conditions.users.as_ref().is_some_and(|users| {
            !users.include_groups.is_empty() || !users.include_roles.is_empty()
        });
    found.warning(
        session.disable_resilience_defaults == Some(true) && narrow,
        "sessionControls.disableResilienceDefaults",
        "In an outage, access is denied to everyone (L-20)",
        "Groups and roles cannot be looked up then, so that those outside of them are stopped too. \
         Name users, or leave the resilience defaults on.",
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
        let path = "grantControls.builtInControls";
        check(&json!({}), &[]);
        check(&json!({"grantControls": "(known after apply)"}), &[]);
        let apart = json!({"grantControls": {"builtInControls": ["block"]},
            "sessionControls": {"persistentBrowser": {"mode": "never", "isEnabled": true}}});
        check(&apart, &["?sessionControls"]);
        let on = |platform: &str, controls: Value, operator: &str| {
            json!({"conditions": {"platforms": {"includePlatforms": [platform]}},
                "grantControls": {"builtInControls": controls, "operator": operator}})
        };
        check(&on("linux", json!(["compliantApplication"]), "OR"), &[path]);
        check(&on("linux", json!(["compliantApplication", "mfa"]), "AND"), &[path]);
        check(&on("linux", json!(["compliantApplication", "mfa"]), "OR"), &[]);
        check(&on("iOS", json!(["compliantApplication"]), "OR"), &[]);
        let device = |rule: &str| {
            let filter = json!({"mode": "include", "rule": rule});
            json!({"conditions": {"devices": {"deviceFilter": filter}}})
        };
        check(&device("device.colour -eq \"red\""), &["?conditions.devices.deviceFilter.rule"]);
        check(&device("device.isCompliant -eq True"), &[]);
        check(&device("(known after apply)"), &[]);
    }

    #[test]
    fn controls_that_remedy_a_risk_take_one() {
        let path = "grantControls.builtInControls";
        let change = |controls: Value, operator: &str, further: Value| {
            let mut policy = json!({
                "grantControls": {"operator": operator, "builtInControls": controls},
                "conditions": {"userRiskLevels": ["high"]},
            });
            merge(&mut policy, &further);
            policy
        };
        let both = || json!(["mfa", "passwordChange"]);
        check(&change(both(), "AND", json!({})), &[]);
        check(&change(both(), "OR", json!({})), &[path]);
        check(&change(json!(["passwordChange"]), "AND", json!({})), &[path]);
        check(
            &change(json!(["mfa", "passwordChange", "compliantDevice"]), "AND", json!({})),
            &[path],
        );
        check(&change(json!(["passwordChange", "(known after apply)"]), "AND", json!({})), &[]);
        let conditions = |conditions: Value| json!({ "conditions": conditions });
        for wrong in [
            json!({"userRiskLevels": []}),
            json!({"applications": {"includeApplications": ["Office365"]}}),
            json!({"applications": {"excludeApplications": ["Office365"]}}),
            json!({"clientAppTypes": ["browser"]}),
            json!({"locations": {"includeLocations": ["All"]}}),
        ] {
            check(&change(both(), "AND", conditions(wrong)), &[path]);
        }
        let of_apps = json!({"applications": {"includeApplications": ["(known after apply)"]}});
        check(&change(both(), "AND", conditions(of_apps)), &[]);
        let remedy = json!({"grantControls": {"builtInControls": ["riskRemediation"]}});
        check(&remedy, &[&format!("?{path}"), path]);
        let at_risk = change(json!(["riskRemediation"]), "OR", json!({}));
        check(&at_risk, &[&format!("?{path}")]);
    }

    #[test]
    fn what_nobody_can_satisfy_is_found() {
        let path = "?grantControls.builtInControls";
        let guests = |controls: Value, groups: Value| {
            json!({"conditions": {"users": {"includeUsers": [], "includeGroups": groups,
                "includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"}}},
                "grantControls": {"builtInControls": controls}})
        };
        check(&guests(json!(["compliantApplication"]), json!([])), &[path]);
        check(&guests(json!(["compliantApplication", "mfa"]), json!([])), &[]);
        check(&guests(json!(["compliantApplication"]), json!(["g"])), &[]);
        let joined = |platforms: Value| {
            json!({"conditions": {"platforms": platforms},
                "grantControls": {"builtInControls": ["domainJoinedDevice"]}})
        };
        check(&joined(json!({"includePlatforms": ["iOS"]})), &[path]);
        check(
            &joined(json!({"includePlatforms": ["all"], "excludePlatforms": ["windows"]})),
            &[path],
        );
        check(&joined(json!({"includePlatforms": ["iOS", "windows"]})), &[]);
        let old = |types: Value, grant: Value| json!({"conditions": {"clientAppTypes": types}, "grantControls": grant});
        let mfa = json!({"builtInControls": ["mfa"]});
        let types = "?conditions.clientAppTypes";
        check(&old(json!(["other", "exchangeActiveSync"]), mfa.clone()), &[types]);
        check(&old(json!(["other", "browser"]), mfa), &[]);
        check(&old(json!(["other"]), json!({"builtInControls": ["block"]})), &[]);
        check(
            &old(json!(["exchangeActiveSync"]), json!({"builtInControls": ["compliantDevice"]})),
            &[],
        );
        let terms = json!({"builtInControls": [], "termsOfUse": ["t"]});
        check(&old(json!(["other"]), terms), &[types]);
    }

    #[test]
    fn registrations_workloads_and_applications_have_their_own() {
        let actions = |action: &str, further: Value| {
            let mut policy = json!({"conditions": {"applications":
                {"includeApplications": [], "includeUserActions": [action]}}});
            merge(&mut policy, &further);
            policy
        };
        let device = "urn:user:registerdevice";
        check(&actions(device, json!({})), &[]);
        let filter =
            json!({"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}});
        let devices = json!({"conditions": {"devices": filter}});
        check(&actions(device, devices.clone()), &["conditions.devices"]);
        check(&actions("urn:user:registersecurityinfo", devices), &[]);
        let types = json!({"conditions": {"clientAppTypes": ["browser"]}});
        check(&actions(device, types), &["conditions.clientAppTypes"]);
        let demand = json!({"grantControls": {"builtInControls": ["compliantDevice"]}});
        check(&actions(device, demand), &["grantControls.builtInControls"]);
        let silent = json!({"state": "enabledForReportingButNotEnforced"});
        check(&actions(device, silent), &["?conditions.applications.includeUserActions"]);

        let risk = json!({"conditions": {"servicePrincipalRiskLevels": ["high"]}});
        check(&risk, &["?conditions.servicePrincipalRiskLevels"]);
        let workloads = |conditions: Value| {
            let mut policy = json!({"grantControls": {"builtInControls": ["block"]}, "conditions": {
                "users": null, "clientApplications": {"includeServicePrincipals": ["sp"]}}});
            merge(&mut policy, &json!({ "conditions": conditions }));
            policy
        };
        check(&workloads(json!({"servicePrincipalRiskLevels": ["high"]})), &[]);
        check(&workloads(json!({"locations": {"includeLocations": ["All"]}})), &[]);
        check(
            &workloads(json!({"platforms": {"includePlatforms": ["all"]}})),
            &["?conditions.platforms"],
        );

        let graph = "00000003-0000-0000-c000-000000000000";
        let apps = |list: &str| json!({"conditions": {"applications": {list: [graph]}}});
        check(&apps("excludeApplications"), &["?conditions.applications.excludeApplications"]);
        check(&apps("includeApplications"), &["?conditions.applications.includeApplications"]);
        let limits = |app: &str| {
            json!({"conditions": {"applications": {"includeApplications": [app]}},
                "sessionControls": {"applicationEnforcedRestrictions": {"isEnabled": true}}})
        };
        check(&limits("Office365"), &[]);
        check(&limits("app"), &["?sessionControls.applicationEnforcedRestrictions"]);
    }

    #[test]
    fn contradictions_of_sessions_are_found() {
        let frequency = |control: Value| json!({"sessionControls": {"signInFrequency": control}});
        let every_time = json!({"isEnabled": true, "frequencyInterval": "everyTime"});
        check(&frequency(every_time.clone()), &[]);
        check(&frequency(json!({"isEnabled": false})), &[]);
        check(
            &json!({"grantControls": null, "sessionControls": {"signInFrequency": every_time}}),
            &["?sessionControls.signInFrequency"],
        );
        check(
            &json!({"conditions": {"users": {"includeUsers": [], "includeRoles": ["r"]}},
                    "sessionControls": {"disableResilienceDefaults": true}}),
            &["?sessionControls.disableResilienceDefaults"],
        );
    }
}
