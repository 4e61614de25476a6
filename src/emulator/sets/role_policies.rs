//! Role management policies: what assigning and activating a role or a group takes.
//!
//! Each role and each group's members and owners have a policy of 17 rules from the start; they are
//! changed one at a time and never made or deleted.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::model::Version;
use super::super::query::Query;
use super::super::refusal::Outcome;
use super::super::set::{Navigation, Permissions, Properties, Set, Way};
use super::super::store::{Object, Place, flag, now, text, texts};
use super::super::tell;
use super::period::{lasts, seconds};
use super::privileged::{Family, refused};

const READ: Permissions = &[
    &["RoleManagementPolicy.Read.Directory"],
    &["RoleManagementPolicy.Read.AzureADGroup"],
    &["RoleManagementPolicy.ReadWrite.Directory"],
    &["RoleManagementPolicy.ReadWrite.AzureADGroup"],
    &["RoleManagement.Read.Directory"],
    &["RoleManagement.Read.All"],
    &["RoleManagement.ReadWrite.Directory"],
];
const WRITE: Permissions = &[
    &["RoleManagementPolicy.ReadWrite.Directory"],
    &["RoleManagementPolicy.ReadWrite.AzureADGroup"],
    &["RoleManagement.ReadWrite.Directory"],
];

pub(super) static POLICIES: Set = Set {
    ty: "unifiedRoleManagementPolicy",
    paths: &["policies/roleManagementPolicies"],
    read: READ,
    must_filter: &["scopeId", "scopeType"],
    on_read: prepare,
    computed: &[("rules", told_rules), ("effectiveRules", told_rules)],
    ..Set::COLLECTION
};

pub(super) static POLICY_ASSIGNMENTS: Set = Set {
    ty: "unifiedRoleManagementPolicyAssignment",
    paths: &["policies/roleManagementPolicyAssignments"],
    read: READ,
    must_filter: &["scopeId", "scopeType"],
    on_read: prepare,
    navigation: &[Navigation {
        name: "policy",
        way: Way::Property("policyId", "unifiedRoleManagementPolicy"),
        single: true,
        read: READ,
        ..Navigation::MANY
    }],
    ..Set::COLLECTION
};

pub(super) static RULES: Set = Set {
    ty: "unifiedRoleManagementPolicyRule",
    paths: &["policies/roleManagementPolicies/{unifiedRoleManagementPolicy}/rules"],
    read: READ,
    update: Some(WRITE),
    typed: true,
    // Graph takes the id in the body, and it is the one in the path.
    read_only: &[],
    on_update: change,
    ..Set::COLLECTION
};

/// Gives every role and every group the policies that it has in Graph from the start, as soon as
/// it is to be seen itself.
fn prepare(cx: &mut Context) {
    let tenant = cx.tenant_id().to_owned();
    let roles: Vec<String> =
        cx.state.all("unifiedRoleDefinition").map(|(_, r)| text(r, "id").to_owned()).collect();
    let groups: Vec<String> =
        cx.state.all("group").map(|(_, g)| text(g, "id").to_owned()).collect();
    let seen = |ty: &'static str, ids: Vec<String>| -> Vec<String> {
        ids.into_iter().filter(|id| cx.seen(ty, id).is_some()).collect()
    };
    let roles = seen("unifiedRoleDefinition", roles);
    let groups = seen("group", groups);
    for role in roles {
        policy(cx, "DirectoryRole", "/", &role, &format!("DirectoryRole_{tenant}_{role}"));
    }
    for group in groups {
        for access in ["member", "owner"] {
            policy(cx, "Group", &group, access, &format!("Group_{group}_{access}"));
        }
    }
}

fn policy(cx: &mut Context, scope_type: &str, scope: &str, role: &str, id: &str) {
    if cx.state.get(POLICIES.ty, id).is_some() {
        return;
    }
    let policy = json!({
        "id": id, "displayName": scope_type, "description": scope_type,
        "isOrganizationDefault": false, "scopeId": scope, "scopeType": scope_type,
    });
    let assignment = json!({
        "id": format!("{id}_{role}"), "policyId": id, "scopeId": scope, "scopeType": scope_type,
        "roleDefinitionId": role,
    });
    // Those of a group that came late come later still; all others are there from the start.
    let late = cx.state.get("group", scope).is_some_and(Object::came_late);
    let at_once = cx.state.immediate || !late;
    let immediate = std::mem::replace(&mut cx.state.immediate, at_once);
    for (ty, value) in [(POLICIES.ty, policy), (POLICY_ASSIGNMENTS.ty, assignment)] {
        if let Value::Object(properties) = value {
            cx.state.insert(ty, ty, properties);
        }
    }
    let place = Place { set: RULES.ty, parent: id };
    for (ty, rule) in defaults() {
        let ty = Version::V1.model().structure(ty).map_or(RULES.ty, |found| found.name);
        cx.state.insert(place, ty, rule);
    }
    cx.state.immediate = immediate;
}

