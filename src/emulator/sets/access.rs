//! Conditional Access policies and the authentication contexts that they may ask for.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Filterable, Permissions, Properties, Service, Set};
use super::super::store::{flag, now, text, texts};
use super::strengths;

pub(super) const READ: Permissions = &[&["Policy.Read.All"], &["Policy.Read.ConditionalAccess"]];
/// All three are needed: a documented known issue.
const WRITE: Permissions =
    &[&["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"]];
pub(super) const DELETE: Permissions =
    &[&["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"]];

pub(super) static POLICIES: Set = Set {
    ty: "conditionalAccessPolicy",
    paths: &["identity/conditionalAccess/policies", "policies/conditionalAccessPolicies"],
    bin: Some("identity/conditionalAccess/deletedItems/policies"),
    service: Service::ConditionalAccess,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(DELETE),
    required: &["displayName", "state", "conditions"],
    read_only: &["id", "createdDateTime", "modifiedDateTime", "deletedDateTime"],
    create_only: &["templateId"],
    inline: &["grantControls.authenticationStrength"],
    merged: &["conditions"],
    is_kept: |_| true,
    computed: &[("grantControls", grant_controls)],
    on_create: |cx, policy| {
        complete(cx, policy)?;
        policy.insert("createdDateTime".into(), now().into());
        Ok(())
    },
    on_update: |cx, _, _, next| {
        complete(cx, next)?;
        next.insert("modifiedDateTime".into(), now().into());
        Ok(())
    },
    ..Set::COLLECTION
};

pub(super) static TEMPLATES: Set = Set {
    ty: "conditionalAccessTemplate",
    paths: &["identity/conditionalAccess/templates"],
    service: Service::ConditionalAccess,
    read: READ,
    filterable: Filterable::Only(&["scenarios"]),
    ..Set::COLLECTION
};

const CONTEXT_READ: Permissions = &[
    &["AuthenticationContext.Read.All"],
    &["AuthenticationContext.ReadWrite.All"],
    &["Policy.Read.All"],
];
const CONTEXT_WRITE: Permissions = &[&["AuthenticationContext.ReadWrite.All"]];

pub(super) static CONTEXTS: Set = Set {
    ty: "authenticationContextClassReference",
    paths: &["identity/conditionalAccess/authenticationContextClassReferences"],
    service: Service::ConditionalAccess,
    read: CONTEXT_READ,
    create: Some(CONTEXT_WRITE),
    update: Some(CONTEXT_WRITE),
    delete: Some(CONTEXT_WRITE),
    required: &["displayName"],
    read_only: &[],
    create_only: &["id"],
    filterable: Filterable::Only(&["id", "isAvailable"]),
    upsert: true,
    on_create: |_, context| {
        let id = text(context, "id");
        let number = id.strip_prefix('c').and_then(|n| n.parse::<u8>().ok());
        if !number.is_some_and(|n| (1..=99).contains(&n)) {
            return Err(invalid(&format!(
                "The id of an authentication context is one of c1 to c99, not '{id}'."
            )));
        }
        context.entry("isAvailable").or_insert(Value::Bool(false));
        Ok(())
    },
    on_delete: |cx, context| {
        if flag(context, "isAvailable") {
            let message = "An authentication context that is published cannot be deleted: set isAvailable to false first.";
            return Err(Refusal::new(403, "Forbidden", message));
        }
        let id = text(context, "id").to_owned();
        refuse_used(cx, &id, &["applications", "includeAuthenticationContextClassReferences"])
    },
    ..Set::COLLECTION
};

