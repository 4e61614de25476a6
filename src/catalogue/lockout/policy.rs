//! The guard of `m365_conditional_access_policy`.

use serde_json::Value as Json;

use super::facts::{self, automation};
use super::{Guard, Judged, SILENT};
use crate::catalogue::conditional_access::{methods, tenant};
use crate::declare::{Answers, Question, Read};
use crate::policy::ca::{Control, Policy, Requirement};
use crate::policy::emergency::{self, Account, EmergencyFacts, RoleAssignment};
use crate::policy::lockout::{
    Finding, Scene, Severity, Survivor, enabling, judge, stops_somebody, survivors,
};
use crate::policy::roles::{GLOBAL_ADMINISTRATOR, REPAIRERS, SYNCHRONISERS};

const REGISTRATION: &str = "urn:user:registersecurityinfo";

/// Whether a policy that is enforced, or is to be, locks somebody out.
pub(in crate::catalogue) fn conditional_access_policy(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let planned = question.planned;
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let enforced = planned["state"] == "enabled";
    // Without anybody to protect, only a change is worth looking at.
    if !enforced || (guard.is_unchanged() && !guard.has_emergency_access()) {
        return SILENT;
    }
    let mut findings = Vec::new();
    if planned["allowDirectEnable"] != true && !question.is_writing {
        findings.extend(directly(question));
    }
    foresee(&guard);
    if !guard.ask.is_complete() {
        return guard.conclude(findings);
    }
    findings.extend(locks_out(&guard));
    guard.conclude(findings)
}

/// Asks at once for what is needed whatever the policies are, so that it is one round.
pub(super) fn foresee(guard: &Guard<'_>) {
    guard.ask.answer(&tenant::policies());
    guard.administrators(&[REPAIRERS.as_slice(), SYNCHRONISERS.as_slice()].concat());
    guard.ask.answer(&defaults());
    for id in &guard.scene().emergency.user_ids {
        guard.ask.answer(&tenant::user(id));
    }
    if guard.has_emergency_access() {
        guard.ask.answer(&domains());
    }
}

fn defaults() -> Read {
    Read::one("/policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All")
}

fn domains() -> Read {
    Read::all("/domains", "Domain.Read.All").select("id,isInitial,authenticationType")
}

/// Going live without having reported first.
fn directly(question: &Question<'_>) -> Option<Finding> {
    let read = |json: &Json| Policy::from_graph(json).ok();
    let before = if question.prior.is_null() { None } else { read(question.prior) };
    enabling(before.as_ref(), &read(question.planned)?)
}

/// The policy is judged alone first, which takes the facts that it depends on and no others; most
/// policies stop nobody. So a plan of many policies grows with their number, not with its square.
fn locks_out(guard: &Guard<'_>) -> Vec<Finding> {
    let question = guard.question;
    let own = own_name(question);
    let Some(policy) = guard.planned_policy() else { return Vec::new() };
    let subjects = [policy];
    let by_rules = |scene: &Scene| judge(scene, Some(&own));
    let (scene, mut findings, fit) = judged(guard, subjects.to_vec(), &subjects, &by_rules);
    // Whom it stops, another policy may have left as the last.
    if guard.ask.is_complete() && stops_somebody(&scene) {
        let Some(policies) = guard.policies(Some(question.planned)) else { return findings };
        (_, findings, _) = judged(guard, policies, &subjects, &by_rules);
    }
    if !question.is_writing {
        findings = findings.into_iter().filter_map(foreseen).collect();
    }
    findings.extend(fit);
    findings
}

/// The tenant under `policies`, what `by_rules` finds in it, and whether the emergency accounts are
/// fit at all. Facts are asked for as far as `subjects` depend on them.
pub(super) fn judged(
    guard: &Guard<'_>,
    policies: Vec<Policy>,
    subjects: &[Policy],
    by_rules: &dyn Fn(&Scene) -> Vec<Finding>,
) -> (Scene, Vec<Finding>, Vec<Finding>) {
    let mut scene = guard.scene();
    // Asked for together, so that a round reads all of it.
    let administrators =
        guard.administrators(&[REPAIRERS.as_slice(), SYNCHRONISERS.as_slice()].concat());
    let fit = fitness(guard, &mut scene);
    guard.emergency_users(&mut scene, &policies, false);
    for policy in subjects {
        tenant_facts(guard, policy, &mut scene);
    }
    let directory = tenant::directory(&guard.ask, &policies);
    scene.directory.locations = directory.locations;
    scene.directory.strengths = directory.strengths;
    scene.directory.complete = directory.complete;
    let mut administrators = administrators.unwrap_or_default();
    administrators.retain(|user| !guard.emergency.user_ids.contains(&user.id.to_lowercase()));
    guard.with_groups(&policies, &mut administrators);
    scene.directory.users.extend(administrators);
    identity(guard, &policies, &mut scene);
    scene.policies = policies;
    guard.strengths_planned(&mut scene);
    if !guard.ask.is_complete() {
        return (scene, Vec::new(), fit);
    }
    // Which methods somebody has matters only where they are all that is missing.
    let found = by_rules(&scene);
    let unclear = |all: &[Survivor]| all.iter().any(|one| one.survives.is_maybe());
    let survivors = survivors(&scene);
    let strong = subjects.iter().any(|policy| Requirement::of(policy).mentions_strength());
    let of_emergency =
        found.iter().any(|finding| finding.id == "L-11") || unclear(&survivors.emergency);
    let of_others = strong && unclear(&survivors.administrators);
    if !of_emergency && !of_others {
        return (scene, found, fit);
    }
    let policies = std::mem::take(&mut scene.policies);
    if of_emergency {
        guard.emergency_users(&mut scene, &policies, true);
    }
    if of_others {
        guard.with_methods(&mut scene);
    }
    if strong {
        scene.directory.certificates = methods::certificates(&guard.ask);
    }
    scene.policies = policies;
    let found = by_rules(&scene);
    (scene, found, fit)
}