/// The 17 rules as the documented list shows them.
fn defaults() -> Vec<(&'static str, Properties)> {
    let mut rules = Vec::new();
    let mut add = |kind: &'static str, id: String, caller: &str, level: &str, own: Value| {
        let mut rule = own.as_object().cloned().unwrap_or_default();
        rule.insert("id".into(), id.into());
        let target = json!({
            "caller": caller, "operations": ["all"], "level": level, "inheritableSettings": [],
            "enforcedSettings": [],
        });
        rule.insert("target".into(), target);
        rules.push((kind, rule));
    };
    for (caller, level) in
        [("Admin", "Eligibility"), ("Admin", "Assignment"), ("EndUser", "Assignment")]
    {
        let end = format!("{caller}_{level}");
        let (expires, most, enabled): (bool, &str, &[&str]) = match (caller, level) {
            ("Admin", "Eligibility") => (false, "P365D", &[]),
            ("Admin", _) => (false, "P180D", &["Justification"]),
            _ => (true, "PT8H", &["MultiFactorAuthentication", "Justification"]),
        };
        let expiration = json!({ "isExpirationRequired": expires, "maximumDuration": most });
        add(
            "unifiedRoleManagementPolicyExpirationRule",
            format!("Expiration_{end}"),
            caller,
            level,
            expiration,
        );
        let enablement = json!({ "enabledRules": enabled });
        add(
            "unifiedRoleManagementPolicyEnablementRule",
            format!("Enablement_{end}"),
            caller,
            level,
            enablement,
        );
        if caller == "EndUser" {
            let setting = json!({ "setting": {
                "isApprovalRequired": false, "isApprovalRequiredForExtension": false,
                "isRequestorJustificationRequired": true, "approvalMode": "SingleStage",
                "approvalStages": [{
                    "approvalStageTimeOutInDays": 1, "isApproverJustificationRequired": true,
                    "escalationTimeInMinutes": 0, "isEscalationEnabled": false,
                    "primaryApprovers": [], "escalationApprovers": [],
                }],
            }});
            add(
                "unifiedRoleManagementPolicyApprovalRule",
                format!("Approval_{end}"),
                caller,
                level,
                setting,
            );
            let context = json!({ "isEnabled": false });
            let kind = "unifiedRoleManagementPolicyAuthenticationContextRule";
            add(kind, format!("AuthenticationContext_{end}"), caller, level, context);
        }
        for recipient in ["Admin", "Requestor", "Approver"] {
            let own = json!({
                "notificationType": "Email", "recipientType": recipient, "notificationLevel": "All",
                "isDefaultRecipientsEnabled": true, "notificationRecipients": [],
            });
            let id = format!("Notification_{recipient}_{end}");
            add("unifiedRoleManagementPolicyNotificationRule", id, caller, level, own);
        }
    }
    rules
}

fn told_rules(cx: &Context, policy: &Properties) -> Value {
    let place = Place { set: RULES.ty, parent: text(policy, "id") };
    let objects = cx.state.collection(place).into_iter().flat_map(|c| c.after(0));
    let told = objects.filter_map(|(_, o)| {
        tell::object(cx, &RULES, o.ty, o.seen(cx.now)?, &Query::default()).ok()
    });
    told.map(Value::Object).collect()
}

fn rule(cx: &Context, policy: &str, id: &str) -> Option<Properties> {
    let object = cx.state.get(Place { set: RULES.ty, parent: policy }, id)?;
    object.current().cloned()
}

