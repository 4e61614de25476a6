//! What a policy takes of its tenant to do what it says: licences (INV-09), a way back for passwords
//! that are changed in the cloud (INV-08), and holders of its roles in the whole tenant (INV-23).
//!
//! All of it is told and refuses nothing: Graph takes the policy, and the tenant may come to have what
//! is missing. Only what a plan adds is looked at, so that a policy that stays as it is costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::catalogue::lockout;
use crate::declare::{Answers, Asking, Finding, Inquiry, Question, Read};
use crate::policy::ca::Policy;
use crate::terraform::Path;

/// What the tenant lacks for a policy.
pub(super) fn of_policy(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let is_silent = question.provider["lockoutProtection"] == "off" || question.is_writing;
    if is_silent || question.planned.is_null() {
        return ask.conclude(Vec::new());
    }
    let Ok(planned) = Policy::from_graph(question.planned) else {
        return ask.conclude(Vec::new());
    };
    let prior = Policy::from_graph(question.prior).unwrap_or_default();
    let mut found = licences(&ask, &prior, &planned);
    found.extend(writeback(&ask, &prior, &planned));
    found.extend(scoped_roles(&ask, &prior, &planned));
    ask.conclude(found)
}

/// What takes a licence beyond Microsoft Entra ID P1: the path, whether the policy has it, the licence,
/// and the service plans that it is (Entra, "Product names and service plan identifiers for licensing").
type Licensed = (&'static str, fn(&Policy) -> bool, &'static str, &'static [&'static str]);

const P2: &[&str] = &["eec0eb4f-6444-4f95-aba0-50c24d67f998"];
const WORKLOADS: &[&str] =
    &["84c289f0-efcb-486f-8581-07f44fc9efad", "7dc0e92d-bf15-401d-907e-0884efe7c760"];

const LICENSED: &[Licensed] = &[
    (
        "conditions.user_risk_levels",
        |policy| !policy.conditions.user_risk_levels.is_empty(),
        "Microsoft Entra ID P2",
        P2,
    ),
    (
        "conditions.sign_in_risk_levels",
        |policy| !policy.conditions.sign_in_risk_levels.is_empty(),
        "Microsoft Entra ID P2",
        P2,
    ),
    (
        "conditions.client_applications",
        |policy| {
            policy.conditions.client_applications.as_ref().is_some_and(|clients| {
                !clients.include_service_principals.is_empty()
                    || clients.service_principal_filter.is_some()
            })
        },
        "Microsoft Entra Workload ID Premium",
        WORKLOADS,
    ),
];

fn licences(ask: &Asking<'_>, prior: &Policy, planned: &Policy) -> Vec<Finding> {
    let mut added = LICENSED.iter().filter(|(_, has, _, _)| has(planned) && !has(prior)).peekable();
    if added.peek().is_none() {
        return Vec::new();
    }
    // Where nothing is told, nothing is known.
    let read = Read::all("/subscribedSkus", "LicenseAssignment.Read.All");
    let Some(bought) = ask.objects(&read).filter(|all| !all.is_empty()) else { return Vec::new() };
    let plans: BTreeSet<&str> = bought.iter().filter(counts).flat_map(plans).collect();
    added
        .filter(|(_, _, _, any)| !any.iter().any(|plan| plans.contains(plan)))
        .map(|(at, _, licence, _)| {
            Finding::warning(
                path(at),
                format!("INV-09: {at} takes {licence}"),
                format!(
                    "No subscription of the tenant has it, and Graph may refuse the policy or Microsoft \
                     Entra not evaluate it. Get {licence}, or leave the condition out."
                ),
            )
        })
        .collect()
}

/// Whether a subscription still gives what was bought.
fn counts(sku: &&Json) -> bool {
    matches!(sku["capabilityStatus"].as_str(), Some("Enabled" | "Warning") | None)
}

fn plans(sku: &Json) -> impl Iterator<Item = &str> {
    let plans = sku["servicePlans"].as_array().into_iter().flatten();
    plans.filter_map(|plan| plan["servicePlanId"].as_str())
}