/// What can be said at plan: nothing that hangs on a value which is known after apply only, and no
/// more than a warning of what another part of the same plan may put right.
fn foreseen(mut finding: Finding) -> Option<Finding> {
    if finding.consequence.contains("known after apply") {
        return None;
    }
    if matches!(finding.id, "L-04" | "L-12" | "L-14") && finding.severity == Severity::Error {
        finding.severity = Severity::Warning;
        finding.remedy.push_str(
            ". If this plan does that too, let the policy depend on it (depends_on): it is looked \
             at again right before the policy is written, and stopped if it still is so",
        );
    }
    Some(finding)
}

/// By what the policy is found among all: its id, or its name as long as it has none.
fn own_name(question: &Question<'_>) -> String {
    let id = question.prior["id"].as_str();
    id.or(question.planned["displayName"].as_str()).unwrap_or_default().to_owned()
}

/// Facts of the tenant that this policy depends on.
fn tenant_facts(guard: &Guard<'_>, policy: &Policy, scene: &mut Scene) {
    let ask = &guard.ask;
    scene.tenant.security_defaults = match planned_defaults(guard.question) {
        Some(planned) => Some(planned),
        None => ask.known(&defaults()).and_then(|defaults| defaults["isEnabled"].as_bool()),
    };
    let required = Requirement::of(policy);
    let count = |path: &str, permission: &'static str, filter: &str| {
        let read = Read::one(path, permission).filter(filter).select("id").top(1);
        let found = ask.known(&read)?["value"].as_array()?.len();
        u64::try_from(found).ok()
    };
    if required.mentions(&Control::CompliantDevice) {
        scene.tenant.compliant_devices =
            count("/devices", "Device.Read.All", "isCompliant eq true");
    }
    if required.mentions(&Control::DomainJoinedDevice) {
        scene.tenant.hybrid_devices =
            count("/devices", "Device.Read.All", "trustType eq 'ServerAd'");
    }
    if required.mentions(&Control::CompliantApplication) {
        let read =
            Read::all("/deviceAppManagement/managedAppPolicies", "DeviceManagementApps.Read.All");
        let found = ask.objects(&read).map(<[Json]>::len);
        scene.tenant.app_protection_policies = found.and_then(|found| u64::try_from(found).ok());
    }
    let registers = policy.conditions.applications.iter().any(|applications| {
        applications.include_user_actions.iter().any(|action| action == REGISTRATION)
    });
    if registers {
        let read = Read::one(
            "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass",
            "Policy.Read.AuthenticationMethod",
        );
        scene.tenant.temporary_access_pass =
            ask.known(&read).and_then(|pass| Some(pass["state"].as_str()? == "enabled"));
    }
}

/// Whether security defaults are to be on, where this process plans them.
fn planned_defaults(question: &Question<'_>) -> Option<bool> {
    let mut elsewhere = question.elsewhere.iter();
    let planned = elsewhere.find(|((resource, _), _)| *resource == "security_defaults")?;
    planned.1["isEnabled"].as_bool()
}

/// Who runs the plan, where policies are for such.
fn identity(guard: &Guard<'_>, policies: &[Policy], scene: &mut Scene) {
    let own = automation(guard.question.token);
    if let Some(id) = &own.service_principal_id {
        let found = tenant::service_principal(&guard.ask, policies, id);
        scene.directory.service_principals.extend(found);
        scene.directory.tenant_id = guard.question.token["tid"].as_str().map(str::to_owned);
    }
    if let Some(id) = &own.user_id
        && !scene.directory.users.iter().any(|user| user.id.eq_ignore_ascii_case(id))
    {
        let user = tenant::person(&guard.ask, policies, id, false);
        facts::put(&mut scene.directory, user);
    }
}