/// What Graph refuses of a changed rule.
fn change(
    cx: &mut Context,
    old: &Properties,
    sent: &Properties,
    next: &mut Properties,
) -> Outcome<()> {
    let id = text(old, "id").to_owned();
    let wrong = |message: &str| Err(refused("InvalidPolicyRule", message));
    if sent.get("id").is_some_and(|sent| *sent != id.as_str()) {
        return wrong("The id of the rule is not the one in the path.");
    }
    let policy = cx.parent.clone();
    match id.as_str() {
        _ if id.starts_with("Expiration_") => {
            let most = next.get("maximumDuration").and_then(Value::as_str).and_then(seconds);
            match most {
                None if flag(next, "isExpirationRequired") => {
                    return wrong("maximumDuration is missing.");
                }
                // Activation: half an hour to a day.
                Some(most)
                    if id == "Expiration_EndUser_Assignment"
                        && !(1800..=86_400).contains(&most) =>
                {
                    return wrong("The activation lasts from 30 minutes to 24 hours.");
                }
                _ => {}
            }
        }
        _ if id.starts_with("Enablement_") => {
            let value = json!(next);
            let rules: Vec<&str> = texts(&value, "enabledRules").collect();
            let known = ["MultiFactorAuthentication", "Justification", "Ticketing"];
            if rules.iter().any(|rule| !known.contains(rule)) {
                return wrong("An enabled rule is not known.");
            }
            let context = rule(cx, &policy, "AuthenticationContext_EndUser_Assignment");
            if id == "Enablement_EndUser_Assignment"
                && rules.contains(&"MultiFactorAuthentication")
                && context.is_some_and(|context| flag(&context, "isEnabled"))
            {
                return Err(refused("MfaAndAcrsConflict", CONFLICT));
            }
        }
        "AuthenticationContext_EndUser_Assignment" if flag(next, "isEnabled") => {
            if text(next, "claimValue").is_empty() {
                return wrong("claimValue is missing.");
            }
            let enablement = json!(rule(cx, &policy, "Enablement_EndUser_Assignment"));
            if texts(&enablement, "enabledRules").any(|rule| rule == "MultiFactorAuthentication") {
                return Err(refused("MfaAndAcrsConflict", CONFLICT));
            }
        }
        _ => {}
    }
    next.insert("id".into(), id.into());
    let changed = cx.state.get(POLICIES.ty, &policy).and_then(|p| p.current()).cloned();
    if let Some(mut changed) = changed {
        changed.insert("lastModifiedDateTime".into(), now().into());
        cx.state.replace(POLICIES.ty, &policy, changed);
    }
    Ok(())
}

const CONFLICT: &str =
    "The policy cannot require both multifactor authentication and an authentication context.";

/// Checks what a request asks for against the policy of its role or group.
pub(super) fn check(
    cx: &mut Context,
    family: &Family,
    request: &Properties,
    info: &Value,
) -> Outcome<()> {
    prepare(cx);
    let policy = match family.is_group {
        true => format!("Group_{}_{}", text(request, "groupId"), text(request, "accessId")),
        false => format!("DirectoryRole_{}_{}", cx.tenant_id(), text(request, "roleDefinitionId")),
    };
    let level = if family.is_active { "Assignment" } else { "Eligibility" };
    let mut failed = Vec::new();
    if let Some(expiration) = rule(cx, &policy, &format!("Expiration_Admin_{level}"))
        && flag(&expiration, "isExpirationRequired")
    {
        let most = seconds(text(&expiration, "maximumDuration")).map(SignedDuration::from_secs);
        let lasts = lasts(info);
        if lasts.is_none() || most.is_some_and(|most| lasts.is_some_and(|lasts| lasts > most)) {
            failed.push("ExpirationRule");
        }
    }
    let enablement = json!(rule(cx, &policy, &format!("Enablement_Admin_{level}")));
    for needed in texts(&enablement, "enabledRules") {
        let ticket = request.get("ticketInfo").and_then(|ticket| ticket["ticketNumber"].as_str());
        match needed {
            // An application has no second factor.
            "MultiFactorAuthentication" => failed.push("MfaRule"),
            "Justification" if text(request, "justification").is_empty() => {
                failed.push("JustificationRule");
            }
            "Ticketing" if ticket.is_none_or(str::is_empty) => failed.push("TicketingRule"),
            _ => {}
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let message = format!("The following policy rules failed: {}", json!(failed));
    Err(refused("RoleAssignmentRequestPolicyValidationFailed", message))
}