/// A password that a synchronised user changes in the cloud comes back as the old one, unless it is
/// written to on-premises. Whether it is, Graph does not tell.
fn writeback(ask: &Asking<'_>, prior: &Policy, planned: &Policy) -> Option<Finding> {
    let changes = |policy: &Policy| {
        let controls = policy.grant_controls.iter().flat_map(|grant| &grant.built_in_controls);
        controls.into_iter().any(|control| control == "passwordChange")
    };
    if !changes(planned) || changes(prior) {
        return None;
    }
    let read = Read::all("/organization", "Organization.Read.All");
    let synchronised = ask.objects(&read)?.first()?["onPremisesSyncEnabled"] == true;
    synchronised.then(|| {
        Finding::warning(
            path("grant_controls.built_in_controls"),
            "INV-08: passwordChange takes password writeback for synchronised users",
            "Their passwords are changed on-premises, and Graph does not tell whether Microsoft Entra \
             Connect or Cloud Sync writes them back. Make sure that it does, or they stay blocked.",
        )
    })
}

/// Who holds an included role in a part of the tenant only, and so is not meant.
fn scoped_roles(ask: &Asking<'_>, prior: &Policy, planned: &Policy) -> Option<Finding> {
    let roles = |policy: &Policy| -> Vec<String> {
        policy.conditions.users.iter().flat_map(|users| users.include_roles.clone()).collect()
    };
    let (before, after) = (roles(prior), roles(planned));
    let users = planned.conditions.users.as_ref()?;
    let everyone = users.include_users.iter().any(|user| user == "All");
    if everyone || after.iter().all(|role| before.contains(role)) {
        return None;
    }
    let is_id = |role: &&String| uuid::Uuid::try_parse(role).is_ok();
    let mut scopes: BTreeMap<&str, (bool, String)> = BTreeMap::new();
    for assignment in after
        .iter()
        .filter(is_id)
        .flat_map(|role| ask.objects(&lockout::holders_of(role)).unwrap_or_default())
    {
        let Some(id) = assignment["principalId"].as_str() else { continue };
        let holder = scopes.entry(id).or_insert_with(|| (false, name(assignment, id)));
        // A scope that is not told is none.
        holder.0 |= matches!(assignment["directoryScopeId"].as_str(), Some("/") | None);
    }
    let named = |id: &str| users.include_users.iter().any(|user| user.eq_ignore_ascii_case(id));
    let missed: Vec<String> = scopes
        .into_iter()
        .filter(|(id, (whole, _))| !whole && !named(id))
        .map(|(_, (_, name))| name)
        .collect();
    (!missed.is_empty()).then(|| {
        Finding::warning(
            path("conditions.users.include_roles"),
            "INV-23: Who holds a role in a part of the tenant only is not meant",
            format!(
                "Policies for roles count where the role is held in the whole tenant. Held in an \
                 administrative unit or over one object only: {}. Include them as users or by a group, too.",
                missed.join(", ")
            ),
        )
    })
}

/// What a principal is called.
fn name(assignment: &Json, id: &str) -> String {
    let names = ["userPrincipalName", "displayName"];
    let name = names.iter().find_map(|name| assignment["principal"][*name].as_str());
    name.unwrap_or(id).to_owned()
}

