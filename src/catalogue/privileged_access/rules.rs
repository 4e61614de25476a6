//! The 17 rules of a role management policy, and the settings that they are to people.
//!
//! A policy is a list of rules with fixed ids, each patched alone with its type and target. What
//! people decide is spread over them: what an activation takes is in four rules, and each
//! notification in one. These two functions translate, in both directions.

use serde_json::{Map, Value as Json, json};

/// Who and what a group of rules is about: the end of their ids, and the name of the setting.
const LEVELS: [(&str, &str); 3] = [
    ("EndUser_Assignment", "activation"),
    ("Admin_Eligibility", "eligibleAssignment"),
    ("Admin_Assignment", "activeAssignment"),
];

/// What can be demanded, as a setting and as Graph's word.
const DEMANDS: [(&str, &str); 3] = [
    ("requireMultifactorAuthentication", "MultiFactorAuthentication"),
    ("requireJustification", "Justification"),
    ("requireTicket", "Ticketing"),
];

/// Who is told, as a setting and as Graph's word.
const RECIPIENTS: [(&str, &str); 3] =
    [("administrators", "Admin"), ("assignees", "Requestor"), ("approvers", "Approver")];

/// The settings that the rules are.
pub(super) fn read(rules: &[Json]) -> Json {
    let rule =
        |id: String| rules.iter().find(|rule| rule["id"] == id.as_str()).unwrap_or(&Json::Null);
    let mut settings = Map::new();
    let mut notifications = Map::new();
    for (end, name) in LEVELS {
        let mut setting = Map::new();
        let expiration = rule(format!("Expiration_{end}"));
        setting.insert("maximumDuration".into(), expiration["maximumDuration"].clone());
        setting.insert("requireExpiration".into(), expiration["isExpirationRequired"].clone());
        let enablement = rule(format!("Enablement_{end}"));
        for (demand, word) in DEMANDS {
            let enabled = enablement["enabledRules"].as_array();
            let enabled = enabled.map(|enabled| enabled.iter().any(|rule| rule == word));
            setting.insert(demand.into(), enabled.into());
        }
        if name == "activation" {
            let context = rule(format!("AuthenticationContext_{end}"));
            setting.insert("requireAuthenticationContext".into(), context["isEnabled"].clone());
            setting.insert("authenticationContext".into(), context["claimValue"].clone());
            let approval = &rule(format!("Approval_{end}"))["setting"];
            setting.insert("requireApproval".into(), approval["isApprovalRequired"].clone());
            setting.insert("approverUserIds".into(), approvers(approval, "userId"));
            setting.insert("approverGroupIds".into(), approvers(approval, "groupId"));
            let managers = primary(approval).iter().any(is_manager);
            let managers = approval.is_object().then_some(managers);
            setting.insert("approverManagers".into(), managers.into());
        }
        settings.insert(name.into(), setting.into());
        let told = RECIPIENTS.map(|(recipient, word)| {
            let rule = rule(format!("Notification_{word}_{end}"));
            let told = json!({
                "level": rule["notificationLevel"],
                "defaultRecipients": rule["isDefaultRecipientsEnabled"],
                "additionalRecipients": rule["notificationRecipients"],
            });
            (recipient.to_owned(), told)
        });
        notifications.insert(name.into(), Map::from_iter(told).into());
    }
    settings.insert("notifications".into(), notifications.into());
    settings.into()
}

/// The rules that must change so that the settings are as `wanted` says, whole, in an order that
/// Graph accepts. A setting that `wanted` does not have stays.
pub(super) fn write(rules: &[Json], wanted: &Json) -> Vec<Json> {
    let mut changed: Vec<Json> = rules
        .iter()
        .filter_map(|rule| {
            let mut next = rule.clone();
            adjust(&mut next, wanted);
            (next != *rule).then(|| typed(next))
        })
        .collect();
    // Graph refuses that multifactor authentication and an authentication context are both
    // demanded, also for the moment between two requests: what is withdrawn goes first.
    changed.sort_by_key(|rule| {
        let id = rule["id"].as_str().unwrap_or_default();
        let context = id.starts_with("AuthenticationContext");
        match (context, rule["isEnabled"] == true) {
            (true, false) => 0,
            (true, true) => 2,
            _ => 1,
        }
    });
    changed
}

