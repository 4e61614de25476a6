//! Whether a policy cuts off what carries out the plan (L-18).

use super::finding::Finding;
use super::{Scene, scenario};
use crate::policy::ca::known::MICROSOFT_GRAPH;
use crate::policy::ca::{Compiled, Mode, Policy, SignIn, SignInConditions, Standing, State};

pub(super) fn findings(policy: &Policy, scene: &Scene) -> Vec<Finding> {
    if matches!(policy.state, State::Disabled | State::ReportOnly) {
        return Vec::new();
    }
    let own = &scene.automation;
    let sign_in = match (&own.service_principal_id, &own.user_id) {
        (Some(id), _) => SignIn::of_service_principal(id, MICROSOFT_GRAPH),
        (None, Some(id)) => SignIn::of_user(id, MICROSOFT_GRAPH),
        (None, None) => return Vec::new(),
    };
    // Unlike an emergency, a run of Terraform comes from where it came from last time; what is
    // not known of that place stays open.
    let sign_in = sign_in.under(SignInConditions {
        client_app_type: Some("mobileAppsAndDesktopClients".to_owned()),
        ip_address: own.address,
        country: None,
        device_platform: None,
        device_info: None,
        ..scenario::calm()
    });
    let compiled = Compiled::new([policy], &scene.directory);
    let outcome = compiled.evaluate(&sign_in, Mode::WorstCase);
    let Some(result) = outcome.policies.first() else { return Vec::new() };
    if result.applies.is_no() || result.standing != Some(Standing::Impossible) {
        return Vec::new();
    }
    let summary = |verb: &str| format!("Policy \"{}\" {verb} Terraform itself", policy.name());
    let finding = if result.applies.is_yes() {
        Finding::error("L-18", summary("cuts off"))
    } else {
        let doubts: Vec<String> = result.uncertain.iter().map(ToString::to_string).collect();
        Finding::warning("L-18", summary("may cut off"))
            .would(format!("It is not certain whether the policy applies: {}.", doubts.join("; ")))
    };
    let known = finding.consequence.clone();
    let whom = own.service_principal_id.iter().chain(&own.user_id).take(1).cloned();
    vec![
        finding
            .of(policy.name())
            .would(
                format!(
                    "Once the policy is enforced, the identity that runs this plan gets no token: \
                     neither the rest of the plan nor its repair could be carried out. {known}"
                )
                .trim_end(),
            )
            .to(whom)
            .fix(
                "exclude the identity (exclude_service_principals, or exclude_users for a user), \
                 or put the address that it runs from into the location that is excluded",
            ),
    ]
}
