//! Whether a policy cuts off what carries out the plan (L-18).

use super::Scene;
use super::finding::Finding;
use crate::policy::ca::{Policy, PolicyResult, Standing};

pub(super) fn findings(
    policy: &Policy,
    trial: Option<&PolicyResult>,
    scene: &Scene,
) -> Option<Finding> {
    let result = trial?;
    if result.applies.is_no() || result.standing != Some(Standing::Impossible) {
        return None;
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
    let own = &scene.automation;
    let whom = own.service_principal_id.iter().chain(&own.user_id).take(1).cloned();
    Some(
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
    )
}