fn complete(cx: &mut Context, policy: &mut Properties) -> Outcome<()> {
    if text(policy, "displayName").is_empty() || text(policy, "displayName").chars().count() > 256 {
        return Err(invalid("The displayName of a policy has 1 to 256 characters."));
    }
    let defaults_on = cx
        .state
        .all("identitySecurityDefaultsEnforcementPolicy")
        .any(|(_, p)| flag(p, "isEnabled"));
    if text(policy, "state") == "enabled" && defaults_on {
        return Err(invalid(
            "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.",
        ));
    }
    let grants = policy.get("grantControls").is_some_and(|g| !g.is_null());
    let sessions = policy.get("sessionControls").is_some_and(|s| !s.is_null());
    if !grants && !sessions {
        return Err(invalid("A policy must have grantControls or sessionControls."));
    }
    if let Some(conditions) = policy.get_mut("conditions").filter(|c| c.is_object()) {
        complete_conditions(cx, conditions)?;
    }
    let conditions = policy.get("conditions").cloned().unwrap_or_default();
    if let Some(grant) = policy.get_mut("grantControls").filter(|g| g.is_object()) {
        complete_grant(cx, grant)?;
        check_grant(grant, &conditions)?;
    } else if conditions.get("clientApplications").is_some_and(|c| !c.is_null()) {
        return Err(invalid(BLOCK_ONLY));
    }
    if let Some(session) = policy.get_mut("sessionControls").filter(|s| s.is_object()) {
        complete_session(session, &conditions)?;
    }
    Ok(())
}

fn complete_conditions(cx: &Context, conditions: &mut Value) -> Outcome<()> {
    let none = |v: &Value, name: &str| texts(v, name).next().is_none();
    if none(conditions, "clientAppTypes") {
        conditions["clientAppTypes"] = json!(["all"]);
    }
    let workloads = conditions.get("clientApplications").is_some_and(|c| !c.is_null());
    let applications = conditions.get("applications").cloned().unwrap_or_default();
    check_applications(cx, &applications)?;
    let users = conditions.get("users").cloned().unwrap_or_default();
    let includes = ["includeUsers", "includeGroups", "includeRoles"];
    let nobody = includes.iter().all(|n| none(&users, n))
        && users.get("includeGuestsOrExternalUsers").is_none_or(Value::is_null);
    if nobody && !workloads {
        return Err(invalid("The condition 'users' must include users, groups, roles or guests."));
    }
    check_users(cx, &users)?;
    if let Some(clients) = conditions.get("clientApplications").filter(|c| !c.is_null()) {
        for name in ["includeServicePrincipals", "excludeServicePrincipals"] {
            check_each(clients, name, &["ServicePrincipalsInMyTenant"], |id| {
                cx.seen("servicePrincipal", id).is_some()
            })?;
        }
    }
    if let Some(locations) = conditions.get("locations").filter(|l| !l.is_null()) {
        if none(locations, "includeLocations") {
            return Err(invalid("The condition 'locations' must include locations."));
        }
        for name in ["includeLocations", "excludeLocations"] {
            // The addresses that multifactor authentication trusts have an id, but no object.
            let special = ["All", "AllTrusted", "00000000-0000-0000-0000-000000000000"];
            check_each(locations, name, &special, |id| cx.seen("namedLocation", id).is_some())?;
        }
    }
    if conditions.get("platforms").is_some_and(|p| !p.is_null() && none(p, "includePlatforms")) {
        return Err(invalid("The condition 'platforms' must include platforms."));
    }
    Ok(())
}

fn check_applications(cx: &Context, applications: &Value) -> Outcome<()> {
    let has = |name: &str| texts(applications, name).next().is_some();
    let filter = applications.get("applicationFilter").is_some_and(|f| !f.is_null());
    let kinds = [
        has("includeApplications") || filter,
        has("includeUserActions"),
        has("includeAuthenticationContextClassReferences"),
    ];
    match kinds.iter().filter(|k| **k).count() {
        0 => {
            return Err(invalid(
                "The condition 'applications' must include applications, user actions or authentication contexts.",
            ));
        }
        1 => {}
        _ => {
            return Err(invalid(
                "1012: 'applications' condition cannot include both 'includeApplications' and 'includeUserActions'/'includeProtectionLevels'. Please remove one of the conditions.",
            ));
        }
    }
    for name in ["includeApplications", "excludeApplications"] {
        let special = ["All", "None", "Office365", "MicrosoftAdminPortals"];
        check_each(applications, name, &special, |id| {
            cx.state
                .all("servicePrincipal")
                .any(|(_, sp)| text(sp, "appId").eq_ignore_ascii_case(id))
        })?;
    }
    check_each(
        applications,
        "includeUserActions",
        &["urn:user:registersecurityinfo", "urn:user:registerdevice"],
        |_| false,
    )?;
    check_each(applications, "includeAuthenticationContextClassReferences", &[], |id| {
        cx.seen("authenticationContextClassReference", id).is_some()
    })
}

