//! What a policy refuses of an assignment, told at plan with the name of the rule.

use serde_json::Value as Json;

use crate::catalogue::codec::seconds;
use crate::declare::Finding;
use crate::terraform::{Path, Value};

/// What the policy refuses of an eligibility.
pub(super) fn eligible(plan: &Value, lasts: Option<i64>, settings: &Json) -> Vec<Finding> {
    refused(plan, lasts, &settings["eligibleAssignment"], "Admin_Eligibility")
}

/// What the policy refuses of an active assignment.
pub(super) fn active(plan: &Value, lasts: Option<i64>, settings: &Json) -> Vec<Finding> {
    refused(plan, lasts, &settings["activeAssignment"], "Admin_Assignment")
}

fn refused(plan: &Value, lasts: Option<i64>, setting: &Json, end: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let demands = |name: &str| setting[name] == true;
    let longest = setting["maximumDuration"].as_str();
    if demands("requireExpiration") {
        let rule = format!("ExpirationRule (Expiration_{end})");
        let most = longest.and_then(seconds);
        let longest = longest.unwrap_or("?");
        match (lasts, most) {
            (None, _) => found.push(violation(
                "permanent",
                &rule,
                format!(
                    "An assignment must end, after {longest} at most. Set duration or end_date_time, \
                     or have the policy not require an expiration: emergency access does not end (INV-24)."
                ),
            )),
            (Some(lasts), Some(most)) if lasts > most => {
                let name = if plan.get("duration").is_null() { "end_date_time" } else { "duration" };
                found.push(violation(
                    name,
                    &rule,
                    format!("An assignment may last {longest} at most."),
                ));
            }
            _ => {}
        }
    }
    let rule = |name: &str| format!("{name} (Enablement_{end})");
    if demands("requireJustification") && plan.get("justification").is_null() {
        let says = "Set justification.".to_owned();
        found.push(violation("justification", &rule("JustificationRule"), says));
    }
    if demands("requireTicket") && plan.get("ticket_number").is_null() {
        let says = "Set ticket_number and ticket_system.".to_owned();
        found.push(violation("ticket_number", &rule("TicketingRule"), says));
    }
    if demands("requireMultifactorAuthentication") {
        found.push(Finding::warning(
            Path::root(),
            format!("The policy demands multifactor authentication: {}", rule("MfaRule")),
            "Graph refuses this assignment unless the provider is signed in as a user who has just \
             passed multifactor authentication; an application cannot.",
        ));
    }
    found
}

fn violation(attribute: &str, rule: &str, says: String) -> Finding {
    Finding::error(
        Path::attribute(attribute),
        format!("The policy refuses this assignment: {rule}"),
        says,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_assignment_has_settings_of_its_own() {
        let plan = Value::from([("duration", "P1D".into())]);
        let settings = json!({
            "eligibleAssignment": { "requireTicket": true },
            "activeAssignment": { "requireJustification": true },
        });
        let said = |found: Vec<Finding>| -> Vec<String> {
            found.into_iter().map(|finding| finding.summary).collect()
        };
        let refused = "The policy refuses this assignment: ";
        assert_eq!(
            said(eligible(&plan, None, &settings)),
            [format!("{refused}TicketingRule (Enablement_Admin_Eligibility)")]
        );
        assert_eq!(
            said(active(&plan, None, &settings)),
            [format!("{refused}JustificationRule (Enablement_Admin_Assignment)")]
        );
    }

    #[track_caller]
    fn check(plan: Value, lasts: Option<i64>, setting: Json, expected: &[&str]) {
        let found = refused(&plan, lasts, &setting, "Admin_Eligibility");
        let rules: Vec<_> = found
            .iter()
            .filter_map(|finding| finding.summary.split(": ").nth(1)?.split(' ').next())
            .collect();
        assert_eq!(rules, expected);
    }

    #[test]
    fn each_rule_is_named() {
        let plan = || Value::from([("duration", "P365D".into())]);
        let year = Some(365 * 86_400);
        check(plan(), year, json!({}), &[]);
        check(plan(), year, json!({ "requireExpiration": false, "maximumDuration": "P1D" }), &[]);
        let half = json!({ "requireExpiration": true, "maximumDuration": "P180D" });
        check(plan(), year, half.clone(), &["ExpirationRule"]);
        check(plan(), Some(180 * 86_400), half.clone(), &[]);
        check(Value::from([("permanent", true.into())]), None, half, &["ExpirationRule"]);
        check(plan(), year, json!({ "requireJustification": true }), &["JustificationRule"]);
        check(plan(), year, json!({ "requireTicket": true }), &["TicketingRule"]);
        check(plan(), year, json!({ "requireMultifactorAuthentication": true }), &["MfaRule"]);
    }
}
