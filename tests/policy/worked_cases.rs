//! The worked cases: small tenants whose outcome Microsoft's documents state.

use m365::policy::ca::{Mode, Outcome, evaluate};
use serde_json::{Value, json};

use super::tenant::{directory, policy, sign_in};

/// Runs the cases of a file and tells of every one that comes out otherwise.
#[test]
fn the_worked_cases_come_out_as_documented() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("worked_cases.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let policies: Vec<_> = items(&case["policies"]).iter().map(policy).collect();
        let directory = directory(&case["tenant"]);
        for sign in items(&case["signIns"]) {
            let outcome = evaluate(&policies, &directory, &sign_in(sign), Mode::Strict);
            wrong.extend(
                differences(&sign["expect"], &outcome)
                    .into_iter()
                    .map(|difference| format!("case {}, {sign}: {difference}", case["case"])),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_of_the_document_is_there() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("worked_cases.json")).unwrap();
    let numbers: Vec<u64> = cases.iter().filter_map(|case| case["case"].as_u64()).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<u64>>());
    for case in &cases {
        for sign in items(&case["signIns"]) {
            assert!(!sign["expect"]["decision"].is_null(), "{case}");
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What `expected` says that `outcome` does not.
fn differences(expected: &Value, outcome: &Outcome) -> Vec<String> {
    let found = serde_json::to_value(outcome).unwrap();
    let names = |results: &[&m365::policy::ca::PolicyResult]| -> Value {
        results.iter().map(|result| result.name().to_owned()).collect()
    };
    let applied: Vec<_> = outcome.applied().collect();
    let reasons: Value = found["policies"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|result| result["analysisReasons"].clone())
        .collect();
    let view = json!({
        "decision": found["decision"],
        "applied": names(&applied),
        "reasons": reasons,
        "required": outcome.required.to_string(),
        "standing": found["standing"],
        "session": found["session"],
        "because": outcome.because.join("; "),
        "standings": found["policies"].as_array().into_iter().flatten()
            .map(|result| result["standing"].clone()).collect::<Value>(),
    });
    let mut differences = Vec::new();
    for (name, value) in expected.as_object().into_iter().flatten() {
        let same = match name.as_str() {
            "because" => {
                let part = value.as_str().unwrap_or_default();
                view[name].as_str().is_some_and(|all| all.contains(part))
            }
            "session" => value.as_object().into_iter().flatten().all(|(k, v)| view[name][k] == *v),
            _ => view[name] == *value,
        };
        if !same {
            differences.push(format!("{name} is {}, expected {value}", view[name]));
        }
    }
    differences
}