/// Whether the emergency accounts are what they have to be for anything to rest on them.
fn fitness(guard: &Guard<'_>, scene: &mut Scene) -> Vec<Finding> {
    if !guard.has_emergency_access() {
        return Vec::new();
    }
    let ask = &guard.ask;
    let initial = ask
        .objects(&domains())
        .and_then(|domains| domains.iter().find(|domain| domain["isInitial"] == true));
    let text = |json: &Json, name: &str| json[name].as_str().map(str::to_owned);
    scene.tenant.initial_domain = initial.and_then(|domain| text(domain, "id"));
    let holders = guard.administrators(&[GLOBAL_ADMINISTRATOR]);
    let accounts = scene.emergency.user_ids.iter().map(|id| {
        let read = tenant::user(id);
        let told = ask.known(&read);
        let holds = holders.as_ref().map(|holders| {
            let holds = holders.iter().any(|user| user.id.eq_ignore_ascii_case(id));
            let role = RoleAssignment {
                role: GLOBAL_ADMINISTRATOR.to_owned(),
                directory_scope_id: "/".to_owned(),
                is_active: true,
                expires: false,
            };
            if holds { vec![role] } else { Vec::new() }
        });
        let absent = ask.answer(&read) == Some(&crate::declare::Answer::Absent);
        Account {
            id: id.clone(),
            is_missing: absent,
            user_principal_name: told.and_then(|told| text(told, "userPrincipalName")),
            account_enabled: if absent {
                Some(false)
            } else {
                told.and_then(|told| told["accountEnabled"].as_bool())
            },
            on_premises_sync_enabled: told.map(|told| told["onPremisesSyncEnabled"] == true),
            roles: holds,
            ..Account::default()
        }
    });
    let facts = EmergencyFacts {
        accounts: accounts.collect(),
        initial_domain_managed: initial.map(|domain| domain["authenticationType"] == "Managed"),
        initial_domain: scene.tenant.initial_domain.clone(),
        ..EmergencyFacts::default()
    };
    // What is not known is told once, as facts that could not be read.
    let certain = |finding: &Finding| finding.severity == Severity::Error;
    emergency::findings(&facts).into_iter().filter(certain).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere, Inquiry, UNKNOWN};

    #[test]
    fn the_mark_of_what_is_not_known_is_one() {
        assert_eq!(UNKNOWN, crate::policy::ca::UNKNOWN);
    }

    /// The paths that are read to judge a policy with this control beside one that names a group, and
    /// the rules that are told.
    fn judged_with(control: &str) -> (Vec<String>, Vec<String>) {
        let policy = |name: &str, users: Json, control: &str| {
            json!({
                "displayName": name, "state": "enabled", "allowDirectEnable": true,
                "conditions": {"users": users, "applications": {"includeApplications": ["All"]}},
                "grantControls": {"operator": "OR", "builtInControls": [control]},
            })
        };
        let mut other = policy("Q", json!({"includeGroups": ["g"]}), "block");
        other["id"] = json!("q");
        let planned = policy("P", json!({"includeUsers": ["admin"]}), control);
        let holder = json!({
            "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/", "principalId": "admin",
            "principal": {"@odata.type": "#microsoft.graph.user", "id": "admin", "userType": "Member"},
        });
        let (elsewhere, mut answers) = (Elsewhere::new(), Answers::default());
        let mut paths = Vec::new();
        loop {
            let question = Question {
                prior: &Json::Null,
                planned: &planned,
                is_replaced: false,
                is_writing: false,
                provider: &json!({}),
                token: &Json::Null,
                elsewhere: &elsewhere,
            };
            match conditional_access_policy(&question, &answers) {
                Inquiry::Needs(reads) => {
                    for read in reads {
                        let holds =
                            read.query.iter().any(|(_, q)| q.contains(GLOBAL_ADMINISTRATOR));
                        let answer = match read.path.as_str() {
                            "/identity/conditionalAccess/policies" => json!([other]),
                            "/roleManagement/directory/roleAssignments" if holds => json!([holder]),
                            path if path.ends_with("transitiveMemberOf") => json!([{"id": "g"}]),
                            _ => json!([]),
                        };
                        paths.push(read.path.clone());
                        answers.insert(read, Answer::Found(answer));
                    }
                }
                Inquiry::Concluded(found) => {
                    return (paths, found.into_iter().map(|one| one.summary).collect());
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    #[test]
    fn what_stops_nobody_is_judged_alone() {
        let (paths, told) = judged_with("mfa");
        assert!(!paths.iter().any(|path| path.ends_with("transitiveMemberOf")), "{paths:?}");
        assert_eq!(told, [""; 0]);
        // What stops somebody may stop the last one whom the others left.
        let (paths, told) = judged_with("block");
        assert!(paths.iter().any(|path| path.ends_with("transitiveMemberOf")), "{paths:?}");
        assert_eq!(told, ["L-01: No known administrator could sign in to repair the tenant"]);
    }
}
