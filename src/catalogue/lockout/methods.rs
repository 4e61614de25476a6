//! The guard of `m365_authentication_method_configuration`.

use serde_json::Value as Json;

use super::policy::judged;
use super::{Guard, Judged, SILENT};
use crate::catalogue::conditional_access::{methods, tenant};
use crate::declare::{Answers, Question, UNKNOWN};
use crate::policy::ca::{Policy, Requirement, State, User};
use crate::policy::lockout::{Change, guard as judge};

/// What methods are called among `authenticationMethodModes`. The others satisfy no demand of more
/// than a password.
const MODES: &[(&str, &[&str])] = &[
    ("Fido2", &["fido2"]),
    ("MicrosoftAuthenticator", &["microsoftAuthenticatorPush", "deviceBasedPush"]),
    ("TemporaryAccessPass", &["temporaryAccessPassOneTime", "temporaryAccessPassMultiUse"]),
    ("Sms", &["sms"]),
    ("Voice", &["sms"]),
    ("SoftwareOath", &["softwareOath"]),
    ("HardwareOath", &["hardwareOath"]),
    ("X509Certificate", &["x509CertificateSingleFactor", "x509CertificateMultiFactor"]),
];

/// Whether a change takes a method from emergency access or the last administrators that policies
/// demand of them.
///
/// Only what is taken is judged: that another method which somebody has registered is not let in
/// either, apart from passkeys, is not looked at.
pub(in crate::catalogue) fn authentication_method_configuration(
    question: &Question<'_>,
    answers: &Answers,
) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let named = question.planned["method"].as_str().filter(|_| !guard.is_unchanged());
    let of_it = |method: &str| MODES.iter().find(|(id, _)| id.eq_ignore_ascii_case(method));
    let Some((method, modes)) = named.and_then(of_it) else { return SILENT };
    let Some(before) = guard.ask.known(&methods::configuration(method)).cloned() else {
        return guard.conclude(Vec::new());
    };
    let after = laid_over(&before, question.planned);
    let (prior, planned) = (question.prior, question.planned);
    let changes = |name: &str| {
        before[name] != after[name] && (prior.is_null() || prior[name] != planned[name])
    };
    let keys = *method == "Fido2" && changes("keyRestrictions");
    let targets = ["state", "includeTargets", "excludeTargets"].into_iter().any(changes);
    if before["state"] != "enabled" || !(keys || targets) {
        return guard.conclude(Vec::new());
    }
    if is_phone(method) && guard.calls_or_writes(method) {
        return guard.conclude(Vec::new());
    }
    let Some(policies) = guard.policies(None) else { return guard.conclude(Vec::new()) };
    let subjects: Vec<Policy> =
        policies.iter().filter(|policy| policy.state == State::Enabled).cloned().collect();
    let (mut scene, _, _) = judged(&guard, policies, &subjects, &|_| Vec::new());
    let policies = std::mem::take(&mut scene.policies);
    guard.emergency_users(&mut scene, &policies, true);
    guard.with_methods(&mut scene);
    if subjects.iter().any(|policy| Requirement::of(policy).mentions_strength()) {
        scene.directory.certificates = methods::certificates(&guard.ask);
    }
    scene.policies = policies;
    let users = match after["state"] == "disabled" {
        true => None,
        false => {
            let known = scene.directory.users.iter().filter(|user| user.methods.is_some());
            let hit = known.filter(|user| guard.is_taken(user, &before, &after, keys));
            Some(hit.map(|user| user.id.clone()).collect())
        }
    };
    if !guard.ask.is_complete() {
        return guard.conclude(Vec::new());
    }
    let modes = modes.iter().map(|mode| (*mode).to_owned()).collect();
    let change = Change::MethodDisabled { method: (*method).to_owned(), modes, users };
    let findings = judge(&change, &scene);
    guard.conclude(findings)
}

/// Graph tells that a phone is registered, and not what it is used for.
fn is_phone(method: &str) -> bool {
    ["Sms", "Voice"].contains(&method)
}

impl Guard<'_> {
    /// Whether the other use of a phone stays.
    fn calls_or_writes(&self, method: &str) -> bool {
        let other = if method == "Sms" { "Voice" } else { "Sms" };
        let mut elsewhere = self.question.elsewhere.iter();
        let planned = elsewhere.find(|((resource, _), planned)| {
            *resource == "authentication_method_configuration"
                && planned["method"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(other))
        });
        let told = self.ask.known(&methods::configuration(other)).unwrap_or(&Json::Null);
        let state = planned.and_then(|(_, planned)| planned["state"].as_str());
        state.filter(|state| *state != UNKNOWN).or(told["state"].as_str()) == Some("enabled")
    }

    /// Whether somebody could use a method before, and cannot after; false where nobody knows.
    fn is_taken(&self, user: &User, before: &Json, after: &Json, keys: bool) -> bool {
        let is_let_in = |configuration| self.lets_in(configuration, &user.id);
        if is_let_in(before) != Some(true) {
            return false;
        }
        let told = self.ask.objects(&methods::registered(&user.id)).filter(|_| keys);
        let loses_keys = told
            .is_some_and(|told| methods::has_key(told, before) && !methods::has_key(told, after));
        loses_keys || is_let_in(after) == Some(false)
    }

    /// Whether the targets of a method have somebody among them.
    fn lets_in(&self, configuration: &Json, user: &str) -> Option<bool> {
        match self.targets(&configuration["excludeTargets"], user) {
            Some(false) => self.targets(&configuration["includeTargets"], user),
            excluded => excluded.map(|_| false),
        }
    }

    fn targets(&self, targets: &Json, user: &str) -> Option<bool> {
        let ids = || {
            let all = targets.as_array().into_iter().flatten();
            all.filter_map(|target| target["id"].as_str())
        };
        let is_it = |id: &str| id == "all_users" || id.eq_ignore_ascii_case(user);
        if ids().any(is_it) || ids().next().is_none() {
            return Some(ids().next().is_some());
        }
        let told = self.ask.objects(&tenant::memberships(user))?;
        let mut groups: Vec<String> =
            told.iter().filter_map(|group| Some(group["id"].as_str()?.to_owned())).collect();
        self.memberships_planned(user, &mut groups);
        let has = |id: &str| groups.iter().any(|own| own.eq_ignore_ascii_case(id));
        match ids().any(has) {
            true => Some(true),
            // A group that is made by the same plan may have anybody in it.
            false if ids().any(|id| id == UNKNOWN) => None,
            false => Some(false),
        }
    }
}

/// What is planned, over what is there: what nobody configured stays.
fn laid_over(before: &Json, planned: &Json) -> Json {
    match (before, planned) {
        (before, Json::Null) => before.clone(),
        (before, Json::String(text)) if text == UNKNOWN => before.clone(),
        (Json::Object(before), Json::Object(planned)) => {
            let mut all = before.clone();
            for (name, value) in planned {
                let laid = laid_over(before.get(name).unwrap_or(&Json::Null), value);
                all.insert(name.clone(), laid);
            }
            Json::Object(all)
        }
        (_, planned) => planned.clone(),
    }
}
