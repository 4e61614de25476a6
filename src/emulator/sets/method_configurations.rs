//! The authentication methods policy, and the configuration of each method in it.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::query::Query;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Permissions, Properties, Set};
use super::super::store::{now, text};
use super::super::tell;
use super::access::invalid;

const READ: Permissions = &[
    &["Policy.Read.AuthenticationMethod"],
    &["Policy.Read.All"],
    &["Policy.ReadWrite.AuthenticationMethod"],
];
const WRITE: Permissions = &[&["Policy.ReadWrite.AuthenticationMethod"]];

/// Told with all configurations, which are written at places of their own.
pub(super) static POLICY: Set = Set {
    ty: "authenticationMethodsPolicy",
    paths: &["policies/authenticationMethodsPolicy"],
    read: READ,
    update: Some(WRITE),
    read_only: &[
        "id",
        "displayName",
        "description",
        "lastModifiedDateTime",
        "policyVersion",
        "reconfirmationInDays",
    ],
    computed: &[("authenticationMethodConfigurations", configurations)],
    on_update: |_, _, _, next| {
        check_campaign(next)?;
        next.insert("lastModifiedDateTime".into(), now().into());
        Ok(())
    },
    patched: |_| 200,
    ..Set::SINGLETON
};

/// There are as many as there are methods; of external ones there may be more.
pub(super) static CONFIGURATIONS: Set = Set {
    ty: "authenticationMethodConfiguration",
    paths: &["policies/authenticationMethodsPolicy/authenticationMethodConfigurations"],
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    inline: &["includeTargets", "passkeyProfiles"],
    computed: &[("includeTargets", include_targets), ("passkeyProfiles", passkey_profiles)],
    typed: true,
    on_create: |_, configuration| {
        if !is_external(configuration) {
            return Err(invalid("Only external authentication methods can be created."));
        }
        for name in ["displayName", "appId", "openIdConnectSetting"] {
            if !configuration.contains_key(name) {
                return Err(invalid(&format!("An external authentication method needs {name}.")));
            }
        }
        check(configuration)
    },
    on_update: |_, _, _, next| check(next),
    on_delete: |_, configuration| match is_external(configuration) {
        true => Ok(()),
        // Graph takes it and goes back to the default; nobody here needs that yet.
        false => Err(Refusal::method_not_allowed()),
    },
    ..Set::COLLECTION
};

/// Only these have settings of OpenID Connect.
fn is_external(configuration: &Properties) -> bool {
    configuration.contains_key("openIdConnectSetting")
}

fn configurations(cx: &Context, _: &Properties) -> Value {
    let all = cx.state.collection(CONFIGURATIONS.ty.into()).into_iter().flat_map(|c| c.after(0));
    let known = all.filter(|(_, one)| cx.model().structure(one.ty).is_some());
    let told = known.filter_map(|(_, one)| {
        tell::object(cx, &CONFIGURATIONS, one.ty, one.seen(cx.now)?, &Query::default()).ok()
    });
    told.map(Value::Object).collect()
}

fn include_targets(_: &Context, configuration: &Properties) -> Value {
    configuration.get("includeTargets").cloned().unwrap_or_else(|| json!([]))
}

fn passkey_profiles(_: &Context, configuration: &Properties) -> Value {
    configuration.get("passkeyProfiles").cloned().unwrap_or_else(|| json!([]))
}

fn check_campaign(policy: &Properties) -> Outcome<()> {
    let path = "/authenticationMethodsRegistrationCampaign";
    let Some(campaign) = policy.get("registrationEnforcement").and_then(|all| all.pointer(path))
    else {
        return Ok(());
    };
    within(campaign, "snoozeDurationInDays", 0, 14)?;
    for name in ["includeTargets", "excludeTargets"] {
        check_targets(campaign.get(name))?;
    }
    Ok(())
}

/// What the reference pages of the types say of their properties.
fn check(configuration: &Properties) -> Outcome<()> {
    let whole = json!(configuration);
    for name in ["includeTargets", "excludeTargets"] {
        check_targets(configuration.get(name))?;
    }
    within(&whole, "defaultLength", 8, 48)?;
    within(&whole, "minimumLifetimeInMinutes", 10, 43_200)?;
    within(&whole, "maximumLifetimeInMinutes", 10, 43_200)?;
    let minutes = |name: &str| whole[name].as_i64();
    if let (Some(least), Some(most)) =
        (minutes("minimumLifetimeInMinutes"), minutes("maximumLifetimeInMinutes"))
    {
        if least > most {
            return Err(invalid("The minimum lifetime cannot be longer than the maximum."));
        }
        within(&whole, "defaultLifetimeInMinutes", least, most)?;
    }
    within(&whole, "pinLength", 8, 20)?;
    within(&whole, "standardQRCodeLifetimeInDays", 1, 395)?;
    check_bindings(&whole)?;
    let profiles = whole["passkeyProfiles"].as_array().into_iter().flatten();
    for profile in profiles {
        let needed = ["id", "name", "passkeyTypes", "attestationEnforcement", "keyRestrictions"];
        if let Some(name) = needed.iter().find(|name| profile[**name].is_null()) {
            return Err(invalid(&format!("A passkey profile must have {name}.")));
        }
    }
    Ok(())
}

fn check_targets(targets: Option<&Value>) -> Outcome<()> {
    for target in targets.and_then(Value::as_array).into_iter().flatten() {
        let Some(target) = target.as_object() else { continue };
        if text(target, "id").is_empty() || text(target, "targetType").is_empty() {
            return Err(invalid("A target must have an id and a targetType."));
        }
    }
    Ok(())
}

/// Priorities of bindings are unique and not negative.
fn check_bindings(configuration: &Value) -> Outcome<()> {
    let bindings = configuration["certificateUserBindings"].as_array().into_iter().flatten();
    let mut seen = std::collections::HashSet::new();
    for binding in bindings {
        let priority = binding["priority"].as_i64().unwrap_or(-1);
        if priority < 0 || !seen.insert(priority) {
            return Err(invalid("Priorities of bindings are unique and not negative."));
        }
    }
    Ok(())
}

fn within(object: &Value, name: &str, least: i64, most: i64) -> Outcome<()> {
    match object[name].as_i64() {
        Some(number) if !(least..=most).contains(&number) => {
            Err(invalid(&format!("{name} must be from {least} to {most}.")))
        }
        _ => Ok(()),
    }
}