/// A rule with the types that Graph's page of "Update unifiedRoleManagementPolicyRule" has in its
/// body: that of a rule must be there, and Graph does not answer with that of a target.
fn typed(mut rule: Json) -> Json {
    if rule["@odata.type"].is_null() {
        let id = rule["id"].as_str().unwrap_or_default();
        let kind = id.split('_').next().unwrap_or_default();
        rule["@odata.type"] =
            format!("#microsoft.graph.unifiedRoleManagementPolicy{kind}Rule").into();
    }
    if let Some(target) = rule["target"].as_object_mut() {
        target
            .entry("@odata.type")
            .or_insert("#microsoft.graph.unifiedRoleManagementPolicyRuleTarget".into());
    }
    rule
}

fn adjust(rule: &mut Json, wanted: &Json) {
    let id = rule["id"].as_str().unwrap_or_default().to_owned();
    let Some((end, name)) = LEVELS.iter().find(|(end, _)| id.ends_with(end)) else { return };
    let setting = &wanted[name];
    match id.trim_end_matches(end).trim_end_matches('_') {
        "Expiration" => {
            put(rule, "maximumDuration", &setting["maximumDuration"]);
            put(rule, "isExpirationRequired", &setting["requireExpiration"]);
        }
        "Enablement" => demand(rule, setting),
        "AuthenticationContext" => {
            put(rule, "isEnabled", &setting["requireAuthenticationContext"]);
            put(rule, "claimValue", &setting["authenticationContext"]);
        }
        "Approval" => approve(&mut rule["setting"], setting),
        other => {
            let word = other.trim_start_matches("Notification_");
            let Some((recipient, _)) = RECIPIENTS.iter().find(|(_, known)| *known == word) else {
                return;
            };
            let told = &wanted["notifications"][name][recipient];
            put(rule, "notificationLevel", &told["level"]);
            put(rule, "isDefaultRecipientsEnabled", &told["defaultRecipients"]);
            put(rule, "notificationRecipients", &told["additionalRecipients"]);
        }
    }
}

/// Sets a property, unless nothing is wanted or what is wanted says the same.
fn put(rule: &mut Json, name: &str, wanted: &Json) {
    if !wanted.is_null() && !same(&rule[name], wanted) {
        rule[name] = wanted.clone();
    }
}

/// Whether two values say the same: lists have no order.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().all(|one| b.contains(one))
        }
        (Json::Null, Json::Array(b)) => b.is_empty(),
        _ => a == b,
    }
}

fn demand(rule: &mut Json, setting: &Json) {
    let enabled = rule["enabledRules"].as_array().cloned().unwrap_or_default();
    let mut next = enabled.clone();
    for (demand, word) in DEMANDS {
        match setting[demand].as_bool() {
            Some(true) if !next.iter().any(|rule| rule == word) => next.push(word.into()),
            Some(false) => next.retain(|rule| rule != word),
            _ => {}
        }
    }
    if next != enabled {
        rule["enabledRules"] = next.into();
    }
}