fn check_users(cx: &Context, users: &Value) -> Outcome<()> {
    for (name, special) in [
        ("includeUsers", &["All", "None", "GuestsOrExternalUsers"] as &[&str]),
        ("excludeUsers", &["GuestsOrExternalUsers"]),
    ] {
        check_each(users, name, special, |id| cx.seen("user", id).is_some())?;
        let both = texts(users, name).any(|u| u == "GuestsOrExternalUsers")
            && users
                .get(name.replace("Users", "GuestsOrExternalUsers"))
                .is_some_and(|g| !g.is_null());
        if both {
            return Err(invalid(
                "The value 'GuestsOrExternalUsers' and the object of that name cannot be used together.",
            ));
        }
    }
    for name in ["includeGroups", "excludeGroups"] {
        check_each(users, name, &[], |id| cx.seen("group", id).is_some())?;
    }
    for name in ["includeRoles", "excludeRoles"] {
        check_each(users, name, &[], |id| {
            cx.seen("unifiedRoleDefinition", id).is_some_and(|r| flag(r, "isBuiltIn"))
        })?;
    }
    let all = texts(users, "includeUsers").any(|u| u == "All");
    if all && texts(users, "includeUsers").count() > 1 {
        return Err(invalid("The value 'All' of 'includeUsers' cannot be combined with others."));
    }
    Ok(())
}

fn check_each(
    value: &Value,
    name: &str,
    special: &[&str],
    exists: impl Fn(&str) -> bool,
) -> Outcome<()> {
    match texts(value, name).find(|v| !special.contains(v) && !exists(v)) {
        None => Ok(()),
        Some(unknown) => Err(invalid(&format!(
            "The policy contains an invalid value in '{name}': {unknown} does not exist in the directory."
        ))),
    }
}

fn complete_grant(cx: &Context, grant: &mut Value) -> Outcome<()> {
    let controls: Vec<String> = texts(grant, "builtInControls").map(str::to_owned).collect();
    let strength = grant.get("authenticationStrength").filter(|s| !s.is_null()).cloned();
    let others =
        texts(grant, "termsOfUse").count() + texts(grant, "customAuthenticationFactors").count();
    let count = controls.len() + others + usize::from(strength.is_some());
    if count == 0 {
        return Err(invalid("'grantControls' must hold at least one control."));
    }
    if controls.iter().any(|c| c == "block") && count > 1 {
        return Err(invalid("The control 'block' cannot be combined with other controls."));
    }
    if strength.is_some() && controls.iter().any(|c| c == "mfa") {
        return Err(invalid(
            "The control 'mfa' and an authentication strength cannot be used together.",
        ));
    }
    if let Some(strength) = strength {
        let id = strength.get("id").and_then(Value::as_str).unwrap_or_default();
        if cx.seen("authenticationStrengthPolicy", id).is_none() {
            return Err(invalid(&format!(
                "The authentication strength {id} does not exist in the directory."
            )));
        }
        grant["authenticationStrength"] = json!({ "id": id });
    }
    check_each(grant, "termsOfUse", &[], |id| cx.seen("agreement", id).is_some())?;
    // What joins a single control is of no account, and comes back as OR.
    match grant.get("operator").and_then(Value::as_str).map(str::to_uppercase).as_deref() {
        Some("AND") if count > 1 => grant["operator"] = json!("AND"),
        Some("AND" | "OR") => grant["operator"] = json!("OR"),
        None if count == 1 => grant["operator"] = json!("OR"),
        _ => return Err(invalid("The operator of 'grantControls' must be 'AND' or 'OR'.")),
    }
    Ok(())
}

const BLOCK_ONLY: &str = "A policy for workload identities can only 'block'.";