fn path(dotted: &str) -> Path {
    super::contradictions::path(dotted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere};

    const ROLE: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

    /// The summary and the detail of all findings, where Graph tells `told` by path, and nothing else;
    /// and what was read.
    fn found(prior: &Json, planned: &Json, told: &[(&str, Json)]) -> (Vec<String>, Vec<String>) {
        let (provider, token, elsewhere) = (Json::Null, Json::Null, Elsewhere::new());
        let question = Question {
            prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &provider,
            token: &token,
            elsewhere: &elsewhere,
        };
        let (mut answers, mut read) = (Answers::default(), Vec::new());
        loop {
            match of_policy(&question, &answers) {
                Inquiry::Needs(reads) => {
                    for one in reads {
                        let answer = told.iter().find(|(path, _)| *path == one.path);
                        let answer = answer.map_or(Answer::Refused("no".into()), |(_, json)| {
                            Answer::Found(json.clone())
                        });
                        read.push(one.path.clone());
                        answers.insert(one, answer);
                    }
                }
                Inquiry::Concluded(found) => {
                    let said = |one: Finding| format!("{} {}", one.summary, one.detail);
                    return (found.into_iter().map(said).collect(), read);
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    fn policy(conditions: Json, controls: &[&str]) -> Json {
        json!({ "displayName": "P", "state": "enabled", "conditions": conditions,
            "grantControls": { "operator": "AND", "builtInControls": controls } })
    }

    #[track_caller]
    fn tells(planned: &Json, told: &[(&str, Json)], expected: &[&str]) {
        let (said, _) = found(&Json::Null, planned, told);
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (said, words) in said.iter().zip(expected) {
            assert!(said.contains(words), "{said}");
        }
        let (said, read) = found(planned, planned, told);
        assert!(said.is_empty() && read.is_empty(), "it stays: {said:?} {read:?}");
    }

    #[test]
    fn licences_are_told_by_what_takes_them() {
        let sku = |status: &str, plan: &str| {
            let plans = json!([{ "servicePlanId": plan }]);
            let sku = json!({ "capabilityStatus": status, "servicePlans": plans });
            [("/subscribedSkus", json!([sku]))]
        };
        let risk = policy(json!({ "signInRiskLevels": ["high"] }), &["mfa"]);
        let says = "INV-09: conditions.sign_in_risk_levels takes Microsoft Entra ID P2";
        tells(&risk, &sku("Enabled", P2[0]), &[]);
        tells(&risk, &sku("Suspended", P2[0]), &[says]);
        tells(&risk, &sku("Enabled", WORKLOADS[0]), &[says]);
        tells(&risk, &[("/subscribedSkus", json!([]))], &[]);
        tells(&risk, &[], &[]);
        let clients = json!({ "includeServicePrincipals": ["ServicePrincipalsInMyTenant"] });
        let workloads = policy(json!({ "clientApplications": clients }), &["block"]);
        tells(&workloads, &sku("Enabled", WORKLOADS[1]), &[]);
        tells(&workloads, &sku("Enabled", P2[0]), &["Microsoft Entra Workload ID Premium"]);
        let plain = policy(json!({ "users": { "includeUsers": ["All"] } }), &["mfa"]);
        assert!(found(&Json::Null, &plain, &[]).1.is_empty());
    }

    #[test]
    fn passwords_of_synchronised_users_are_written_back() {
        let changing = policy(json!({}), &["mfa", "passwordChange"]);
        let tenant = |on: Json| [("/organization", json!([{ "onPremisesSyncEnabled": on }]))];
        tells(&changing, &tenant(true.into()), &["INV-08"]);
        tells(&changing, &tenant(Json::Null), &[]);
    }

    #[test]
    fn holders_in_a_part_of_the_tenant_are_named() {
        let held = |id: &str, scope: &str| {
            json!({ "principalId": id, "directoryScopeId": scope,
                "principal": { "userPrincipalName": format!("{id}@x.com") } })
        };
        let unit = "/administrativeUnits/u";
        let all = [held("ann", unit), held("bob", unit), held("bob", "/"), held("cy", unit)];
        let told = [("/roleManagement/directory/roleAssignments", json!(all))];
        let users = |more: Json| {
            let mut users = json!({ "includeRoles": [ROLE], "includeUsers": ["cy"] });
            users["includeUsers"] = more;
            policy(json!({ "users": users }), &["mfa"])
        };
        tells(
            &users(json!(["CY"])),
            &told,
            &["administrative unit or over one object only: ann@x.com."],
        );
        tells(&users(json!(["cy", "ann"])), &told, &[]);
        tells(&users(json!(["All"])), &told, &[]);
    }
}
