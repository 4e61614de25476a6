//! Whether a policy stops the account that synchronises the directory (L-03).
//!
//! Entra Connect signs in as a user, unattended: whatever is demanded of it, nobody is there to
//! give it, and synchronisation stops without a word. Newer versions sign in as an application,
//! which policies for users do not reach.

use super::finding::Finding;
use super::{Scene, scenario};
use crate::policy::ca::known::AZURE_ACTIVE_DIRECTORY;
use crate::policy::ca::{
    Control, Policy, PolicyResult, Requirement, SignIn, SignInConditions, Standing, User, Users,
};
use crate::policy::roles::SYNCHRONISERS;

/// The accounts that synchronise the directory, as far as they are known.
pub(super) fn accounts(scene: &Scene) -> impl Iterator<Item = &User> {
    scene.directory.users.iter().filter(|user| {
        user.account_enabled != Some(false)
            && user.roles.iter().flatten().any(|role| is_synchroniser(role))
    })
}

/// Such an account at work.
pub(super) fn sign_in(user: &str) -> SignIn {
    SignIn::of_user(user, AZURE_ACTIVE_DIRECTORY).under(SignInConditions {
        client_app_type: Some("mobileAppsAndDesktopClients".to_owned()),
        ..scenario::calm()
    })
}

pub(super) fn findings<'a>(
    policy: &Policy,
    trials: impl Iterator<Item = (&'a str, &'a PolicyResult)>,
    scene: &Scene,
) -> Vec<Finding> {
    let mut known = false;
    let stopped: Vec<&str> = trials
        .inspect(|_| known = true)
        .filter(|(_, result)| result.applies.is_yes() && result.standing != Some(Standing::Met))
        .map(|(name, _)| name)
        .collect();
    let finding = if !stopped.is_empty() {
        Finding::error("L-03", format!("Policy \"{}\" stops synchronisation", policy.name()))
            .to(stopped)
    } else if !known && scene.tenant.synchronised == Some(true) && covers_all(policy) {
        Finding::warning("L-03", format!("Policy \"{}\" may stop synchronisation", policy.name()))
            .to(["the account that Entra Connect signs in with"])
    } else {
        return Vec::new();
    };
    vec![finding.of(policy.name()).would(consequence(&Requirement::of(policy))).fix(format!(
        "exclude the role Directory Synchronization Accounts ({}) in exclude_roles, or let \
                 Entra Connect sign in as an application",
        SYNCHRONISERS[0]
    ))]
}

fn consequence(required: &Requirement) -> String {
    let why = if required.mentions(&Control::Block) {
        "The account is refused.".to_owned()
    } else {
        format!(
            "The account signs in unattended, so nobody is there to meet the demand for {required}."
        )
    };
    format!("{why} Changes on premises silently stop to arrive.")
}

fn is_synchroniser(role: &str) -> bool {
    SYNCHRONISERS.iter().any(|known| known.eq_ignore_ascii_case(role))
}

/// Whether a policy is for all users and all applications, the role not excluded, whatever the
/// client.
fn covers_all(policy: &Policy) -> bool {
    let conditions = &policy.conditions;
    let all = |users: &Users| {
        users.include_users.iter().any(|id| id == "All")
            && !users.exclude_roles.iter().any(|role| is_synchroniser(role))
    };
    let modern = conditions.client_app_types.is_empty()
        || conditions
            .client_app_types
            .iter()
            .any(|kind| kind == "all" || kind == "mobileAppsAndDesktopClients");
    let risky =
        !conditions.user_risk_levels.is_empty() || !conditions.sign_in_risk_levels.is_empty();
    let required = Requirement::of(policy);
    let narrowed = conditions.platforms.is_some()
        || conditions.devices.is_some()
        || conditions.authentication_flows.is_some()
        || !conditions.insider_risk_levels.is_empty();
    conditions.users.as_ref().is_some_and(all)
        && conditions
            .applications
            .iter()
            .any(|applications| applications.include_applications.iter().any(|id| id == "All"))
        && modern
        && !risky
        && !narrowed
        && (required.mentions(&Control::Block) || !required.is_nothing())
}
