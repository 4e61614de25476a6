//! Whether a policy stops the account that synchronises the directory (L-03).
//!
//! Entra Connect signs in as a user, unattended: whatever is demanded of it, nobody is there to
//! give it, and synchronisation stops without a word. Newer versions sign in as an application,
//! which policies for users do not reach.

use super::finding::Finding;
use super::{Scene, scenario};
use crate::policy::ca::known::AZURE_ACTIVE_DIRECTORY;
use crate::policy::ca::{
    Compiled, Control, Mode, Policy, Requirement, SignIn, SignInConditions, Standing, State, User,
    Users,
};
use crate::policy::roles::SYNCHRONISERS;

pub(super) fn findings(policy: &Policy, scene: &Scene) -> Vec<Finding> {
    if matches!(policy.state, State::Disabled | State::ReportOnly) {
        return Vec::new();
    }
    let synchronises = |user: &&User| {
        let roles = user.roles.iter().flatten();
        roles.into_iter().any(|role| is_synchroniser(role)) && user.account_enabled != Some(false)
    };
    let compiled = Compiled::new([policy], &scene.directory);
    let known: Vec<&User> = scene.directory.users.iter().filter(synchronises).collect();
    let stopped: Vec<&str> = known
        .iter()
        .filter(|user| {
            let conditions = SignInConditions {
                client_app_type: Some("mobileAppsAndDesktopClients".to_owned()),
                ..scenario::calm()
            };
            let sign_in = SignIn::of_user(&user.id, AZURE_ACTIVE_DIRECTORY).under(conditions);
            let outcome = compiled.evaluate(&sign_in, Mode::WorstCase);
            outcome.applied().any(|result| result.standing != Some(Standing::Met))
        })
        .map(|user| user.name())
        .collect();
    let finding = if !stopped.is_empty() {
        Finding::error("L-03", format!("Policy \"{}\" stops synchronisation", policy.name()))
            .to(stopped)
    } else if known.is_empty() && scene.tenant.synchronised == Some(true) && covers_all(policy) {
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
