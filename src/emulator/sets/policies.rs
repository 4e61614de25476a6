//! Tenant-wide policies: security defaults, authorization, registration of devices, terms of use.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Acted, Action, Paging, Permissions, Properties, Set};
use super::super::store::{flag, now, text};
use super::access::invalid;

const READ: Permissions = &[&["Policy.Read.All"]];

pub(super) static SECURITY_DEFAULTS: Set = Set {
    ty: "identitySecurityDefaultsEnforcementPolicy",
    paths: &["policies/identitySecurityDefaultsEnforcementPolicy"],
    read: READ,
    update: Some(&[
        &["Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"],
        &["Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"],
    ]),
    read_only: &["id", "displayName", "description", "deletedDateTime"],
    on_demand: &["deletedDateTime"],
    on_update: |cx, _, _, next| {
        let enforced =
            cx.state.all("conditionalAccessPolicy").any(|(_, p)| text(p, "state") == "enabled");
        if flag(next, "isEnabled") && enforced {
            return Err(invalid(
                "Security defaults cannot be enabled while Conditional Access policies are enabled.",
            ));
        }
        Ok(())
    },
    ..Set::SINGLETON
};

pub(super) static AUTHORIZATION: Set = Set {
    ty: "authorizationPolicy",
    paths: &["policies/authorizationPolicy", "policies/authorizationPolicy/authorizationPolicy"],
    read: &[&["Policy.Read.All"], &["Policy.ReadWrite.Authorization"]],
    update: Some(&[&["Policy.ReadWrite.Authorization"]]),
    read_only: &["id", "deletedDateTime"],
    on_demand: &["deletedDateTime"],
    merged: &["defaultUserRolePermissions"],
    ..Set::SINGLETON
};

/// Taken as a whole: every property that can be written must be there.
pub(super) static DEVICE_REGISTRATION: Set = Set {
    ty: "deviceRegistrationPolicy",
    paths: &["policies/deviceRegistrationPolicy"],
    only: "deviceRegistrationPolicy",
    put: true,
    read: &[&["Policy.Read.DeviceConfiguration"], &["Policy.ReadWrite.DeviceConfiguration"]],
    update: Some(&[&["Policy.ReadWrite.DeviceConfiguration"]]),
    patches: false,
    read_only: &["id", "displayName", "description"],
    on_update: |_, old, sent, next| {
        let needed = [
            "userDeviceQuota",
            "multiFactorAuthConfiguration",
            "azureADRegistration",
            "azureADJoin",
            "localAdminPassword",
        ];
        if let Some(name) = needed.iter().find(|name| sent.get(**name).is_none_or(Value::is_null)) {
            return Err(Refusal::bad_request(format!("The property '{name}' is required.")));
        }
        // With Intune, what is registered is not for administrators of the directory to say.
        let registering =
            |of: &Properties| of.get("azureADRegistration").map(|r| r["allowedToRegister"].clone());
        let is_fixed = old
            .get("azureADRegistration")
            .is_some_and(|registration| registration["isAdminConfigurable"] == false);
        if is_fixed && registering(old) != registering(sent) {
            return Err(Refusal::bad_request(
                "The property 'azureADRegistration' cannot be modified while Intune is enabled.",
            ));
        }
        for told in ["displayName", "description"] {
            next.extend(old.get(told).map(|value| (told.to_owned(), value.clone())));
        }
        Ok(())
    },
    patched: |_| 200,
    ..Set::SINGLETON
};

const AGREE: Permissions = &[&["Agreement.ReadWrite.All"]];

pub(super) static AGREEMENTS: Set = Set {
    ty: "agreement",
    paths: &["identityGovernance/termsOfUse/agreements"],
    read: &[&["Agreement.Read.All"], &["Agreement.ReadWrite.All"]],
    create: Some(AGREE),
    update: Some(AGREE),
    delete: Some(AGREE),
    required: &["displayName", "isViewingBeforeAcceptanceRequired", "files"],
    inline: &["files", "file"],
    create_only: &[
        "isPerDeviceAcceptanceRequired",
        "termsExpiration",
        "userReacceptRequiredFrequency",
        "files",
        "file",
    ],
    on_demand: &["files"],
    computed: &[("files", files)],
    actions: &[Action { name: "files", method: "POST", permissions: AGREE, run: add_file }],
    paging: Paging::Whole,
    on_create: |cx, agreement| {
        let Some(files) = agreement.get_mut("files").and_then(Value::as_array_mut) else {
            return Err(invalid("An agreement must have at least one file."));
        };
        for file in files {
            complete_file(cx, file)?;
        }
        agreement.entry("isPerDeviceAcceptanceRequired").or_insert(Value::Bool(false));
        Ok(())
    },
    on_delete: |cx, agreement| {
        let id = text(agreement, "id");
        let used = cx.state.all("conditionalAccessPolicy").any(|(_, policy)| {
            let terms = policy.get("grantControls").and_then(|g| g.get("termsOfUse"));
            terms.and_then(Value::as_array).into_iter().flatten().any(|t| t == id)
        });
        if used {
            Err(invalid("The agreement is used by a Conditional Access policy."))
        } else {
            Ok(())
        }
    },
    ..Set::COLLECTION
};

/// The documents, without what is in them.
fn files(_: &Context, agreement: &Properties) -> Value {
    let files = agreement.get("files").and_then(Value::as_array).into_iter().flatten();
    let told = files.map(|file| {
        let mut file = file.clone();
        file["fileData"] = Value::Null;
        file
    });
    told.collect()
}

fn complete_file(cx: &mut Context, file: &mut Value) -> Outcome<()> {
    let given = |name: &str| file.get(name).and_then(Value::as_str).is_some_and(|t| !t.is_empty());
    if !given("fileName") || !given("language") || file.pointer("/fileData/data").is_none() {
        return Err(invalid(
            "A file of an agreement must have a fileName, a language and fileData.",
        ));
    }
    file["id"] = cx.state.new_id().into();
    file["createdDateTime"] = now().into();
    for name in ["isDefault", "isMajorVersion"] {
        if file.get(name).is_none_or(Value::is_null) {
            file[name] = Value::Bool(false);
        }
    }
    Ok(())
}

/// A document in a language that there is one in already is its next version.
fn add_file(cx: &mut Context, agreement: &Properties, body: &Properties) -> Acted {
    let mut file = json!(body);
    complete_file(cx, &mut file)?;
    let mut next = agreement.clone();
    let files = next.entry("files").or_insert_with(|| json!([]));
    if let Some(files) = files.as_array_mut() {
        files.retain(|other| other["language"] != file["language"]);
        files.push(file.clone());
    }
    cx.state.replace(AGREEMENTS.ty, text(agreement, "id"), next);
    Ok((200, Some(file)))
}