/// What the documentation asks of a policy with certain controls: of a change of the password (1032),
/// when a device is registered, and of workload identities.
fn check_grant(grant: &Value, conditions: &Value) -> Outcome<()> {
    let has = |name: &str| texts(grant, "builtInControls").any(|control| control == name);
    let set = |name: &str| conditions.get(name).is_some_and(|c| !c.is_null() && *c != json!([]));
    if set("clientApplications") && !has("block") {
        return Err(invalid(BLOCK_ONLY));
    }
    let applications = conditions.get("applications").unwrap_or(&Value::Null);
    let registers =
        texts(applications, "includeUserActions").any(|action| action == "urn:user:registerdevice");
    if registers && (texts(grant, "builtInControls").any(|c| c != "mfa") || set("devices")) {
        return Err(invalid(
            "For the registration of devices only 'mfa' or an authentication strength can be required.",
        ));
    }
    if has("riskRemediation") && !set("userRiskLevels") {
        return Err(invalid("The control 'riskRemediation' needs the condition 'userRiskLevels'."));
    }
    if !has("passwordChange") {
        return Ok(());
    }
    let all = texts(applications, "includeApplications").any(|a| a == "All")
        && texts(applications, "excludeApplications").next().is_none();
    let others = ["platforms", "locations", "devices", "signInRiskLevels", "authenticationFlows"];
    let sound = grant["operator"] == "AND"
        && has("mfa")
        && texts(grant, "builtInControls").count() == 2
        && set("userRiskLevels")
        && all
        && !others.into_iter().any(set)
        && texts(conditions, "clientAppTypes").all(|kind| kind == "all");
    if sound {
        return Ok(());
    }
    Err(invalid(
        "1032: ConditionalActionPolicy validation failed due to InvalidPasswordResetControl.",
    ))
}

fn complete_session(session: &mut Value, conditions: &Value) -> Outcome<()> {
    let enabled = |v: &Value| v.get("isEnabled") == Some(&Value::Bool(true));
    let all_applications =
        texts(conditions.get("applications").unwrap_or(&Value::Null), "includeApplications")
            .any(|a| a == "All");
    if session.get("persistentBrowser").is_some_and(enabled) && !all_applications {
        return Err(invalid(
            "The session control 'persistentBrowser' needs a policy for all applications.",
        ));
    }
    if let Some(frequency) = session.get_mut("signInFrequency").filter(|f| enabled(f)) {
        let interval =
            frequency.get("frequencyInterval").and_then(Value::as_str).unwrap_or("timeBased");
        let whole =
            ["value", "type"].iter().all(|n| frequency.get(n).is_some_and(|v| !v.is_null()));
        let part = ["value", "type"].iter().any(|n| frequency.get(n).is_some_and(|v| !v.is_null()));
        match interval {
            "everyTime" if part => {
                return Err(invalid(
                    "A 'signInFrequency' of every time takes no value and no type.",
                ));
            }
            "timeBased" if !whole => {
                return Err(invalid(
                    "A 'signInFrequency' that is time based needs a value and a type.",
                ));
            }
            _ => {}
        }
        let most = if frequency["type"] == "hours" { 23 } else { 365 };
        if frequency.get("value").and_then(Value::as_i64).is_some_and(|v| !(1..=most).contains(&v))
        {
            return Err(invalid(&format!("The value of a 'signInFrequency' is from 1 to {most}.")));
        }
        let interval = interval.to_owned();
        frequency["frequencyInterval"] = json!(interval);
        if frequency.get("authenticationType").is_none() {
            frequency["authenticationType"] = json!("primaryAndSecondaryAuthentication");
        }
    }
    Ok(())
}

/// The authentication strength is written by its id, and told as it is now.
fn grant_controls(cx: &Context, policy: &Properties) -> Value {
    let mut grant = policy.get("grantControls").cloned().unwrap_or_default();
    let Some(id) = grant.pointer("/authenticationStrength/id").and_then(Value::as_str) else {
        return grant;
    };
    grant["authenticationStrength"] = strengths::told(cx, id);
    grant
}

/// Refuses to delete what a policy refers to under `conditions`.
pub(super) fn refuse_used(cx: &Context, id: &str, path: &[&str]) -> Outcome<()> {
    let users = cx.state.all("conditionalAccessPolicy").filter(|(_, policy)| {
        let mut at = policy.get("conditions").unwrap_or(&Value::Null);
        for segment in path {
            at = at.get(segment).unwrap_or(&Value::Null);
        }
        at.as_array().into_iter().flatten().any(|v| v == id)
    });
    let names: Vec<&str> = users.map(|(_, policy)| text(policy, "displayName")).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(invalid(&format!(
        "{id} is used by Conditional Access policies and cannot be deleted: {}.",
        names.join(", ")
    )))
}

pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::bad_request(message)
}
