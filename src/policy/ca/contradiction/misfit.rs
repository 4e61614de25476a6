//! Parts of a policy that do not fit together: what it asks of those who can never give it, and
//! conditions that say nothing of whom or what it is for.

use super::{Found, has, knows};
use crate::policy::ca::controls::Switch;
use crate::policy::ca::known::{EXCHANGE_ONLINE, MICROSOFT_GRAPH, SHAREPOINT_ONLINE};
use crate::policy::ca::policy::{Applications, Policy, State, UNKNOWN};

/// The conditions that are set, by Graph's names, but for those of whom and what it is for.
fn conditions(policy: &Policy) -> Vec<&'static str> {
    let conditions = &policy.conditions;
    let not_all = |types: &[String]| !types.is_empty() && !has(types, "all");
    [
        (not_all(&conditions.client_app_types), "conditions.clientAppTypes"),
        (conditions.platforms.is_some(), "conditions.platforms"),
        (conditions.locations.is_some(), "conditions.locations"),
        (conditions.devices.is_some(), "conditions.devices"),
        (!conditions.sign_in_risk_levels.is_empty(), "conditions.signInRiskLevels"),
        (!conditions.user_risk_levels.is_empty(), "conditions.userRiskLevels"),
        (!conditions.insider_risk_levels.is_empty(), "conditions.insiderRiskLevels"),
        (conditions.authentication_flows.is_some(), "conditions.authenticationFlows"),
    ]
    .into_iter()
    .filter_map(|(set, path)| set.then_some(path))
    .collect()
}

/// The control at fault, in the path of controls.
const CONTROLS: &str = "grantControls.builtInControls";

/// Controls that remedy a risk. Source: Graph's `conditionalAccessGrantControls`, "Special
/// considerations when using passwordChange as a control".
pub(super) fn risk(policy: &Policy, found: &mut Found) {
    let Some(grant) = &policy.grant_controls else { return };
    let controls = &grant.built_in_controls;
    if has(controls, UNKNOWN) || !knows(policy, "conditions") {
        return;
    }
    let users_at_risk = !policy.conditions.user_risk_levels.is_empty();
    found.error(
        has(controls, "riskRemediation") && !users_at_risk,
        CONTROLS,
        "riskRemediation needs the condition user_risk_levels",
        "It asks users at risk to remedy the risk. Say at which levels, or remove the control.",
    );
    if !has(controls, "passwordChange") {
        return;
    }
    let beside =
        controls.iter().find(|control| !["passwordChange", "mfa"].contains(&control.as_str()));
    let applications = policy.conditions.applications.as_ref();
    let is_all = |all: &Applications| {
        has(&all.include_applications, "All") || has(&all.include_applications, UNKNOWN)
    };
    let excludes = |all: &Applications| {
        !all.exclude_applications.is_empty() || all.application_filter.is_some()
    };
    let further = conditions(policy).into_iter().find(|one| *one != "conditions.userRiskLevels");
    let wrong = if let Some(beside) = beside {
        format!("it cannot be combined with {beside}")
    } else if !has(controls, "mfa") || grant.operator.eq_ignore_ascii_case("OR") {
        "it goes together with mfa, both demanded (AND)".to_owned()
    } else if !users_at_risk {
        "it needs the condition user_risk_levels".to_owned()
    } else if !applications.is_some_and(is_all) {
        "it needs include_applications to be [\"All\"]".to_owned()
    } else if applications.is_some_and(excludes) {
        "it lets no application be excluded".to_owned()
    } else if let Some(further) = further {
        format!(
            "it cannot be combined with the condition {}",
            further.trim_start_matches("conditions.")
        )
    } else {
        return;
    };
    found.add(
        true,
        CONTROLS,
        format!("INV-25: passwordChange does not work like this: {wrong}"),
        "A password change is asked of users at risk (user_risk_levels), for all applications, \
         together with mfa, and under no other condition.",
    );
}

/// Demands that those whom the policy is for can never meet.
pub(super) fn never_met(policy: &Policy, found: &mut Found) {
    let Some(grant) = &policy.grant_controls else { return };
    let controls = &grant.built_in_controls;
    let others = grant.authentication_strength.is_some()
        || !grant.terms_of_use.is_empty()
        || !grant.custom_authentication_factors.is_empty()
        || !knows(policy, "grantControls");
    // Whether no way is left where these controls cannot be met.
    let hopeless = |never: &[&str]| {
        let is = |control: &String| never.contains(&control.as_str());
        let every = !controls.is_empty() && controls.iter().all(is) && !others;
        every || (grant.operator.eq_ignore_ascii_case("AND") && controls.iter().any(is))
    };
    let users = policy.conditions.users.as_ref();
    let only_guests = users.is_some_and(|users| {
        (users.include_guests_or_external_users.is_some()
            || has(&users.include_users, "GuestsOrExternalUsers"))
            && users.include_users.iter().all(|one| one == "GuestsOrExternalUsers")
            && users.include_groups.is_empty()
            && users.include_roles.is_empty()
    });
    found.warning(
        only_guests
            && hopeless(&[
                "passwordChange",
                "riskRemediation",
                "approvedApplication",
                "compliantApplication",
            ]),
        CONTROLS,
        "Guests can never satisfy this, and are blocked",
        "Passwords and risks are remedied in their home tenant, and applications are protected \
         there. Leave guests out, or demand mfa of them.",
    );
    let platforms = policy.conditions.platforms.as_ref();
    let no_windows = platforms.is_some_and(|platforms| {
        !has(&platforms.include_platforms, UNKNOWN)
            && (!has(&platforms.include_platforms, "all")
                && !has(&platforms.include_platforms, "windows")
                || has(&platforms.exclude_platforms, "windows"))
    });
    found.warning(
        no_windows && hopeless(&["domainJoinedDevice"]),
        CONTROLS,
        "Only Windows devices are hybrid joined, and the policy is for others",
        "Every sign-in that the policy applies to is blocked. Ask for compliantDevice on these \
         platforms, or say block.",
    );
    let types = &policy.conditions.client_app_types;
    let old =
        |one: &String| ["exchangeActiveSync", "easSupported", "other"].contains(&one.as_str());
    let only_old = !types.is_empty() && types.iter().all(old);
    let proofs = ["mfa", "passwordChange", "riskRemediation"];
    found.warning(
        only_old
            && !has(controls, "block")
            && (hopeless(&proofs) || (others && controls.is_empty())),
        "conditions.clientAppTypes",
        "Clients with legacy authentication can satisfy none of this, and are blocked",
        "They cannot ask the user for anything. Say block, which says so.",
    );
}

