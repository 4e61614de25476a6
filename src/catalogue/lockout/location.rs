//! The guard of `m365_named_location`.

use serde_json::Value as Json;

use super::facts::{automation, put};
use super::{Guard, Judged, SILENT, later, mentions_unknown};
use crate::catalogue::conditional_access::tenant;
use crate::declare::{Answers, Question};
use crate::policy::ca::{NamedLocation, Policy};
use crate::policy::lockout::{Change, guard as judge};
use crate::policy::roles::GLOBAL_ADMINISTRATOR;

/// Whether a location that changes or goes moves somebody out of what policies let in.
pub(in crate::catalogue) fn named_location(question: &Question<'_>, answers: &Answers) -> Judged {
    let Some(guard) = Guard::new(question, answers) else { return SILENT };
    let read = |json: &Json| serde_json::from_value::<NamedLocation>(json.clone()).ok();
    if question.prior.is_null() || guard.is_unchanged() || mentions_places_unknown(question) {
        return SILENT;
    }
    let Some(before) = read(question.prior) else { return SILENT };
    let after = if guard.is_removed() { None } else { read(question.planned) };
    if after.as_ref() == Some(&before) {
        return SILENT;
    }
    let Some(policies) = guard.policies(None) else { return guard.conclude(Vec::new()) };
    if !policies.iter().chain(&guard.policies_until_then()).any(rests_on_places) {
        return guard.conclude(Vec::new());
    }
    let mut scene = guard.scene();
    let directory = tenant::directory(&guard.ask, &policies);
    scene.directory.locations = directory.locations;
    scene.directory.complete = directory.complete;
    let administrators = guard.administrators(&[GLOBAL_ADMINISTRATOR]);
    guard.emergency_users(&mut scene, &policies, false);
    let mut administrators = administrators.unwrap_or_default();
    guard.with_groups(&policies, &mut administrators);
    administrators.retain(|user| !guard.emergency.user_ids.contains(&user.id.to_lowercase()));
    for user in administrators {
        put(&mut scene.directory, user);
    }
    if let Some(id) = automation(question.token).service_principal_id {
        let own = tenant::service_principal(&guard.ask, &policies, &id);
        scene.directory.service_principals.extend(own);
    }
    scene.policies = policies;
    scene.until_then = guard.policies_until_then();
    let findings = later(question, judge(&Change::Location { before, after }, &scene));
    guard.conclude(findings)
}

fn mentions_places_unknown(question: &Question<'_>) -> bool {
    ["ipRanges", "isTrusted", "countriesAndRegions", "includeUnknownCountriesAndRegions"]
        .iter()
        .any(|name| mentions_unknown(&question.planned[*name]))
}

fn rests_on_places(policy: &Policy) -> bool {
    policy.conditions.locations.is_some()
}