fn primary(approval: &Json) -> &[Json] {
    let stage = &approval["approvalStages"][0]["primaryApprovers"];
    stage.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn approvers(approval: &Json, kind: &str) -> Json {
    let ids = primary(approval).iter().map(|approver| approver[kind].clone());
    ids.filter(|id| !id.is_null()).collect()
}

const MANAGER: &str = "#microsoft.graph.requestorManager";

fn is_manager(approver: &Json) -> bool {
    approver["@odata.type"] == MANAGER
}

/// Who approves, in the one stage that there is. Approvers of other kinds stay, such as sponsors.
fn approve(approval: &mut Json, setting: &Json) {
    put(approval, "isApprovalRequired", &setting["requireApproval"]);
    // A policy without approval may have neither stages nor a mode (Graph's page of
    // `approvalSettings`); with it, both must be there.
    if approval["isApprovalRequired"] == true {
        if !approval["approvalStages"][0].is_object() {
            approval["approvalStages"] = json!([stage()]);
        }
        if matches!(approval["approvalMode"].as_str(), None | Some("NoApproval")) {
            approval["approvalMode"] = "SingleStage".into();
        }
    }
    for (name, kind, odata) in [
        ("approverUserIds", "userId", "#microsoft.graph.singleUser"),
        ("approverGroupIds", "groupId", "#microsoft.graph.groupMembers"),
    ] {
        let wanted = &setting[name];
        if !wanted.is_array() || same(&approvers(approval, kind), wanted) {
            continue;
        }
        if !approval["approvalStages"][0].is_object() {
            approval["approvalStages"] = json!([stage()]);
        }
        let primary = &mut approval["approvalStages"][0]["primaryApprovers"];
        let now = primary.as_array().cloned().unwrap_or_default();
        let others = now.into_iter().filter(|approver| approver[kind].is_null());
        let ids = wanted.as_array().into_iter().flatten();
        let next = others.chain(ids.map(|id| json!({ "@odata.type": odata, kind: id })));
        *primary = next.collect();
    }
    let managers = setting["approverManagers"].as_bool();
    if managers.is_some_and(|wanted| wanted != primary(approval).iter().any(is_manager)) {
        if !approval["approvalStages"][0].is_object() {
            approval["approvalStages"] = json!([stage()]);
        }
        let others = primary(approval).iter().filter(|approver| !is_manager(approver)).cloned();
        let added = json!({ "@odata.type": MANAGER, "managerLevel": 1 });
        let next = others.chain((managers == Some(true)).then_some(added)).collect();
        approval["approvalStages"][0]["primaryApprovers"] = next;
    }
}

/// The one stage of an approval, as the portal makes it.
fn stage() -> Json {
    json!({
        "approvalStageTimeOutInDays": 1, "isApproverJustificationRequired": true,
        "escalationTimeInMinutes": 0, "isEscalationEnabled": false,
        "primaryApprovers": [], "escalationApprovers": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Vec<Json> {
        vec![
            json!({ "id": "Expiration_EndUser_Assignment", "maximumDuration": "PT8H", "isExpirationRequired": true }),
            json!({ "id": "Enablement_EndUser_Assignment", "enabledRules": ["MultiFactorAuthentication", "Justification"] }),
            json!({ "id": "AuthenticationContext_EndUser_Assignment", "isEnabled": false, "claimValue": null }),
            json!({ "id": "Approval_EndUser_Assignment", "setting": {
                "isApprovalRequired": false, "approvalStages": [{ "escalationTimeInMinutes": 0,
                "primaryApprovers": [{ "@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1 }] }] } }),
            json!({ "id": "Enablement_Admin_Eligibility", "enabledRules": [] }),
            json!({ "id": "Notification_Requestor_Admin_Assignment", "notificationLevel": "All",
                "isDefaultRecipientsEnabled": true, "notificationRecipients": [] }),
        ]
    }

    #[track_caller]
    fn check(wanted: Json, expected: &[(&str, &str, Json)]) {
        let changed = write(&rules(), &wanted);
        let changed: Vec<_> = changed.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        let ids: Vec<_> = expected.iter().map(|(id, ..)| *id).collect();
        assert_eq!(changed, ids);
        for (rule, (_, pointer, value)) in write(&rules(), &wanted).iter().zip(expected) {
            assert_eq!(rule.pointer(pointer), Some(value), "{rule}");
        }
    }

    #[test]
    fn what_is_read_is_not_written_again() {
        assert_eq!(write(&rules(), &read(&rules())), [] as [Json; 0]);
    }

    #[test]
    fn only_what_is_wanted_is_written() {
        check(json!({}), &[]);
        let id = "Expiration_EndUser_Assignment";
        let wanted =
            json!({ "activation": { "maximumDuration": "PT4H", "requireJustification": true } });
        check(wanted, &[(id, "/maximumDuration", json!("PT4H"))]);
        let id = "Enablement_Admin_Eligibility";
        let wanted = json!({ "eligibleAssignment": { "requireTicket": true } });
        check(wanted, &[(id, "/enabledRules", json!(["Ticketing"]))]);
        let id = "Notification_Requestor_Admin_Assignment";
        let wanted = json!({ "notifications": { "activeAssignment": { "assignees": { "level": "Critical" } } } });
        check(wanted, &[(id, "/notificationLevel", json!("Critical"))]);
    }

    #[test]
    fn multifactor_authentication_goes_before_the_context_comes() {
        let wanted = json!({ "activation": {
            "requireMultifactorAuthentication": false, "requireAuthenticationContext": true,
            "authenticationContext": "c1",
        }});
        check(
            wanted,
            &[
                ("Enablement_EndUser_Assignment", "/enabledRules", json!(["Justification"])),
                ("AuthenticationContext_EndUser_Assignment", "/claimValue", json!("c1")),
            ],
        );
    }

    #[test]
    fn the_context_goes_before_multifactor_authentication_comes() {
        let rules = vec![
            json!({ "id": "Enablement_EndUser_Assignment", "enabledRules": ["Justification"] }),
            json!({ "id": "AuthenticationContext_EndUser_Assignment", "isEnabled": true, "claimValue": "c1" }),
        ];
        let wanted = json!({ "activation": {
            "requireMultifactorAuthentication": true, "requireAuthenticationContext": false,
        }});
        let ids = write(&rules, &wanted).into_iter().map(|mut rule| rule["id"].take());
        let expected =
            ["AuthenticationContext_EndUser_Assignment", "Enablement_EndUser_Assignment"];
        assert_eq!(ids.collect::<Vec<_>>(), expected);
    }

    /// What of each rule a setting is, for all 17.
    #[test]
    fn every_rule_is_read_and_written() {
        let ends = LEVELS.map(|(end, _)| end);
        let mut rules = Vec::new();
        for end in ends {
            rules.push(json!({ "id": format!("Expiration_{end}"), "isExpirationRequired": false,
                "maximumDuration": "P1D" }));
            rules.push(json!({ "id": format!("Enablement_{end}"), "enabledRules": ["Ticketing"] }));
            for (_, word) in RECIPIENTS {
                rules.push(json!({ "id": format!("Notification_{word}_{end}"),
                    "notificationLevel": "All", "isDefaultRecipientsEnabled": true,
                    "notificationRecipients": ["a@contoso.com"] }));
            }
        }
        rules.push(json!({ "id": "AuthenticationContext_EndUser_Assignment", "isEnabled": false }));
        rules.push(json!({ "id": "Approval_EndUser_Assignment",
            "setting": { "isApprovalRequired": false } }));
        assert_eq!(rules.len(), 17);
        let told = |level: &str, default: bool, to: &str| {
            let one = json!({ "level": level, "defaultRecipients": default, "additionalRecipients": [to] });
            json!({ "administrators": one, "assignees": one, "approvers": one })
        };
        let setting = |most: &str| {
            json!({ "requireExpiration": true, "maximumDuration": most, "requireTicket": false,
                "requireJustification": true, "requireMultifactorAuthentication": true })
        };
        let mut wanted = json!({ "activation": setting("PT2H"), "eligibleAssignment": setting("P90D"),
            "activeAssignment": setting("P30D"), "notifications": {
                "activation": told("Critical", false, "b@contoso.com"),
                "eligibleAssignment": told("None", false, "c@contoso.com"),
                "activeAssignment": told("Critical", true, "d@contoso.com") } });
        let own = json!({ "requireMultifactorAuthentication": false, "requireApproval": true,
            "requireAuthenticationContext": true, "authenticationContext": "c2",
            "approverUserIds": ["u"], "approverGroupIds": ["g"], "approverManagers": true });
        for (name, value) in own.as_object().unwrap() {
            wanted["activation"][name] = value.clone();
        }
        let written = write(&rules, &wanted);
        assert_eq!(written.len(), 17, "every rule has something to change");
        assert_eq!(read(&written), wanted);
        let mails: Vec<_> =
            written.iter().filter(|rule| rule["notificationLevel"] == "Critical").collect();
        assert_eq!(mails.len(), 6, "three each of two events");
    }

    #[test]
    fn the_order_of_a_list_says_nothing() {
        let mut rules = rules();
        rules[5]["notificationRecipients"] = json!(["a@contoso.com", "b@contoso.com"]);
        let told = |to: Json| json!({ "notifications": { "activeAssignment": { "assignees": { "additionalRecipients": to } } } });
        assert_eq!(
            write(&rules, &told(json!(["b@contoso.com", "a@contoso.com"]))),
            [] as [Json; 0]
        );
        assert_eq!(write(&rules, &told(json!(["b@contoso.com"]))).len(), 1);
    }

    #[test]
    fn a_policy_that_never_had_approval_gets_all_that_it_takes() {
        let none = vec![json!({ "id": "Approval_EndUser_Assignment", "setting": {
            "isApprovalRequired": false, "approvalMode": "NoApproval", "approvalStages": [] } })];
        let wanted = json!({ "activation": { "requireApproval": true, "approverUserIds": ["u"] } });
        let setting = &write(&none, &wanted)[0]["setting"];
        let stages = setting["approvalStages"].as_array().unwrap();
        let approvers = json!([{ "@odata.type": "#microsoft.graph.singleUser", "userId": "u" }]);
        assert_eq!((stages.len(), &stages[0]["primaryApprovers"]), (1, &approvers));
        assert_eq!(stages[0]["approvalStageTimeOutInDays"], 1);
        assert_eq!(setting["approvalMode"], "SingleStage");
    }

    #[test]
    fn managers_come_and_go_beside_the_others() {
        let id = "Approval_EndUser_Assignment";
        let at = "/setting/approvalStages/0/primaryApprovers";
        assert_eq!(read(&rules())["activation"]["approverManagers"], true);
        check(json!({ "activation": { "approverManagers": true } }), &[]);
        check(json!({ "activation": { "approverManagers": false } }), &[(id, at, json!([]))]);
        let user = json!({ "@odata.type": "#microsoft.graph.singleUser", "userId": "u" });
        let without = vec![json!({ "id": id, "setting": { "isApprovalRequired": true,
            "approvalMode": "SingleStage", "approvalStages": [{ "primaryApprovers": [user] }] } })];
        assert_eq!(read(&without)["activation"]["approverManagers"], false);
        let wanted = json!({ "activation": { "approverManagers": true } });
        let manager = json!({ "@odata.type": MANAGER, "managerLevel": 1 });
        assert_eq!(write(&without, &wanted)[0].pointer(at), Some(&json!([user, manager])));
    }

    #[test]
    fn what_is_written_has_its_types() {
        let rules = vec![json!({ "id": "Notification_Admin_Admin_Eligibility",
            "notificationLevel": "All", "target": { "caller": "Admin" } })];
        let level = json!({ "administrators": { "level": "None" } });
        let written = write(&rules, &json!({ "notifications": { "eligibleAssignment": level } }));
        let of = "#microsoft.graph.unifiedRoleManagementPolicy";
        assert_eq!(written[0]["@odata.type"], format!("{of}NotificationRule"));
        assert_eq!(written[0]["target"]["@odata.type"], format!("{of}RuleTarget"));
        assert_eq!(written[0]["target"]["caller"], "Admin");
    }

    #[test]
    fn approvers_of_other_kinds_stay() {
        let wanted =
            json!({ "activation": { "requireApproval": true, "approverGroupIds": ["g"] } });
        let approvers = json!([
            { "@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1 },
            { "@odata.type": "#microsoft.graph.groupMembers", "groupId": "g" },
        ]);
        let at = "/setting/approvalStages/0/primaryApprovers";
        check(wanted, &[("Approval_EndUser_Assignment", at, approvers)]);
    }
}