/// Exchange ActiveSync, which knows Exchange Online only, and of people no more than users and groups.
pub(super) fn active_sync(policy: &Policy, found: &mut Found) {
    let conditions = &policy.conditions;
    if conditions.client_app_types != ["exchangeActiveSync"] {
        return;
    }
    let limited = conditions.users.as_ref().is_some_and(|users| {
        !users.include_roles.is_empty()
            || users.include_guests_or_external_users.is_some()
            || has(&users.include_users, "GuestsOrExternalUsers")
    });
    found.warning(
        limited,
        "conditions.users",
        "INV-28: Of Exchange ActiveSync, everyone is meant",
        "For these clients a policy that includes roles or guests applies to all users. Include users \
         or groups to limit it.",
    );
    let elsewhere = conditions.applications.as_ref().is_some_and(|applications| {
        let those = ["All", "Office365", EXCHANGE_ONLINE, UNKNOWN];
        let included = &applications.include_applications;
        !included.is_empty() && !those.iter().any(|one| has(included, one))
    });
    found.warning(
        elsewhere,
        "conditions.applications.includeApplications",
        "INV-28: None of these applications speaks Exchange ActiveSync",
        "Exchange Online does (00000002-0000-0ff1-ce00-000000000000). Name it, or leave the condition \
         out.",
    );
}

/// Policies for registering a device or security information.
pub(super) fn registration(policy: &Policy, found: &mut Found) {
    let Some(applications) = &policy.conditions.applications else { return };
    found.warning(
        !applications.include_user_actions.is_empty() && policy.state == State::ReportOnly,
        "conditions.applications.includeUserActions",
        "A policy on user actions reports nothing",
        "Policies on user actions are not evaluated in report-only mode: try it by enabling it for a \
         few users.",
    );
    if !has(&applications.include_user_actions, "urn:user:registerdevice") {
        return;
    }
    let controls = policy.grant_controls.iter().flat_map(|grant| &grant.built_in_controls);
    for control in controls.filter(|one| !["mfa", UNKNOWN].contains(&one.as_str())) {
        found.add(
            true,
            CONTROLS,
            format!("{control} cannot be asked for when a device is registered"),
            "For this user action only mfa or an authentication strength can be granted.",
        );
    }
    for path in ["conditions.clientAppTypes", "conditions.devices"] {
        found.error(
            conditions(policy).contains(&path),
            path,
            "This condition does not go with the registration of devices",
            "A device that is being registered is not known yet, and the client is always the same. \
             Leave the condition out.",
        );
    }
}

/// Conditions of people in a policy for workload identities, and the reverse.
pub(super) fn workloads(policy: &Policy, found: &mut Found) {
    let set = &policy.conditions;
    let for_them = set.client_applications.as_ref().is_some_and(|clients| {
        !clients.include_service_principals.is_empty() || clients.service_principal_filter.is_some()
    });
    found.warning(
        !for_them
            && !set.service_principal_risk_levels.is_empty()
            && set.client_applications.is_none()
            && knows(policy, "conditions.clientApplications"),
        "conditions.servicePrincipalRiskLevels",
        "Users have no risk of a workload identity",
        "The condition counts in policies for workload identities only. Set client_applications, or \
         leave it out.",
    );
    if for_them {
        for path in conditions(policy).into_iter().filter(|one| *one != "conditions.locations") {
            found.warning(
                true,
                path,
                "This condition says nothing of a workload identity",
                "Policies for workload identities go by location and by service_principal_risk_levels. \
                 Leave it out.",
            );
        }
    }
}

/// What a policy is for, where that cannot be as it says.
pub(super) fn applications(policy: &Policy, found: &mut Found) {
    let Some(applications) = &policy.conditions.applications else { return };
    let included = &applications.include_applications;
    for (list, path, what) in [
        (included, "conditions.applications.includeApplications", "targeted"),
        (
            &applications.exclude_applications,
            "conditions.applications.excludeApplications",
            "excluded",
        ),
    ] {
        if has(list, MICROSOFT_GRAPH) {
            found.add(
                false,
                path,
                format!("Microsoft Graph cannot be {what} by itself"),
                "It stands before the services that it gives access to, and they are what counts: name \
                 these, or All.",
            );
        }
    }
    let limits = policy.session_controls.as_ref().is_some_and(|session| {
        session.application_enforced_restrictions.is_some_and(Switch::is_on)
    });
    let those = ["All", "Office365", EXCHANGE_ONLINE, SHAREPOINT_ONLINE, UNKNOWN];
    found.warning(
        limits && !included.is_empty() && !those.iter().any(|one| has(included, one)),
        "sessionControls.applicationEnforcedRestrictions",
        "None of these applications enforces restrictions",
        "Exchange Online and SharePoint Online do, which are in Office365. Name them, or leave the \
         control out.",
    );
}
